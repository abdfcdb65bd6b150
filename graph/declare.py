"""The words in which the graph's types are declared: `shows`, `says`, `chooses` and `link`, and what each `needs` of its caller.

A type *shows* a record: its plain fields are the record's attributes. A field *says* what it means. A *link* is fetched by a
resolver of another package, which returns records; the field's annotation, not the resolver's, names the GraphQL type. What needs
scopes is a link: they are looked at before its resolver is called, whichever way led there.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, TypeVar, dataclass_transform

import strawberry

from graph.access.scopes import Needs
from graph.context import Context
from loaders.resting import Basis, nothing

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Arguments = Callable[..., Mapping[str, Any]]
"""A group of GraphQL arguments: called with the context and the arguments, it gives the resolver's keyword arguments."""


@dataclass(frozen=True)
class Bound:
    """A linked field of one request, with the resolver's `values`: what gives that of one parent, and of many of them if none must be
    waited for, else None, or when it has come; and what these rest on.
    """

    one: Callable[[Any], Any]
    values: Mapping[str, Any] = field(default_factory=dict)
    many: Callable[[Sequence[Any]], list[Any] | None] | None = None
    together: Callable[[Sequence[Any]], Coroutine[Any, Any, list[Any]] | None] | None = None
    rests: Callable[[Sequence[Any]], list[Basis | None]] | None = None


@dataclass(frozen=True)
class Link:
    """What a linked field was declared with: how its values come about, for Strawberry and for compiled execution.

    `at_hand` gives what the resolver would for many parents at once, errors among the values, or None where one must be waited for.
    `together` gives the same when it has come; None where the resolver is to be called for each. `rests` says what each of these rests
    on, None of what is not to be remembered.
    """

    resolver: Callable[..., Any]
    arguments: tuple[Arguments, ...]
    needs: Needs = ()
    at_hand: Callable[..., list[Any] | None] | None = None
    together: Callable[..., Coroutine[Any, Any, list[Any]] | None] | None = None
    rests: Callable[..., list[Basis | None]] | None = None

    @cached_property
    def parameters(self) -> list[tuple[Arguments, list[inspect.Parameter]]]:
        """The GraphQL arguments of each group."""
        return [(group, taken(group)) for group in self.arguments]

    @cached_property
    def fetched(self) -> Callable[..., Any]:
        """The resolver in one calling convention: with the parent, the loaders, and its arguments by name."""
        return fetch(self.resolver)

    def bound(self, context: Context, given: Mapping[str, Any]) -> Bound:
        """The field of one parent after another, its arguments read once. Raises Forbidden, and what they are refused with."""
        if self.needs:
            context.rights.need(self.needs)
        values: dict[str, Any] = {}
        for group, parameters in self.parameters:
            named = {one.name: given[one.name] for one in parameters if given.get(one.name) is not None}
            values.update(group(context, **named))
        fetched, many, together, rests, loaders = self.fetched, self.at_hand, self.together, self.rests, context.loaders
        return Bound(
            lambda parent: fetched(parent, loaders, **values),
            values,
            (lambda parents: many(parents, loaders, **values)) if many is not None else None,
            (lambda parents: together(parents, loaders, **values)) if together is not None else None,
            (lambda parents: rests(parents, loaders)) if rests is not None else None,
        )


@dataclass(frozen=True)
class Shown:
    """Whether a value is of a type, which shows such records; one of an entity is thereby in the answer."""

    record: type
    entity: str | None = None

    def __call__(self, value: Any, info: Any) -> bool:
        """What graphql-core asks."""
        return isinstance(value, self.record) and (self.entity is None or info.context.rights.show(self.entity, value.id))  # type: ignore[attr-defined]

    def note(self, context: Context, ids: Iterable[str]) -> None:
        """These entities are in the answer."""
        context.rights.shown[self.entity or ""].update(ids)


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
        cls.is_type_of = staticmethod(Shown(record, cls.__name__ if keys else None))  # type: ignore[attr-defined]
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


def written(needs: Needs) -> list[list[str]]:
    """The argument of federation's `@requiresScopes`; an empty one leaves the directive out."""
    return [list(one) for one in needs]


def chooses(values: type[E], name: str, description: str, meanings: Mapping[E, str]) -> type[E]:
    """An enum of another package as an enum of the graph, each value with its meaning."""
    shown = strawberry.enum(values, name=name, description=description)
    for value in shown.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = meanings[values[value.name]]
    return shown


def link(
    resolver: Callable[..., Any],
    *arguments: Arguments,
    says: str,
    needs: Needs = (),
    at_hand: Callable[..., list[Any] | None] | None = None,
    together: Callable[..., Coroutine[Any, Any, list[Any]] | None] | None = None,
    rests: Callable[..., list[Basis | None]] | None = None,
) -> Any:
    """A field fetched by a resolver elsewhere, which gets the parent record, the loaders, and what the arguments give.

    Where the caller lacks the scopes that it `needs`, nothing is called and the field is Forbidden; so it must be nullable.
    """
    declared = Link(resolver, arguments, needs, at_hand, together, rests)
    field = strawberry.federation.field(resolver=shaped(declared), description=says, requires_scopes=written(needs))
    field.metadata = {**field.metadata, "link": declared}
    return field


def derived(resolver: Callable[[Any], Any], says: str, needs: Needs = ()) -> Any:
    """A link whose resolver needs the parent alone, and waits for nothing."""
    return link(resolver, says=says, needs=needs, at_hand=lambda parents, _loaders: list(map(resolver, parents)), rests=nothing)


def fetch(resolver: Callable[..., Any]) -> Callable[..., Any]:
    """A resolver that takes the parent, the loaders or both, as one that takes both."""
    names = list(inspect.signature(resolver).parameters)
    if "loaders" not in names:
        return lambda parent, _loaders: resolver(parent)
    return resolver if names[0] != "loaders" else lambda _parent, loaders, **values: resolver(loaders, **values)


def taken(group: Arguments) -> list[inspect.Parameter]:
    """The GraphQL arguments of a group: all its parameters after the context."""
    return list(inspect.signature(group, eval_str=True).parameters.values())[1:]


def shaped(link: Link) -> Callable[..., Any]:
    """The call of a link, with a signature that shows all groups' arguments to Strawberry."""

    def resolve(root: Any, info: strawberry.Info[Context, Any], **given: Any) -> Any:
        return link.bound(info.context, given).one(root)

    fixed = [inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Any)]
    fixed.append(inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=strawberry.Info))
    shown = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for _, parameters in link.parameters for one in parameters]
    resolve.__signature__ = inspect.Signature([*fixed, *shown])  # type: ignore[attr-defined]
    return resolve
