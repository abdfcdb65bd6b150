"""Links called for one parent after another: their arguments are read once in a request."""

from __future__ import annotations

from functools import partial
from typing import NoReturn

from graphql.execution.values import VariableValues, get_argument_values
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments

from graph.context import Context
from graph.declare import Bound
from graph.execution.plans import Site
from graph.execution.shapes import declared


def call(site: Site, converter: GraphQLCoreConverter, variables: VariableValues, context: Context) -> Bound | None:
    """What to call with each parent, which raises what the arguments are refused with, if they are; None where graphql-core calls."""
    if site.link is None or site.field is None or (shown := declared(site.field)) is None:
        return None
    try:
        given = get_argument_values(site.field, site.details[0].node, variables) if site.field.args else {}
        read = convert_arguments(given, shown.arguments, scalar_registry=converter.scalar_registry, config=converter.config)
        return site.link.bound(context, read)
    except Exception as refusal:  # whatever it is, it is the error of each place
        return Bound(partial(refused, refusal))


def refused(refusal: Exception, _parent: object) -> NoReturn:
    """The same for each parent."""
    raise refusal
