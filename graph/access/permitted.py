"""An operation without what its caller may not see: nothing is foreseen, read ahead or refused for want of budget on its account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from strawberry import Schema
from strawberry.types.base import StrawberryObjectDefinition

from graph.access.rights import Caller
from graph.access.scopes import ABSENCES, CHECK_INS, CLASHES, EMAILS, Needs, met
from graph.selection import Asked
from loaders.reach import Reach

ARGUMENTS: Mapping[str, Needs] = {
    "onLeave": ABSENCES,
    "conflicting": CLASHES,
    **dict.fromkeys(("email", "personEmail", "managerEmail", "managerName"), EMAILS),
}
"""What arguments need, wherever they stand, as whoever takes them says too; one's own email is no secret to oneself."""


def needs(schema: Schema) -> dict[str, Needs]:
    """What each field that needs anything needs, by its name in the schema, such as `Person.email`."""
    found, spelled = {}, schema.config.name_converter.get_graphql_name
    for name, shown in schema.schema_converter.type_map.items():
        definition = shown.definition
        for field in definition.fields if isinstance(definition, StrawberryObjectDefinition) else ():
            if (link := field.metadata.get("link")) is not None and link.needs:
                found[f"{name}.{spelled(field)}"] = link.needs
    return found


def permitted(asked: Asked, needs: Mapping[str, Needs], caller: Caller) -> Asked:
    """The operation without the fields that the caller may not see, or not ask by such arguments: estimates could tell what they find."""
    return pruned(asked, lambda one: met(needs.get(one.coordinate, ((),)), caller.scopes) is not None and not withheld(one, caller))


def withheld(asked: Asked, caller: Caller) -> bool:
    """Whether an argument of a field is one that the caller may not ask by."""
    given = [(ARGUMENTS[name], value) for name, value in named(asked.arguments) if name in ARGUMENTS and value is not None]
    return any(value != caller.email and met(needs, caller.scopes) is None for needs, value in given)


def named(arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Arguments by name; of an object, or of the objects of a list, their fields."""
    for name, given in arguments.items():
        for one in given if isinstance(given, list) else [given]:
            yield from one.items() if isinstance(one, Mapping) else [(name, one)]


def estimable(asked: Asked, needs: Mapping[str, Needs], reach: Reach | None) -> Asked:
    """The operation without what an estimate must not look at where not all check-ins may be seen.

    Estimates know what is remembered, and that somebody else's check-in is must not show in what is refused as too expensive.
    """
    if reach is None:
        return asked
    return pruned(asked, lambda one: one.coordinate != "Query._entities" and needs.get(one.coordinate) != CHECK_INS)


def pruned(asked: Asked, keeps: Callable[[Asked], bool]) -> Asked:
    """The tree without what is not kept, and all below that."""
    root = replace(asked, fields=[])
    waiting = [(asked, root)]
    while waiting:
        given, kept = waiting.pop()
        for one in given.fields:
            if keeps(one):
                kept.fields.append(replace(one, fields=[]))
                waiting.append((one, kept.fields[-1]))
    return root
