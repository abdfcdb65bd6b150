"""`@cost` and `@listSize` on the declared types, derived from what their fields already say, as Federation 2.9 spells them.

The directives are those of IBM's GraphQL Cost Directives, so that gateways (Apollo Router's demand control among them) come to the
costs that this service comes to. An object weighs 1 and a leaf nothing; a field that asks an upstream weighs what that takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from strawberry import UNSET
from strawberry.federation.schema_directives import Cost, ListSize
from strawberry.schema.name_converter import NameConverter
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField

from graph.arguments import few, page
from graph.costs import RULES
from graph.declare import Link

ASKS = 10
"""The weight of one value that upstream calls may be made for."""
MANY = {"Project": 25}
"""How many items a plain list is taken to hold, by the type that has it; measured over the sandbox, where nine of ten hold fewer."""
SOME = 5
"""The same of any other type."""
SIZED = ["nodes", "edges"]
"""The fields of a connection that hold its page."""


def weigh(types: Iterable[type]) -> None:
    """Put the directives on the fields of these types; once, before their schema is made."""
    for one in types:
        definition = one.__strawberry_definition__  # type: ignore[attr-defined]
        for field in definition.fields:
            field.directives = [*field.directives, *directives(definition.name, field)]


def directives(owner: str, field: StrawberryField) -> Iterator[Cost | ListSize]:
    """What a field costs, and how many values it has."""
    link: Link | None = field.metadata.get("link")
    if link is None:
        return
    listed = is_list(field)
    if not listed and f"{owner}.{NameConverter().get_graphql_name(field)}" in RULES:
        yield Cost(weight=ASKS)
    if page in link.arguments:
        yield ListSize(assumed_size=UNSET, slicing_arguments=["first"], sized_fields=SIZED, require_one_slicing_argument=UNSET)
    elif listed and owner != "Connection":
        yield plain(MANY.get(owner, SOME), sliced=few in link.arguments)


def plain(size: int, *, sliced: bool) -> ListSize:
    """A list that is not paged, with an argument for a shorter one or without."""
    return ListSize(
        assumed_size=size,
        slicing_arguments=["first"] if sliced else UNSET,
        sized_fields=UNSET,
        require_one_slicing_argument=False if sliced else UNSET,
    )


def is_list(field: StrawberryField) -> bool:
    """Whether a field's values come as a list."""
    shown = field.type.of_type if isinstance(field.type, StrawberryOptional) else field.type
    return isinstance(shown, StrawberryList)
