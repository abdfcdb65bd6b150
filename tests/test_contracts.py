"""What no type checker sees: fields fit their records, resolvers fit their fields, the printed schema is the code's."""

from __future__ import annotations

import inspect
import types as python
import typing
from functools import cached_property
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
import strawberry
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema
from msgspec.structs import fields as struct_fields

import graph.overviews
import graph.types
import graph.values
from graph.declare import Link
from graph.entities import snake
from graph.query import Query
from graph.schema import ENTITIES, schema, sdl

ROOT = Path(__file__).parents[1]
CORE: GraphQLSchema = schema._schema
SHOWN = {
    value.__name__: value
    for module in (graph.types, graph.overviews, graph.values)
    for value in vars(module).values()
    if isinstance(value, type) and hasattr(value, "record")
}
TYPES = {**SHOWN, "Query": Query}


def fields(name: str) -> dict[str, Any]:
    """A type's fields by Python name."""
    return {field.python_name: field for field in TYPES[name].__strawberry_definition__.fields}  # type: ignore[attr-defined]


PLAIN = [(name, field) for name in SHOWN for field, declared in fields(name).items() if "link" not in declared.metadata]
LINKED = [(name, field) for name in TYPES for field, declared in fields(name).items() if "link" in declared.metadata]


def link(name: str, field: str) -> Link:
    """What a linked field was declared with."""
    found: Link = fields(name)[field].metadata["link"]
    return found


def members(record: type) -> set[str]:
    """The attributes of a record, with those that are made when they are asked for."""
    made = {name for name, value in vars(record).items() if isinstance(value, cached_property)}
    return made | ({one.name for one in struct_fields(record)} if hasattr(record, "__struct_fields__") else {*record.__dataclass_fields__})  # type: ignore[attr-defined]


def bare(hint: Any) -> Any:
    """A type without None and list around it."""
    if get_origin(hint) in (typing.Union, python.UnionType):
        (hint,) = [one for one in get_args(hint) if one is not type(None)]
    return bare(get_args(hint)[0]) if get_origin(hint) is list else hint


def records(hint: Any) -> tuple[Any, ...]:
    """What a type of the graph shows, and what the type within its brackets shows; scalars and type variables are themselves."""
    inner = tuple(records(one)[0] for one in get_args(hint))
    plain = get_origin(hint) or hint
    return (getattr(plain, "record", plain), *inner)


@pytest.mark.parametrize(("name", "field"), PLAIN)
def test_a_plain_field_is_an_attribute_of_its_record(name: str, field: str) -> None:
    assert field in members(SHOWN[name].record)


@pytest.mark.parametrize(("name", "field"), LINKED)
def test_a_linked_fields_resolver_takes_the_record_of_its_type(name: str, field: str) -> None:
    resolver = link(name, field).resolver
    parent = next(iter(inspect.signature(resolver).parameters))
    if name == "Query":
        assert parent == "loaders"
    else:
        assert records(get_type_hints(resolver)[parent])[0] is SHOWN[name].record


@pytest.mark.parametrize(("name", "field"), LINKED)
def test_a_linked_fields_resolver_gives_the_records_that_the_field_shows(name: str, field: str) -> None:
    shown = records(bare(get_type_hints(TYPES[name])[field]))
    given = records(bare(get_type_hints(link(name, field).resolver)["return"]))
    if isinstance(shown[0], typing.TypeVar):
        assert isinstance(given[0], typing.TypeVar)
    elif shown[0] is strawberry.ID:
        assert given == (str,)
    else:
        assert [one for one in shown if not isinstance(one, typing.TypeVar)] == [
            one for one in given if not isinstance(one, typing.TypeVar)
        ]


def test_the_contract_notices_a_resolver_of_another_record() -> None:
    assert records(bare(list[graph.types.Person] | None)) != records(bare(list[graph.types.Project]))
    assert records(graph.values.Connection[graph.types.Person]) != records(graph.values.Connection[graph.types.CheckIn])  # type: ignore[type-var, unused-ignore]


ARGUMENTS = {
    "window": {"window"},
    "page": {"page"},
    "changed": {"changed"},
    "submitted": {"submitted"},
    "filters": {"submitted", "where"},
    "own_id": {"id"},
    "project_key": {"id", "number"},
    "person_key": {"id", "email", "employee_number"},
    "named": {"name"},
    "working_day": {"on"},
    "away": {"on_leave"},
    "clashing": {"conflicting"},
    "decided": {"status"},
    "due": {"between"},
    "few": {"first"},
    "lately": {"submitted"},
    "manager": {"manager_email"},
    "since": {"since"},
    "within": {"between"},
}


@pytest.mark.parametrize(("name", "field"), LINKED)
def test_a_linked_fields_arguments_are_what_its_resolver_takes(name: str, field: str) -> None:
    takes = list(inspect.signature(link(name, field).resolver).parameters)
    own = takes if name == "Query" else takes[1:]
    supplied = {value for one in link(name, field).arguments for value in ARGUMENTS[one.__name__]}
    assert supplied == set(own) - {"loaders"}


@pytest.mark.parametrize("name", list(ENTITIES))
def test_an_entitys_reference_takes_each_of_its_keys(name: str) -> None:
    takes = set(inspect.signature(ENTITIES[name].resolve).parameters) - {"loaders"}
    assert takes == {snake(key) for key in ENTITIES[name].keys}


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
