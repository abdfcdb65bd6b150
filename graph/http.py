"""GraphQL over HTTP: a request in, one answer out. Knows nothing of what the graph holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response

LARGEST_BODY = 1_000_000
"""The most bytes of a request body."""
GRAPHQL, JSON = "application/graphql-response+json", "application/json"
WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?", re.ASCII)


@dataclass(frozen=True)
class Call:
    """What a client asks to run."""

    query: str
    variables: dict[str, Any] | None = None
    operation: str | None = None


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
    parts = ",".join(request.headers.getlist("accept")) or "*/*"
    weights = dict(preference(part) for part in parts.split(","))
    offered = [kind for kind in weights if kind in (GRAPHQL, JSON)] + [JSON, GRAPHQL]
    best = max(offered, key=lambda kind: weight(kind, weights))
    if not weight(best, weights):
        raise Refusal(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL} or {JSON}.")
    return best


def weight(kind: str, weights: Mapping[str, float]) -> float:
    """How much a client wants a media type: the most specific range that covers it decides (RFC 9110, 12.5.1)."""
    return next((weights[covering] for covering in (kind, "application/*", "*/*") if covering in weights), 0.0)


def preference(part: str) -> tuple[str, float]:
    """A media range and its weight, from one part of an Accept header; a weight that is none counts as 0."""
    kind, parameters = described(part)
    given = parameters.get("q", "1")
    return kind, float(given) if WEIGHT.fullmatch(given) else 0.0


def described(text: str) -> tuple[str, Mapping[str, str]]:
    """A media type and its parameters, in lower case."""
    kind, *parameters = (one.strip() for one in text.lower().split(";"))
    pairs = (one.partition("=") for one in parameters)
    return kind, {name.strip(): value.strip(' "') for name, _, value in pairs}


def wants_page(request: Request) -> bool:
    """Whether a browser is at the door: a GET for HTML without a query."""
    return request.method == "GET" and "query" not in request.query_params and "text/html" in request.headers.get("accept", "")


def refreshes(request: Request) -> bool:
    """Whether the client wants nothing remembered (RFC 9111, 5.2.1.4)."""
    directives = ",".join(request.headers.getlist("cache-control")).lower()
    return any(one.strip() in ("no-cache", "no-store", "max-age=0") for one in directives.split(","))


async def call(request: Request) -> Call:
    """The call that a request makes. Raises Refusal when it makes none."""
    if request.method == "GET":
        return from_query(request.query_params)
    if request.method != "POST":
        raise Refusal(405, "METHOD_NOT_ALLOWED", "Use POST, or GET for queries.", {"Allow": "GET, POST"})
    kind, parameters = described(request.headers.get("content-type", ""))
    if kind != JSON or parameters.get("charset", "utf-8") not in ("utf-8", "utf8"):
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the query as {JSON} in UTF-8.")
    return checked(decoded(await body(request)))


async def body(request: Request) -> bytes:
    """The request's body, as long as it is not too large."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > LARGEST_BODY:
            raise Refusal(413, "BODY_TOO_LARGE", f"A request may have at most {LARGEST_BODY} bytes.")
    return bytes(found)


def from_query(parameters: Mapping[str, str]) -> Call:
    """The call in the query parameters of a GET; an empty parameter is none."""
    given: dict[str, Any] = {name: parameters[name] for name in ("query", "operationName") if parameters.get(name)}
    objects = {name: decoded(parameters[name].encode()) for name in ("variables", "extensions") if parameters.get(name)}
    return checked(given | objects)


def decoded(text: bytes) -> Any:
    """JSON, or a refusal."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise Refusal(400, "BAD_REQUEST", "This is not JSON in UTF-8.") from cause


def checked(raw: Any) -> Call:
    """The call in a decoded request (GraphQL over HTTP, "Request Parameters")."""
    if not isinstance(raw, dict):
        raise Refusal(400, "BAD_REQUEST", "A request is one JSON object; batches are not taken.")
    query, variables, operation, extensions = (raw.get(name) for name in ("query", "variables", "operationName", "extensions"))
    if not isinstance(query, str) or not query.strip():
        raise Refusal(400, "BAD_REQUEST", "`query` must be a GraphQL document.")
    if variables is not None and not isinstance(variables, dict):
        raise Refusal(400, "BAD_REQUEST", "`variables` must be an object.")
    if operation is not None and not isinstance(operation, str):
        raise Refusal(400, "BAD_REQUEST", "`operationName` must be text.")
    if extensions is not None and not isinstance(extensions, dict):
        raise Refusal(400, "BAD_REQUEST", "`extensions` must be an object.")
    return Call(query, variables, operation)


def status(kind: str, data: Any, errors: list[GraphQLError] | None) -> int:
    """The HTTP status of an answer: 400 for a request that was never executed, if the client speaks the newer media type."""
    return 400 if kind == GRAPHQL and never_executed(data, errors) else 200


def never_executed(data: Any, errors: list[GraphQLError] | None) -> bool:
    """Whether the request failed before its execution began: then the answer has no `data`."""
    return data is None and bool(errors) and all(error.path is None for error in errors or ())


def answer(kind: str, content: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer as JSON; personal data is kept by no cache."""
    fixed = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Accept"}
    return Response(msgspec.json.encode(content), status, {**fixed, **(headers or {})}, f"{kind}; charset=utf-8")


def refused(refusal: Refusal, request_id: str, kind: str = JSON) -> Response:
    """A refusal as an answer."""
    again = {} if refusal.retry_after is None else {"retryable": True, "retryAfter": refusal.retry_after}
    extensions = {"code": refusal.code, **again, "requestId": request_id}
    content = {"errors": [{"message": refusal.sentence, "extensions": extensions}]}
    return answer(kind, content, status=refusal.status, headers=refusal.headers)


def overloaded(retry_after: int) -> Refusal:
    """The refusal of what would have to wait too long."""
    return Refusal(503, "OVERLOADED", "This server has too much to do.", retry_after=retry_after)
