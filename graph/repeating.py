"""Answers that are at hand: what was answered a moment ago, or is being answered, to whoever may see the very same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from graph import http
from graph.access import audit
from graph.access.rights import Caller
from graph.answers import Answer, Answers, Basis, Flight, Key, key
from graph.context import Context
from graph.door.asking import Heard
from graph.operating.admission import paid
from graph.operating.visits import Visit, ident, kind
from graph.service import Service
from graph.weights import keeping
from upstreams.deadline import Deadline


class Asking(NamedTuple):
    """One request that may be answered: what it says, by whom, in which media type, until when, and whether it is traced.

    `wishes` is what the client says of caches, and `oldest` how many seconds old an answer may be by that.
    """

    request: Request
    service: Service
    visit: Visit
    kind: str
    heard: Heard
    caller: Caller
    until: Deadline
    traced: bool
    wishes: Sequence[str]
    oldest: float

    @property
    def answers(self) -> Answers:
        """What is remembered of answers."""
        return self.service.answers

    @property
    def ident(self) -> str:
        """The request's id."""
        return ident(self.request.scope)

    @property
    def repeatable(self) -> bool:
        """Whether answers are remembered at all, and this one is not about its own making."""
        return self.answers.seconds > 0 and not self.traced

    @property
    def basis(self) -> Basis:
        """What an answer rests on now."""
        return self.service.known.drops, self.service.known.today()

    @property
    def alone(self) -> bool:
        """Whether an answer is for the client's own cache, whatever it holds."""
        return self.service.access.guarded or keeping.credentials(self.request)

    def fits(self, emails: Collection[str]) -> bool:
        """Whether an answer of this key that was asked by these emails is everybody's, or the caller's alone."""
        return self.caller.email not in emails or self.caller.view[1] is not None


@dataclass(frozen=True)
class Finished:
    """What a run came to: its content, what it says of itself but how old it is, its audit, and for how many seconds it may be kept."""

    content: Mapping[str, Any]
    told: Mapping[str, Any]
    record: Mapping[str, Any]
    keeps: int


def glanced(asking: Asking) -> Response | None:
    """What was answered a moment ago to the very same bytes, before anybody reads what they say. Raises Refusal as `remembered` does."""
    question = asking.answers.questions.get(asking.heard) if asking.repeatable else None
    return recalled(asking, (question, asking.caller.view)) if question is not None else None


async def remembered(asking: Asking, call: http.Call) -> Response | None:
    """What was answered a moment ago. Raises Refusal when the caller cannot pay for it."""
    if not asking.repeatable:
        return None
    known = key(call, asking.caller)
    response = recalled(asking, known)
    if response is not None and call.teaches:
        await asking.service.documents.learn(call)
    elif response is not None:
        asking.answers.spelt(known[0], asking.heard)
    return response


def recalled(asking: Asking, key: Key) -> Response | None:
    """What is remembered, if the client takes it. Raises Refusal."""
    if not (asking.repeatable and asking.oldest):
        return None
    found = asking.answers.peek(key, asking.basis, asking.oldest)
    return repeated(asking, found, "memory") if found is not None and asking.fits(found.emails) else None


async def joined(asking: Asking, call: http.Call) -> Response | None:
    """What an equal operation is answered that runs now, if its answer may be shared and comes in time. Raises Refusal likewise."""
    if not (asking.repeatable and asking.oldest):
        return None
    found = await asking.answers.joined(key(call, asking.caller), asking.basis, asking.until)
    if found is None or not asking.fits(found.emails):
        return None
    await asking.service.documents.learn(call)
    return repeated(asking, found, "joined")


def repeated(asking: Asking, answer: Answer, source: str) -> Response:
    """An answer once more: paid for, written down, and as old as it is. Raises Refusal."""
    service, age = asking.service, asking.answers.age(answer)
    points = paid(asking.request, service.watch, asking.caller.payer, answer.cost)
    if service.access.audited:
        audit.audit(audit.repeated(answer.record, asking.caller, asking.ident))
    asking.visit.repeat(answer.kind, source)
    headers = {**keeping.headers(answer.keeps, private=asking.alone or answer.personal), **points}
    if source == "memory":
        headers["Age"] = str(int(age))
    return http.written(asking.kind, answer.data, answer.rest(age), headers)


@contextmanager
def flight(asking: Asking, call: http.Call) -> Iterator[Flight]:
    """Around a run, for whose answer equal operations wait, if there is to be one for them."""
    if not asking.repeatable:
        yield Flight(asking.basis, asking.answers.clock())
        return
    with asking.answers.flight(key(call, asking.caller), asking.basis) as found:
        yield found


def landed(asking: Asking, call: http.Call, flight: Flight, context: Context, finished: Finished) -> Answer | None:
    """A run's answer as others may have it, who wait for it or come later; None where it is nobody else's."""
    if not asking.repeatable:
        return None
    own = key(call, asking.caller)
    if not (finished.keeps and asking.fits(context.rights.emails)):
        if "data" in finished.content and "errors" not in finished.content:
            asking.answers.hopeless(own)
        return None
    flight.answer = Answer(
        data=msgspec.json.encode({"data": finished.content["data"]})[:-1],
        told=finished.told,
        ages=dict(context.loaders.ledger.oldest),
        keeps=finished.keeps,
        personal=context.weighing.personal,
        cost=context.weighing.cost,
        kind=kind(finished.content["data"]),
        basis=flight.basis,
        record=finished.record,
        emails=frozenset(context.rights.emails),
        began=flight.began,
        made=asking.answers.clock(),
    )
    if "no-store" not in asking.wishes:
        asking.answers.keep(own, flight.answer, None if call.teaches else asking.heard)
    return flight.answer
