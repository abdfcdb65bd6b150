"""The GraphQL endpoint: a request in, one answer out, with loaders of its own."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from graph import graphiql, http
from graph.access import audit
from graph.access.guard import Access
from graph.access.rights import Caller, Rights
from graph.access.scopes import TRACES, met
from graph.context import Context
from graph.errors import formatted
from graph.limits import Limits
from graph.schema import schema
from loaders.request import Loaders
from upstreams.calls import Mode
from upstreams.ledger import Ledger


async def endpoint(request: Request) -> Response:
    """A page for browsers, an answer for clients."""
    access: Access = request.app.state.access
    request_id = secrets.token_hex(8)
    kind = http.JSON
    try:
        access.enter(request)
        if http.wants_page(request) and access.gateway is None:
            return graphiql.page()
        kind = http.accepted(request)
        caller = await access.caller(request)
        return await run(request, await http.call(request), kind, request_id, caller)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    except http.Refusal as refusal:
        if access.audited and refusal.status in (401, 403):
            audit.audit(audit.refusal(refusal, request_id))
        return http.refused(refusal, request_id, kind)


async def run(request: Request, call: http.Call, kind: str, request_id: str, caller: Caller) -> Response:
    """The answer to one call, with loaders of its own."""
    limits: Limits = request.app.state.limits
    rights = Rights(caller)
    ledger = Ledger(limits.calls, traced=limits.trace and traced(request, caller))
    loaders = Loaders(request.app.state.known, ledger, Mode.NONE if http.refreshes(request) else Mode.USUAL, rights.reach)
    try:
        result = await schema.execute(
            call.query,
            call.variables,
            Context(loaders, request_id, call.operation, rights),
            operation_name=call.operation,
            allowed_operation_types=[OperationType.QUERY] if request.method == "GET" else list(OperationType),
        )
    except CannotGetOperationTypeError as cause:
        raise http.Refusal(400, "BAD_REQUEST", "`operationName` must name one of the document's operations.") from cause
    except InvalidOperationTypeError as cause:
        raise http.Refusal(405, "METHOD_NOT_ALLOWED", "A GET runs queries only.", {"Allow": "POST"}) from cause
    content: dict[str, Any] = {} if http.never_executed(result.data, result.errors) else {"data": result.data}
    if result.errors:
        content["errors"] = formatted(result.errors, request_id)
    if request.app.state.access.audited:
        audit.audit(audit.operation(rights, call, request_id, ledger, content.get("errors", ())))
    if extensions := told(loaders):
        content["extensions"] = extensions
    return http.answer(kind, content, status=http.status(kind, result.data, result.errors))


def traced(request: Request, caller: Caller) -> bool:
    """Whether a client wants a trace and may have one: it tells who is who, and what of whom is remembered."""
    return request.headers.get("x-crewgraph-trace") == "1" and met(TRACES, caller.scopes) is not None


def told(loaders: Loaders) -> dict[str, Any]:
    """What an answer says of itself: how old it is, whether it is whole, and, when that was asked for, how it came about."""
    ledger, found = loaders.ledger, dict[str, Any]()
    if ledger.oldest:
        found["freshness"] = {upstream: {"oldestSeconds": round(age, 1)} for upstream, age in sorted(ledger.oldest.items())}
    if loaders.dropped:
        found["completeness"] = {"complete": False, "unreadableRows": loaders.dropped}
    if loaders.approximate:
        found["approximations"] = sorted(loaders.approximate)
    if ledger.traced:
        found["trace"] = ledger.shown()
    return found
