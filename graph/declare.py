"""The words in which the graph's types are declared: `shows`, `says`, `chooses` and `link`, and what each `needs` of its caller.

A type *shows* a record: its plain fields are the record's attributes. A field *says* what it means. A *link* is fetched by a
resolver of another package, which returns records; the field's annotation, not the resolver's, names the GraphQL type. What needs
scopes is a link: they are looked at before its resolver is called, whichever way led there.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar, dataclass_transform

import strawberry

from graph.access.scopes import Needs
from graph.context import Context

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Arguments = Callable[..., Mapping[str, Any]]
"""A group of GraphQL arguments: called with the context and the arguments, it gives the resolver's keyword arguments."""


@dataclass(frozen=True)
class Link:
    """What a linked field was declared with, kept for the contract tests."""

    resolver: Callable[..., Any]
    arguments: tuple[Arguments, ...]
    needs: Needs = ()


def says(description: str, *, name: str | None = None) -> Any:
    """A plain field: an attribute of the record."""
    return strawberry.federation.field(description=description, name=name)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.federation.field,))
def shows(
    record: type,
    description: str,
    *,
    keys: Iterable[str] = (),
    shareable: bool = False,
    name: str | None = None,
    needs: Needs = (),
    known: bool = False,
) -> Callable[[type[T]], type[T]]:
    """The class as a federation type over instances of `record`; with keys it is an entity.

    Gateways show it to callers with the scopes that it `needs` only or, where it says `known`, to those that have authenticated.
    """

    def declare(cls: type[T]) -> type[T]:
        cls.is_type_of = staticmethod(counting(record, cls.__name__) if keys else telling(record))  # type: ignore[attr-defined]
        cls.record = record  # type: ignore[attr-defined]
        cls.keys = tuple(keys)  # type: ignore[attr-defined]
        cls.needs = needs  # type: ignore[attr-defined]
        return strawberry.federation.type(
            cls,
            description=description,
            keys=list(keys),
            shareable=shareable,
            name=name,
            authenticated=known,
            requires_scopes=written(needs),
        )

    return declare


def telling(record: type) -> Callable[[Any, Any], bool]:
    """Whether a value is such a record."""
    return lambda value, _info: isinstance(value, record)


def counting(record: type, name: str) -> Callable[[Any, Any], bool]:
    """The same for an entity, which is thereby in the answer."""
    return lambda value, info: isinstance(value, record) and info.context.rights.show(name, value.id)  # type: ignore[attr-defined]


def written(needs: Needs) -> list[list[str]]:
    """The argument of federation's `@requiresScopes`; an empty one leaves the directive out."""
    return [list(one) for one in needs]


def chooses(values: type[E], name: str, description: str, meanings: Mapping[E, str]) -> type[E]:
    """An enum of another package as an enum of the graph, each value with its meaning."""
    shown = strawberry.enum(values, name=name, description=description)
    for value in shown.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = meanings[values[value.name]]
    return shown


def link(resolver: Callable[..., Any], *arguments: Arguments, says: str, needs: Needs = ()) -> Any:
    """A field fetched by a resolver elsewhere, which gets the parent record, the loaders, and what the arguments give.

    Where the caller lacks the scopes that it `needs`, nothing is called and the field is Forbidden; so it must be nullable.
    """
    signature = inspect.signature(resolver)
    parent = next(iter(signature.parameters), "loaders") != "loaders"
    wrapped = fetch(resolver, parent) if "loaders" in signature.parameters else read(resolver)
    groups = [(group, taken(group)) for group in arguments]
    field = strawberry.federation.field(resolver=shaped(wrapped, groups, needs), description=says, requires_scopes=written(needs))
    field.metadata = {**field.metadata, "link": Link(resolver, arguments, needs)}
    return field


def fetch(resolver: Callable[..., Any], parent: bool) -> Callable[..., Any]:
    """A resolver that uses loaders, in Strawberry's calling convention."""

    async def with_parent(root: Any, info: strawberry.Info[Context, Any], values: Mapping[str, Any]) -> Any:
        return await resolver(root, info.context.loaders, **values)

    async def without_parent(_root: Any, info: strawberry.Info[Context, Any], values: Mapping[str, Any]) -> Any:
        return await resolver(info.context.loaders, **values)

    return with_parent if parent else without_parent


def read(resolver: Callable[..., Any]) -> Callable[..., Any]:
    """A resolver that needs its parent only: a coroutine function, or a plain one."""

    def alone(root: Any, _info: strawberry.Info[Context, Any], _values: Mapping[str, Any]) -> Any:
        return resolver(root)

    return alone


def taken(group: Arguments) -> list[inspect.Parameter]:
    """The GraphQL arguments of a group: all its parameters after the context."""
    return list(inspect.signature(group, eval_str=True).parameters.values())[1:]


def shaped(call: Callable[..., Any], groups: list[tuple[Arguments, list[inspect.Parameter]]], needs: Needs) -> Callable[..., Any]:
    """The call, behind the scopes that it needs, with a signature that shows all groups' arguments to Strawberry."""

    def resolve(root: Any, info: strawberry.Info[Context, Any], **given: Any) -> Any:
        if needs:
            info.context.rights.need(needs)
        values: dict[str, Any] = {}
        for group, parameters in groups:
            named = {one.name: given[one.name] for one in parameters if given.get(one.name) is not None}
            values.update(group(info.context, **named))
        return call(root, info, values)

    fixed = [inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Any)]
    fixed.append(inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=strawberry.Info))
    shown = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for _, parameters in groups for one in parameters]
    resolve.__signature__ = inspect.Signature([*fixed, *shown])  # type: ignore[attr-defined]
    return resolve
