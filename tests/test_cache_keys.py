"""Whatever a memory is keyed by is hashable by its type.

mypy cannot say so: it takes every frozen class for hashable, whatever its fields hold. So this looks at the annotation of each memory,
and at the fields of each class in its key.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import types
import typing
from collections.abc import Callable, Hashable, Iterator
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import pytest

from graph.access.rights import Caller
from upstreams import records

ROOT = Path(__file__).parents[1]
MEMORIES = {"Remembered", "Bounded", "OrderedDict"}
PLAIN = {str, int, float, bool, bytes, date, datetime, time, types.NoneType}


def annotated() -> Iterator[tuple[str, Any]]:
    """The type of the keys of each memory in the product, with the place where it is annotated."""
    for path in sorted(one for folder in ("graph", "resolvers", "loaders", "upstreams") for one in (ROOT / folder).rglob("*.py")):
        tree, names = ast.parse(path.read_text(encoding="utf-8")), None
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in MEMORIES:
                assert isinstance(node.slice, ast.Tuple)
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                names = names or vars(importlib.import_module(module.removesuffix(".__init__")))
                yield f"{module}:{node.lineno}", eval(ast.unparse(node.slice.elts[0]), names)


def unhashable(kind: Any) -> list[str]:
    """The parts of a type whose values may not be hashable."""
    origin, inner = typing.get_origin(kind), [one for one in typing.get_args(kind) if one is not Ellipsis]
    if kind in PLAIN or kind is Hashable or isinstance(kind, typing.TypeVar) or origin in (typing.Literal, Callable):
        return []
    if isinstance(kind, typing.NewType):
        return unhashable(kind.__supertype__)
    if origin in (tuple, frozenset, typing.Union, types.UnionType, typing.Annotated):
        return [part for one in inner for part in unhashable(one)]
    if (
        kind in (Any, object)
        or not isinstance(kind, type)
        or getattr(kind, "__hash__", None) is None
        or issubclass(kind, set | list | dict)
    ):
        return [str(kind)]
    if issubclass(kind, Enum) or kind.__hash__ is object.__hash__:
        return []
    if issubclass(kind, msgspec.Struct):
        fields = [one.name for one in msgspec.structs.fields(kind)]
    elif dataclasses.is_dataclass(kind):
        fields = [one.name for one in dataclasses.fields(kind) if one.compare]
    else:
        fields = list(getattr(kind, "_fields", ()))
    hints = typing.get_type_hints(kind)
    return [f"{kind.__name__}.{name}: {part}" for name in fields for part in unhashable(hints[name])]


@pytest.mark.parametrize(("place", "kind"), list(annotated()), ids=lambda one: one if isinstance(one, str) else "")
def test_a_memory_is_keyed_by_what_is_hashable_by_type(place: str, kind: Any) -> None:
    assert unhashable(kind) == [], place


@pytest.mark.parametrize("record", [one for one in vars(records).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)])
def test_a_record_is_hashable_by_type(record: type[msgspec.Struct]) -> None:
    """Portions of answers are keyed by the record that they show."""
    assert unhashable(record) == []


@pytest.mark.parametrize("kind", [set[str], list[int], tuple[str, dict[str, int]], Any, dict])
def test_what_is_not_hashable_is_noticed(kind: Any) -> None:
    assert unhashable(kind)


def test_a_caller_takes_no_scopes_that_are_not_frozen() -> None:
    """The operator & of a frozenset and a dictionary's keys gives a set, which mypy does not see."""
    with pytest.raises(TypeError, match="must be a frozenset, not a set"):
        Caller("somebody", "jwt", frozenset({"a"}) & {"a": 1}.keys())
