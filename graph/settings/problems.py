"""What is wrong with settings, each problem under the name of its environment variable."""

from __future__ import annotations

PREFIX = "CREWGRAPH_"


class Unusable(Exception):
    """Settings that nothing can be served with; `problems` has a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def told(place: tuple[int | str, ...], message: str) -> str:
    """One problem under the name of its environment variable."""
    name = str(place[0]).upper() if place else "SETTINGS"
    return f"{PREFIX}{name}: {message.removeprefix('Value error, ')}."
