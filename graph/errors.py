"""Errors as clients see them: a code, a sentence, and nothing of an upstream's address, credentials or answer."""

from __future__ import annotations

import logging
import math
import re
import traceback
from collections.abc import Iterable
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLSyntaxError

from loaders.links import Ambiguous
from loaders.reach import Forbidden
from upstreams.errors import BadInput, BadResponse, Fault, Missing, RateLimited, Refused, TimedOut, TooExpensive, Unavailable, UpstreamError

log = logging.getLogger("crewgraph")

SERVICES = {"checkins": "check-ins", "workforce": "workforce"}
SENTENCES: dict[type[UpstreamError], str] = {
    Unavailable: "The {} service could not be reached or failed.",
    TimedOut: "The {} service did not answer in time.",
    RateLimited: "The {} service asked to be called less often.",
    Refused: "The {} service refused the credentials that this server uses, or does not know its company.",
    Missing: "The {} service does not know this address.",
    BadResponse: "The {} service gave an answer that does not keep to its documentation.",
}

LONGEST = 1000
"""How much is said of an error: what graphql-core quotes of a document may be as long as the document."""
QUOTED = re.compile(r"(?:, but encountered error |(?:, found| Found|(?<=value)): ).*", re.DOTALL)
"""How graphql-core quotes a value, or Python's opinion of it, to the end of its message."""


def formatted(errors: Iterable[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """The errors of an answer, each with `extensions.code` and the request's id; what nobody expected is reported, once for each place."""
    found, unexpected = [], dict[tuple[object, ...], Exception]()
    for error in errors:
        cause = root(error)
        found.append(format_one(error, cause, request_id))
        if not (isinstance(cause, Fault) or about_query(error, cause)):
            unexpected.setdefault((type(cause), *origin(cause)), cause)
    for cause in unexpected.values():
        report(cause, request_id)
    return found


def format_one(error: GraphQLError, cause: Exception, request_id: str) -> dict[str, Any]:
    """One error with its path and place in the query, if it has them."""
    message, extensions = told(error, cause)
    found: dict[str, Any] = {"message": message}
    if error.locations:
        found["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        found["path"] = list(error.path)
    return {**found, "extensions": {**extensions, "requestId": request_id}}


def told(error: GraphQLError, cause: Exception) -> tuple[str, dict[str, Any]]:
    """What a client is told of an error: a fault's own words, the words of graphql-core about the client's query, or nothing."""
    if isinstance(cause, Fault):
        return sentence(cause), extensions(cause)
    if about_query(error, cause):
        return worded(error), {**(getattr(cause, "extensions", None) or {}), "code": code(error, cause)}
    return "Something went wrong in this server.", {"code": "INTERNAL_SERVER_ERROR"}


def root(error: GraphQLError) -> Exception:
    """What an error was raised as, under the GraphQLErrors that locate it."""
    while error.original_error is not None:
        if not isinstance(error.original_error, GraphQLError):
            return error.original_error
        error = error.original_error
    return error


def about_query(error: GraphQLError, cause: Exception) -> bool:
    """Whether an error is about what the client sent, rather than about a value that a field gave."""
    if isinstance(cause, GraphQLError) and (cause.extensions or {}).get("code") is not None:
        return True
    if error.path is None:  # what has nodes graphql-core found wrong with the document, if by an error of Python's own
        return isinstance(cause, GraphQLError) or bool(error.nodes)
    return isinstance(cause, GraphQLError) and not any(isinstance(node, FieldNode) for node in error.nodes or ())


def of_variable(error: GraphQLError) -> bool:
    """Whether graphql-core refused the value of a variable: then it wraps the reason, and nothing has been executed."""
    if error.path is not None:
        return False
    return isinstance(error.original_error, GraphQLError) or error.message.startswith("Too many errors processing variables")


def worded(error: GraphQLError) -> str:
    """The words of graphql-core about the client's query, without the Python in which it writes nulls, values and their errors."""
    message = error.message
    if error.path is None and (inner := error.original_error) is not None:
        reason = inner.message if isinstance(inner, GraphQLError) else message
        message = message.removesuffix(reason) + QUOTED.sub("", reason)
    message = message.replace(" not to be None.", " not to be null.")
    if len(message) > LONGEST:
        return f"{message[:LONGEST]}..."
    return message if message.endswith((".", "?")) else f"{message}."


def code(error: GraphQLError, cause: Exception) -> str:
    """The code of an error in the client's query, named as Apollo Server names it."""
    if isinstance(cause, GraphQLError) and (known := (cause.extensions or {}).get("code")):
        return str(known)
    if isinstance(cause, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    if error.path is not None or of_variable(error):
        return "BAD_USER_INPUT"
    return "GRAPHQL_VALIDATION_FAILED"


def sentence(fault: Fault) -> str:
    """A fault in words."""
    if isinstance(fault, BadInput):
        return f"{fault.argument}: {fault.problem}."
    if isinstance(fault, TooExpensive):
        return f"This asks for too much at once. {fault.hint}"
    if isinstance(fault, Ambiguous):
        return f"It is not certain who this is. {fault.reason}"
    if isinstance(fault, Forbidden):
        return f"This needs {' or '.join(scopes(one) for one in fault.needs)}."
    if isinstance(fault, UpstreamError):
        return SENTENCES[type(fault)].format(SERVICES.get(fault.upstream, fault.upstream))
    return "The request could not be answered."


def scopes(needed: tuple[str, ...]) -> str:
    """Scopes in words."""
    return f"the scope{'s' * (len(needed) > 1)} {' and '.join(f'`{one}`' for one in needed)}"


def extensions(fault: Fault) -> dict[str, Any]:
    """A fault as data."""
    found: dict[str, Any] = {"code": fault.code}
    if isinstance(fault, BadInput):
        found["argument"] = fault.argument
    if isinstance(fault, TooExpensive):
        found |= {name: value for name, value in (("estimatedCalls", fault.estimate), ("mostCalls", fault.limit)) if value is not None}
    if isinstance(fault, Forbidden):
        found["requiredScopes"] = [list(one) for one in fault.needs]
    if isinstance(fault, UpstreamError):
        found |= {"upstream": fault.upstream, "retryable": fault.retryable}
        if fault.retry_after is not None:
            found["retryAfter"] = math.ceil(fault.retry_after)
    return found


def origin(cause: Exception) -> tuple[object, ...]:
    """The place that an error comes from: the innermost of those that it came through."""
    places = [(frame.f_code, line) for frame, line in traceback.walk_tb(cause.__traceback__)]
    return places[-1] if places else ()


def report(cause: Exception, request_id: str) -> None:
    """A log line with the type and the places of an unexpected error, without its text, which may hold personal data."""
    places = "".join(traceback.format_tb(cause.__traceback__))
    log.error("unexpected %s in request %s\n%s", type(cause).__name__, request_id, places)
