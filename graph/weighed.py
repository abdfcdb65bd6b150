"""An operation's selection is looked at once, for what the loaders should know; what costs too much is not begun."""

from __future__ import annotations

from typing import Any

from graphql import DocumentNode

from graph import entities
from graph.access.permitted import estimable, permitted
from graph.context import Context
from graph.estimate import estimate, wants
from graph.schema import NEEDS, VALUES, WEIGHTS, schema
from graph.selection import arguments_of, asked
from graph.weights import keeping, prices
from graph.weights.looked import LOOKS, Looked


def weigh(document: DocumentNode, name: str | None, variables: dict[str, Any] | None, context: Context) -> Looked:
    """Note what an operation weighs, tell the loaders, and refuse. Raises TooExpensive.

    What made no call a moment ago, and was given nothing that is not fresh still, is not estimated.
    """
    loaders, weighing = context.loaders, context.weighing
    context.rights.operation = name
    looked = LOOKS.at(document, name, variables, context.rights.caller, lambda: look(document, name, variables, context))
    prices.fit(context.documents, looked.values)
    if context.documents.mode != "off":
        weighing.cost = looked.cost
        prices.afford(context.documents, weighing)
        context.pay(weighing.cost)
    weighing.seconds, weighing.personal = looked.seconds, looked.personal
    loaders.wants = looked.wants
    if not context.free.holds(looked, loaders.ledger, loaders.mode):
        seen = estimable(looked.permitted, NEEDS, loaders.reach)
        found = estimate(seen, loaders.known, loaders.mode, looked.wants if seen is looked.permitted else None)
        loaders.ledger.foresee(found.least, found.likely)
    return looked


def look(document: DocumentNode, name: str | None, variables: dict[str, Any] | None, context: Context) -> Looked:
    """What there is to know of an operation, whatever is remembered of the upstreams. Raises where it is too much to look further."""
    asking = schema._schema, document, name, variables
    entities.bounded([one.get("representations", ()) for one in arguments_of("_entities", *asking)], (variables or {}).values())
    prices.fit(context.documents, values := prices.price(VALUES, *asking))
    cost = prices.price(WEIGHTS, *asking)
    if context.documents.mode != "off":
        context.weighing.cost = cost
        prices.afford(context.documents, context.weighing)
    tree = asked(*asking)
    may = permitted(tree, NEEDS, context.rights.caller)
    return Looked(values, cost, may, wants(may), keeping.seconds(tree), keeping.personal(tree))
