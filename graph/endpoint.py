"""The GraphQL endpoint: a request in, one answer out, with loaders of its own."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from graph import deadline, graphiql, http
from graph.context import Context
from graph.door.asking import asked
from graph.door.documents import Documents
from graph.errors import formatted
from graph.limits import Limits
from graph.schema import MUTE, schema
from graph.weights import keeping
from graph.weights.prices import costs
from loaders.request import Loaders
from upstreams.calls import Mode
from upstreams.ledger import Ledger


async def endpoint(request: Request) -> Response:
    """A page for browsers, an answer for clients."""
    if http.wants_page(request):
        return graphiql.closed() if request.app.state.limits.door.listed_only else graphiql.page()
    request_id = secrets.token_hex(8)
    kind = http.JSON
    try:
        kind = http.accepted(request)
        return await run(request, await called(request), kind, request_id)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    except http.Refusal as refusal:
        return http.refused(refusal, request_id, kind)


async def called(request: Request) -> http.Call:
    """The call that a request makes. Raises http.Refusal when it makes none."""
    documents: Documents = request.app.state.documents
    return await documents.call(await asked(request, request.app.state.limits.door))


async def run(request: Request, call: http.Call, kind: str, request_id: str) -> Response:
    """The answer to one call, with loaders of its own."""
    limits: Limits = request.app.state.limits
    traced = limits.trace and request.headers.get("x-crewgraph-trace") == "1"
    ledger = Ledger(limits.calls, traced=traced, deadline=deadline.asked(request.headers.get(deadline.HEADER), limits.deadline))
    loaders = Loaders(request.app.state.known, ledger, Mode.NONE if http.refreshes(request) else Mode.USUAL)
    context = Context(loaders, request_id, call.operation, limits.documents)
    try:
        result = await schema.execute(
            call.query,
            call.variables,
            context,
            operation_name=call.operation,
            allowed_operation_types=[OperationType.QUERY] if request.method == "GET" else list(OperationType),
            operation_extensions={MUTE: limits.documents.mute},
        )
    except CannotGetOperationTypeError as cause:
        raise http.Refusal(400, "BAD_REQUEST", "`operationName` must name one of the document's operations.") from cause
    except InvalidOperationTypeError as cause:
        raise http.Refusal(405, "METHOD_NOT_ALLOWED", "A GET runs queries only.", {"Allow": "POST"}) from cause
    content: dict[str, Any] = {} if http.never_executed(result.data, result.errors) else {"data": result.data}
    if "data" in content:
        await request.app.state.documents.learn(call)
    if result.errors:
        content["errors"] = formatted(result.errors, request_id)
    if extensions := told(loaders) | costs(context.documents, context.weighing):
        content["extensions"] = extensions
    headers = keeping.headers(request, context.weighing, ledger, content)
    return http.answer(kind, content, status=http.status(kind, result.data, result.errors), headers=headers)


def told(loaders: Loaders) -> dict[str, Any]:
    """What an answer says of itself: how old it is, whether it is whole, and, when that was asked for, how it came about."""
    ledger, found = loaders.ledger, dict[str, Any]()
    if ledger.oldest:
        found["freshness"] = {upstream: {"oldestSeconds": round(age, 1)} for upstream, age in sorted(ledger.oldest.items())}
    if unreadable := loaders.dropped.total():
        found["completeness"] = {"complete": False, "unreadableRows": unreadable}
    if loaders.approximate:
        found["approximations"] = sorted(loaders.approximate)
    if ledger.traced:
        found["trace"] = ledger.shown()
    return found
