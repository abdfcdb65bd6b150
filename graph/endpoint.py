"""The GraphQL endpoint: a request in, one answer out, with loaders of its own."""

from __future__ import annotations

from typing import Any

from graphql import ExecutionResult
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from graph import deadline, graphiql, http, running
from graph.access import audit
from graph.access.rights import Caller, Rights
from graph.access.scopes import TRACES, met
from graph.access.who import NotAuthenticated
from graph.answers import Flight, freshness
from graph.context import Context
from graph.door.asking import heard, understood
from graph.errors import formatted, root
from graph.execution.errors import Errors
from graph.operating.admission import Turn, admitted
from graph.operating.quota import Exhausted
from graph.operating.visits import Visit, attended, ident
from graph.repeating import Asking, Finished, flight, glanced, joined, landed, remembered
from graph.service import Service
from graph.weights import keeping
from graph.weights.prices import costs
from loaders.request import Loaders
from upstreams.calls import Mode
from upstreams.ledger import Ledger


async def endpoint(request: Request) -> Response:
    """A page for browsers, an answer for clients."""
    service: Service = request.app.state.service
    if http.wants_page(request) and service.access.gateway is None:
        return page(request, service)
    with service.watch.operation(request.headers) as visit:
        kind = http.JSON
        try:
            service.access.enter(request)
            kind = http.accepted(request)
            return await answered(request, service, visit, kind)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except http.Refusal as refusal:
            visit.refuse(refusal.code, refusal.status)
            return refused(request, service, refusal, kind)


def page(request: Request, service: Service) -> Response:
    """GraphiQL, or in its place why it would be of no use."""
    try:
        service.access.enter(request)
    except http.Refusal as refusal:
        return refused(request, service, refusal, http.JSON)
    return graphiql.closed() if service.limits.door.listed_only else graphiql.page()


def refused(request: Request, service: Service, refusal: http.Refusal, kind: str) -> Response:
    """A refusal as an answer; one of a caller is a matter of the audit, and why it was is one of the operators."""
    if isinstance(refusal, NotAuthenticated):
        service.access.refusals.note(refusal)
        service.watch.metrics.unauthenticated.labels(refusal.reason, refusal.claim).inc()
    if service.access.audited and refusal.status in (401, 403):
        audit.audit(audit.refusal(refusal, ident(request.scope)))
    return http.refused(refusal, ident(request.scope), kind)


async def answered(request: Request, service: Service, visit: Visit, kind: str) -> Response:
    """The answer to a caller who is known and pays: one that is at hand, else one of its own. Raises http.Refusal."""
    caller = await service.access.caller(request)
    said = await heard(request, service.limits.door)
    until = deadline.asked(request.headers.get(deadline.HEADER), service.limits.deadline, lambda: visit.gone)
    wishes, shows = http.directives(request), service.limits.trace and traced(request, caller)
    asking = Asking(request, service, visit, kind, said, caller, until, shows, wishes, http.oldest(wishes))
    if (response := glanced(asking)) is not None:
        return response
    call = await service.documents.call(understood(said))
    return await remembered(asking, call) or await own(asking, call)


async def own(asking: Asking, call: http.Call) -> Response:
    """The answer of an equal operation that runs already, else of this one, as soon as it is its turn. Raises http.Refusal."""
    async with attended(asking.request.receive, asking.visit):
        if (response := await joined(asking, call)) is not None:
            return response
        with flight(asking, call) as found:
            async with admitted(asking.request, asking.service.watch, asking.caller.payer) as turn:
                response = await run(asking, call, turn, found)
                if points := turn.headers():
                    response.headers.update(points)
    return response


async def run(asking: Asking, call: http.Call, turn: Turn, flight: Flight) -> Response:
    """The answer to one call, with loaders of its own."""
    service, request_id, rights = asking.service, asking.ident, Rights(asking.caller)
    asking.visit.ledger = ledger = Ledger(service.limits.calls, traced=asking.traced, deadline=asking.until)
    asking.visit.source = "run"
    loaders = Loaders(service.known, ledger, Mode.USUAL if asking.oldest else Mode.NONE, rights.reach)
    bounds = service.limits.documents.waived if call.trusted else service.limits.documents
    context = Context(
        loaders,
        request_id,
        call.operation,
        rights,
        bounds,
        pay=turn.pay,
        portions=service.portions,
        free=service.free,
        scoped=service.access.scoped,
    )
    errors = Errors(bounds.errors)
    result = await executed(asking.request, call, context, errors)
    content: dict[str, Any] = {} if http.never_executed(result.data, result.errors) else {"data": result.data}
    if "data" in content:
        await service.documents.learn(call)
    if result.errors:
        content["errors"] = formatted(result.errors, request_id)
    record = audit.operation(rights, call, request_id, ledger, content.get("errors", ())) if service.access.audited else {}
    if record:
        audit.audit(record)
    told_of = told(loaders) | costs(context.documents, context.weighing) | errors.told
    status = http.status(asking.kind, result.data, result.errors)
    asking.visit.answer(content, status)
    keeps = keeping.keeps(context.weighing, ledger, content)
    headers = keeping.headers(keeps, private=asking.alone or context.weighing.personal)
    if found := landed(asking, call, flight, context, Finished(content, told_of, record, keeps)):
        return http.written(asking.kind, found.data, found.rest(0.0), headers)
    extensions = {"extensions": shown} if (shown := freshness(ledger.oldest) | told_of) else {}
    return http.answer(asking.kind, content | extensions, status=status, headers=headers)


async def executed(request: Request, call: http.Call, context: Context, errors: Errors) -> ExecutionResult:
    """What a call comes to, its field errors among these. Raises http.Refusal, and Exhausted where its caller cannot pay for it."""
    reads, compiled = request.method == "GET", request.app.state.service.limits.compiled
    result = await running.run(call, context, errors, reads=reads, compiled=compiled)
    for error in result.errors or ():
        if isinstance(reason := root(error), Exhausted):
            raise reason
    return result


def traced(request: Request, caller: Caller) -> bool:
    """Whether a client wants a trace and may have one: it tells who is who, and what of whom is remembered."""
    return request.headers.get("x-crewgraph-trace") == "1" and met(TRACES, caller.scopes) is not None


def told(loaders: Loaders) -> dict[str, Any]:
    """What an answer says of itself besides how old it is: whether it is whole and, when that was asked for, how it came about."""
    ledger, found = loaders.ledger, dict[str, Any]()
    if unreadable := loaders.dropped.total():
        found["completeness"] = {"complete": False, "unreadableRows": unreadable}
    if loaders.approximate:
        found["approximations"] = sorted(loaders.approximate)
    if ledger.traced:
        found["trace"] = ledger.shown()
    return found
