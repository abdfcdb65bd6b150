"""An operation without what its caller may not see: nothing is foreseen, read ahead or refused for want of budget on its account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from strawberry import Schema
from strawberry.types.base import StrawberryObjectDefinition

from graph.access.scopes import CHECK_INS, Needs, met
from graph.selection import Asked
from loaders.reach import Reach


def needs(schema: Schema) -> dict[str, Needs]:
    """What each field that needs anything needs, by its name in the schema, such as `Person.email`."""
    found, spelled = {}, schema.config.name_converter.get_graphql_name
    for name, shown in schema.schema_converter.type_map.items():
        definition = shown.definition
        for field in definition.fields if isinstance(definition, StrawberryObjectDefinition) else ():
            if (link := field.metadata.get("link")) is not None and link.needs:
                found[f"{name}.{spelled(field)}"] = link.needs
    return found


def permitted(asked: Asked, needs: Mapping[str, Needs], scopes: frozenset[str]) -> Asked:
    """The operation without the fields that need other scopes than these."""
    return pruned(asked, lambda one: one.coordinate not in needs or met(needs[one.coordinate], scopes) is not None)


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
