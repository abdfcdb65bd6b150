"""Arguments that name one thing in one of several ways."""

from __future__ import annotations

from upstreams.errors import BadInput


def one_of(**keys: str | None) -> None:
    """Exactly one of these must be given, and not blank."""
    given = {name: value for name, value in keys.items() if value is not None}
    names = ", ".join(keys)
    if len(given) != 1:
        raise BadInput(names, "give exactly one of them")
    name, value = next(iter(given.items()))
    if not value.strip():
        raise BadInput(name, "must not be empty")
