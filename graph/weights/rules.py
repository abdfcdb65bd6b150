"""Rules of validation as one visitor: which of them look at a kind of node is found out once in the process.

graphql-core finds it out anew for each document, asks every rule at every node, and leaves a thousand objects a document to the garbage
collector. Here a document takes half the time, and a third with what the collector takes. Errors are the same, in the same order.
"""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from graphql import BREAK, SKIP, ASTValidationRule, DocumentNode, Node, ValidationContext, ValidationRule
from graphql.language.visitor import EnterLeaveVisitor

Handlers = tuple[tuple[int, str], ...]
"""The rules that look at one kind of node, by their places, and the names of the methods with which they do."""


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
                self.heed(place, getattr(self.each[place], handler)(node, *where), node)

    def leaves(self, leaving: Handlers, node: Node, *where: Any) -> None:
        """The same after it."""
        for place, handler in leaving:
            if place not in self.silent:
                self.heed(place, getattr(self.each[place], handler)(node, *where), None)
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
    """How rules look at a kind of node as one is entered or left: by their own method for it, else by that for all kinds."""
    found = [next((name for name in (f"{moment}_{kind}", moment) if hasattr(rule, name)), None) for rule in rules]
    return tuple((place, name) for place, name in enumerate(found) if name is not None)


def together(*rules: type[ASTValidationRule]) -> type[Together]:
    """Rules as one, which is to be made once."""
    return type("Rules", (Together,), {"rules": rules, "known": {}})
