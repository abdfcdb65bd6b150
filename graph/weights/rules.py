"""Rules of validation as one visitor: which of them look at a kind of node is found out once in the process.

graphql-core finds it out anew for each document, asks every rule at every node, and leaves a thousand objects a document to the garbage
collector. So one document takes half as long, or a third where the collector's work is counted. Errors are the same, in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from graphql import BREAK, SKIP, ASTValidationRule, DocumentNode, Node, ValidationContext, ValidationRule
from graphql.language.visitor import EnterLeaveVisitor

Handlers = tuple[tuple[int, Callable[..., Any]], ...]
"""What rules do at one kind of node, each with its rule's place."""


class Together(ValidationRule):
    """All `rules`, in their order. One that skips a node hears nothing until that is left, one that breaks off nothing more at all."""

    rules: ClassVar[tuple[type[ASTValidationRule], ...]] = ()
    known: ClassVar[dict[str, tuple[Handlers, Handlers]]] = {}
    """By kind of node, what they do as one is entered, and as it is left."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.each = [rule(context) for rule in self.rules]
        self.silent: dict[int, Any] = {}
        """The rules that hear nothing, with the node until whose end, or BREAK."""

    def get_enter_leave_for_kind(self, kind: str) -> EnterLeaveVisitor:
        """What is done at a kind of node; nothing where no rule looks at it."""
        if kind not in self.known:
            self.known[kind] = handlers(self.rules, "enter", kind), handlers(self.rules, "leave", kind)
        entering, leaving = self.known[kind]
        if not entering and not leaving:
            return EnterLeaveVisitor(None, None)
        return EnterLeaveVisitor(partial(self.enters, entering), partial(self.leaves, leaving))

    def enters(self, entering: Handlers, node: Node, *where: Any) -> None:
        """The rules see a node before what is in it."""
        for place, handler in entering:
            if place not in self.silent:
                self.heed(place, handler(self.each[place], node, *where), node)

    def leaves(self, leaving: Handlers, node: Node, *where: Any) -> None:
        """The same after it."""
        for place, handler in leaving:
            if place not in self.silent:
                self.heed(place, handler(self.each[place], node, *where), None)
        for place in [place for place, until in self.silent.items() if until is node]:
            del self.silent[place]
        if isinstance(node, DocumentNode):
            self.each.clear()  # else they wait for the garbage collector

    def heed(self, place: int, wish: Any, node: Node | None) -> None:
        """A rule may want to hear no more, for good or while a node is entered; leaving one, it can skip nothing."""
        if wish is BREAK or wish is True:
            self.silent[place] = BREAK
        elif (wish is SKIP or wish is False) and node is not None:
            self.silent[place] = node


def handlers(rules: tuple[type[ASTValidationRule], ...], moment: str, kind: str) -> Handlers:
    """What rules do as a kind of node is entered or left: their own method for it, else the one for all kinds."""
    found = [getattr(rule, f"{moment}_{kind}", None) or getattr(rule, moment, None) for rule in rules]
    return tuple((place, handler) for place, handler in enumerate(found) if handler is not None)


def together(*rules: type[ASTValidationRule]) -> type[Together]:
    """Rules as one, which is to be made once."""
    return type("Rules", (Together,), {"rules": rules, "known": {}})
