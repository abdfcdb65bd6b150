"""GraphQL over HTTP: a request in, one answer out. Knows nothing of what the graph holds."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import msgspec
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

GRAPHQL, JSON = "application/graphql-response+json", "application/json"
CONTENT_TYPES = {kind: f"{kind}; charset=utf-8".encode() for kind in (GRAPHQL, JSON)}
ALLOWED = {"Allow": "GET, POST"}
NAMING = ("query", "extensions", "documentId", "doc_id", "id")
"""The parameters that say which document is meant."""
LARGE = 100_000
"""Bytes from which it costs more to copy an answer than to send it in two parts."""
WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?", re.ASCII)


@dataclass(frozen=True)
class Call:
    """What a client asks to run: `trusted` if a manifest lists it; one that `teaches` is kept under its hash once it has run."""

    query: str
    variables: dict[str, Any] | None = None
    operation: str | None = None
    trusted: bool = False
    teaches: bool = False


class Refusal(Exception):
    """A request that is not run: its HTTP status, a code and a sentence; one that may be sent again says after how many seconds."""

    def __init__(
        self, status: int, code: str, sentence: str, headers: Mapping[str, str] | None = None, *, retry_after: int | None = None
    ) -> None:
        super().__init__(status, code)
        self.status, self.code, self.sentence, self.retry_after = status, code, sentence, retry_after
        self.headers = {**(headers or {}), **({"Retry-After": str(retry_after)} if retry_after is not None else {})}


def accepted(request: Request) -> str:
    """The media type to answer in: the client's preference, JSON without any. Refuses a client that accepts neither."""
    best = preferred(",".join(request.headers.getlist("accept")) or "*/*")
    if best is None:
        raise Refusal(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL} or {JSON}.")
    return best


@lru_cache(maxsize=256)
def preferred(accept: str) -> str | None:
    """The one of our media types that a client prefers, if it takes any."""
    weights = dict(preference(part) for part in accept.split(","))
    offered = [kind for kind in weights if kind in (GRAPHQL, JSON)] + [JSON, GRAPHQL]
    best = max(offered, key=lambda kind: weight(kind, weights))
    return best if weight(best, weights) else None


def weight(kind: str, weights: Mapping[str, float]) -> float:
    """How much a client wants a media type: the most specific range that covers it decides (RFC 9110, 12.5.1)."""
    return next((weights[covering] for covering in (kind, "application/*", "*/*") if covering in weights), 0.0)


def preference(part: str) -> tuple[str, float]:
    """A media range and its weight, from one part of an Accept header; a weight that is none counts as 0."""
    kind, parameters = described(part)
    given = parameters.get("q", "1")
    return kind, float(given) if WEIGHT.fullmatch(given) else 0.0


@lru_cache(maxsize=256)
def described(text: str) -> tuple[str, Mapping[str, str]]:
    """A media type and its parameters, in lower case."""
    kind, *parameters = (one.strip() for one in text.lower().split(";"))
    pairs = (one.partition("=") for one in parameters)
    return kind, MappingProxyType({name.strip(): value.strip(' "') for name, _, value in pairs})


def wants_page(request: Request) -> bool:
    """Whether a browser is at the door: a GET for HTML that names no document."""
    if request.method != "GET" or "text/html" not in request.headers.get("accept", ""):
        return False
    return not any(name in request.query_params for name in NAMING)


def directives(request: Request) -> Sequence[str]:
    """What a client says of caches (RFC 9111, 5.2.1)."""
    if "cache-control" not in request.headers:
        return ()
    return [one.strip() for given in request.headers.getlist("cache-control") for one in given.lower().split(",")]


def oldest(directives: Collection[str]) -> float:
    """How many seconds old an answer may be for a client; none where it wants nothing remembered."""
    if not directives:
        return math.inf
    ages = [one.removeprefix("max-age=").strip('"') for one in directives if one.startswith("max-age=")]
    if "no-cache" in directives or "no-store" in directives:
        return 0.0
    return min((float(one) for one in ages if one.isascii() and one.isdigit()), default=math.inf)


def status(kind: str, data: Any, errors: list[GraphQLError] | None) -> int:
    """The HTTP status of an answer: 400 for a request that was never executed, if the client speaks the newer media type."""
    return 400 if kind == GRAPHQL and never_executed(data, errors) else 200


def never_executed(data: Any, errors: list[GraphQLError] | None) -> bool:
    """Whether the request failed before its execution began: then the answer has no `data`."""
    return data is None and bool(errors) and all(error.path is None for error in errors or ())


def answer(kind: str, content: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer as JSON."""
    return Written(kind, [msgspec.json.encode(content)], {"Vary": "Accept", **(headers or {})}, status)


def written(kind: str, begin: bytes, rest: bytes, headers: Mapping[str, str]) -> Written:
    """An answer whose JSON is written already, in two parts, of which the first is copied unless it is large."""
    return Written(kind, [begin + rest] if len(begin) < LARGE else [begin, rest], headers)


class Written(Response):
    """An answer of our own, ready to be sent, whose parts are bytes and whose headers are known: Starlette's need not be made out."""

    def __init__(self, kind: str, parts: Sequence[bytes], headers: Mapping[str, str], status: int = 200) -> None:
        self.status_code, self.background, self.parts, self.body = status, None, parts, parts[-1]
        length = (b"content-length", b"%d" % sum(map(len, parts)))
        self.raw_headers = [*map(field, headers.items()), length, (b"content-type", CONTENT_TYPES[kind])]

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the head, and the parts."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for part in self.parts[:-1]:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": self.parts[-1], "more_body": False})


@lru_cache(maxsize=256)
def field(given: tuple[str, str]) -> tuple[bytes, bytes]:
    """A header field as it is sent, of which most are sent again and again."""
    return given[0].lower().encode("latin-1"), given[1].encode("latin-1")


def refused(refusal: Refusal, request_id: str, kind: str = JSON) -> Response:
    """A refusal as an answer."""
    again = {} if refusal.retry_after is None else {"retryable": True, "retryAfter": refusal.retry_after}
    extensions = {"code": refusal.code, **again, "requestId": request_id}
    content = {"errors": [{"message": refusal.sentence, "extensions": extensions}]}
    return answer(kind, content, status=refusal.status, headers=refusal.headers)


def overloaded(retry_after: int) -> Refusal:
    """The refusal of what would have to wait too long."""
    return Refusal(503, "OVERLOADED", "This server has too much to do.", retry_after=retry_after)
