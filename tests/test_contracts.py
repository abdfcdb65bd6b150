"""What no type checker sees: fields fit their records, resolvers fit their fields, the printed schema is the code's."""

from __future__ import annotations

import inspect
import types as python
import typing
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema
from msgspec.structs import fields as struct_fields

import graph.types
from graph.declare import Link
from graph.query import Query
from graph.schema import ENTITIES, schema, sdl
from resolvers.paging import Connection, Edge

ROOT = Path(__file__).parents[1]
SHOWN = {value.__name__: value for value in vars(graph.types).values() if isinstance(value, type) and hasattr(value, "record")}
CORE: GraphQLSchema = schema._schema


def members(record: type) -> set[str]:
    """The attributes of a record."""
    return {one.name for one in struct_fields(record)} if hasattr(record, "__struct_fields__") else set(record.__dataclass_fields__)  # type: ignore[attr-defined]


def declared(shown: type) -> Iterator[tuple[str, Any]]:
    """A type's fields by Python name."""
    for field in shown.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        yield field.python_name, field


def plain() -> Iterator[tuple[str, str]]:
    for name, shown in SHOWN.items():
        yield from ((name, field_name) for field_name, field in declared(shown) if "link" not in field.metadata)


def linked() -> Iterator[tuple[str, str]]:
    for name, shown in [*SHOWN.items(), ("Query", Query)]:
        yield from ((name, field_name) for field_name, field in declared(shown) if "link" in field.metadata)


@pytest.mark.parametrize(("shown", "field"), list(plain()))
def test_a_plain_field_is_an_attribute_of_its_record(shown: str, field: str) -> None:
    assert field in members(SHOWN[shown].record)


def link_of(shown: str, name: str) -> tuple[Link, Any]:
    field = dict(declared(SHOWN.get(shown, Query)))[name]
    return field.metadata["link"], field


def bare(hint: Any) -> Any:
    """A type without None, Awaitable and list around it."""
    origin = get_origin(hint)
    if origin in (typing.Union, python.UnionType):
        (hint,) = [one for one in get_args(hint) if one is not type(None)]
        return bare(hint)
    if origin is list or (isinstance(origin, type) and issubclass(origin, Awaitable)):
        return bare(get_args(hint)[0])
    return hint


def record_of(annotation: Any) -> Any:
    """The record that a field's annotation shows, or the annotation itself for a scalar."""
    found = bare(annotation)
    return getattr(found, "record", found)


@pytest.mark.parametrize(("shown", "field"), list(linked()))
def test_a_linked_fields_resolver_takes_the_record_and_gives_the_record_that_the_field_shows(shown: str, field: str) -> None:
    link, _ = link_of(shown, field)
    hints = get_type_hints(link.resolver)
    parent = next(iter(inspect.signature(link.resolver).parameters))
    if shown == "Query":
        assert parent == "loaders"
    else:
        assert get_origin(hints[parent]) in (SHOWN[shown].record, None)
        assert (get_origin(hints[parent]) or hints[parent]) is SHOWN[shown].record
    wanted = record_of(get_type_hints(SHOWN.get(shown, Query))[field])
    given = bare(hints["return"])
    if isinstance(given, typing.TypeVar) or (
        isinstance(get_args(given)[:1], tuple) and any(isinstance(one, typing.TypeVar) for one in get_args(given))
    ):
        assert wanted in {Edge, *(one.record for one in SHOWN.values())}
    elif isinstance(wanted, type) and wanted in {one.record for one in SHOWN.values()}:
        assert (get_origin(given) or given) is wanted
    else:
        assert given in (wanted, str)


@pytest.mark.parametrize(("shown", "field"), [(shown, field) for shown, field in linked() if shown.endswith("Connection") is False])
def test_a_connection_holds_the_records_of_its_nodes(shown: str, field: str) -> None:
    link, _ = link_of(shown, field)
    given = bare(get_type_hints(link.resolver)["return"])
    if get_origin(given) is not Connection:
        return
    connection = bare(get_type_hints(SHOWN.get(shown, Query))[field])
    nodes = bare(get_type_hints(connection)["nodes"])
    assert get_args(given) == (nodes.record,)


@pytest.mark.parametrize(("shown", "field"), list(linked()))
def test_a_linked_fields_arguments_are_what_its_resolver_takes(shown: str, field: str) -> None:
    link, _ = link_of(shown, field)
    takes = set(inspect.signature(link.resolver).parameters)
    documented = {
        "window": {"window"},
        "page": {"page"},
        "changed": {"changed"},
        "submitted": {"submitted"},
        "filters": {"submitted", "where"},
    }
    given: dict[str, set[str]] = documented | {"own_id": {"id"}, "project_key": {"id", "number"}, "working_day": {"on"}, "named": {"name"}}
    given |= {"person_key": {"id", "email", "employee_number"}}
    supplied = set().union(*(given[one.__name__] for one in link.arguments)) if link.arguments else set()
    fixed = {"loaders"} | (set() if shown == "Query" else {next(iter(inspect.signature(link.resolver).parameters))})
    assert supplied == takes - fixed


@pytest.mark.parametrize("name", list(ENTITIES))
def test_an_entitys_reference_takes_each_of_its_keys(name: str) -> None:
    from_keys: Callable[[str], str] = lambda key: "employee_number" if key == "employeeNumber" else key  # noqa: E731 - one line says it
    takes = set(inspect.signature(ENTITIES[name].resolve).parameters) - {"loaders"}
    assert len(takes) == len(ENTITIES[name].keys)
    assert takes == {from_keys(key) for key in ENTITIES[name].keys} or len(takes) == 1


def test_the_committed_schema_is_what_the_code_prints() -> None:
    assert (ROOT / "schema.graphql").read_text(encoding="utf-8") == sdl()


def own(name: str) -> bool:
    return not name.startswith("_") and name not in ("String", "Boolean", "Int", "Float", "ID", "FieldSet", "link__Import", "link__Purpose")


@pytest.mark.parametrize("name", [name for name in CORE.type_map if own(name)])
def test_every_type_field_argument_and_value_is_described(name: str) -> None:
    found = CORE.type_map[name]
    assert found.description
    if isinstance(found, GraphQLObjectType):
        for field_name, field in found.fields.items():
            assert field.description or field_name.startswith("_"), field_name
            assert all(argument.description for argument in field.args.values()) or field_name.startswith("_"), field_name
    if isinstance(found, GraphQLInputObjectType):
        assert all(field.description for field in found.fields.values())
    if isinstance(found, GraphQLEnumType):
        assert all(value.description for value in found.values.values())


def test_the_schema_is_federation_2_9_with_the_keys_that_others_extend() -> None:
    assert "federation/v2.9" in sdl()
    keys = {name: entity.keys for name, entity in ENTITIES.items()}
    assert keys == {
        "Project": ("id", "number"),
        "Person": ("id", "email", "employeeNumber"),
        "Assignment": ("id",),
        "CheckIn": ("id",),
        "Response": ("id",),
        "TimeOff": ("id",),
    }
