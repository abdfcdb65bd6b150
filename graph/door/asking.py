"""What a request asks for: read from a POST's body or a GET's address, and checked (GraphQL over HTTP, "Request Parameters")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import Request

from graph.door.body import body, decoded
from graph.door.policy import Door
from graph.http import ALLOWED, NAMING, Refusal, described

SIMPLE = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
"""What a browser sends anywhere without asking first."""
PREFLIGHTED = ("x-apollo-operation-name", "apollo-require-preflight", "x-crewgraph-trace")
"""Headers that a browser sends elsewhere only once it was allowed to."""
IDS = NAMING[2:]
"""Where a request names its document by an id: as GraphQL over HTTP proposes, and as Relay's examples do."""
DIGEST = "sha256:"
MOST_PARAMETERS = 20


@dataclass(frozen=True)
class Asked:
    """A document by its text, its id or both, and what to run it with; a `digest` is an id that claims to be the text's SHA-256."""

    query: str | None
    id: str | None = None
    digest: bool = False
    variables: dict[str, Any] | None = None
    operation: str | None = None


class Heard(NamedTuple):
    """What a request asks for, as it came: the body of a POST, or a GET's parameters. It is looked up, so it is a tuple."""

    method: str
    text: bytes


async def heard(request: Request, door: Door) -> Heard:
    """What a request that may be asked says. Raises Refusal."""
    if request.method == "POST":
        return Heard("POST", await body(request, door))
    if request.method != "GET":
        raise Refusal(405, "METHOD_NOT_ALLOWED", "Use POST, or GET for queries.", ALLOWED)
    preflighted(request)
    return Heard("GET", request.scope["query_string"])


def understood(heard: Heard) -> Asked:
    """What that asks for. Raises Refusal when it asks for nothing that could be looked at."""
    return checked(decoded(heard.text) if heard.method == "POST" else parameters(heard.text))


def preflighted(request: Request) -> None:
    """Refuse what any web page may have a browser send: Apollo Server's rule against cross-site request forgery."""
    kind, _ = described(request.headers.get("content-type", ""))
    if (kind and kind not in SIMPLE) or any(request.headers.get(name) for name in PREFLIGHTED):
        return
    told = "A GET needs a header that browsers do not send to other sites unasked: `apollo-require-preflight: true`, for one."
    raise Refusal(400, "CSRF_ERROR", told)


def parameters(query: bytes) -> dict[str, Any]:
    """The parameters of a GET; an empty one is none. Raises Refusal, also when one is given twice or is not UTF-8."""
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError as cause:
        raise Refusal(400, "BAD_REQUEST", "The parameters must be few, percent-encoded, and in UTF-8.") from cause
    given = dict(pairs)
    if len(given) < len(pairs):
        raise Refusal(400, "BAD_REQUEST", "A parameter may be given only once.")
    objects = ("variables", "extensions")
    return {name: decoded(text.encode()) if name in objects else text for name, text in given.items() if text}


def checked(raw: Any) -> Asked:
    """What a decoded request asks for. Raises Refusal."""
    if isinstance(raw, list):
        raise Refusal(400, "BATCHING_NOT_ENABLED", "Send one operation at a time; batches are not taken.")
    if not isinstance(raw, dict):
        raise Refusal(400, "BAD_REQUEST", "A request is one JSON object.")
    query, variables, operation = (raw.get(name) for name in ("query", "variables", "operationName"))
    if not isinstance(query, str | None):
        raise Refusal(400, "BAD_REQUEST", "`query` must be a GraphQL document.")
    if not isinstance(variables, dict | None):
        raise Refusal(400, "BAD_REQUEST", "`variables` must be an object.")
    if not isinstance(operation, str | None):
        raise Refusal(400, "BAD_REQUEST", "`operationName` must be text.")
    id, digest = named(raw)  # noqa: A001 - the word of the protocol
    return Asked(query if query and query.strip() else None, id, digest, variables, operation)


def named(raw: Mapping[str, Any]) -> tuple[str | None, bool]:
    """The id by which a request names its document, and whether that claims to be its SHA-256."""
    found = dict([*hashed(raw.get("extensions")), *identified(raw)])
    if len(found) > 1:
        raise Refusal(400, "BAD_REQUEST", "The request names two documents.")
    return next(iter(found.items()), (None, False))


def hashed(extensions: Any) -> Iterator[tuple[str, bool]]:
    """The hash of Apollo's protocol for persisted queries, version 1."""
    if not isinstance(extensions, dict | None):
        raise Refusal(400, "BAD_REQUEST", "`extensions` must be an object.")
    if (given := (extensions or {}).get("persistedQuery")) is None:
        return
    if not isinstance(given, dict) or given.get("version") != 1 or given["version"] is True:
        raise Refusal(400, "BAD_REQUEST", "`extensions.persistedQuery` must be an object with version 1.")
    if not isinstance(given.get("sha256Hash"), str):
        raise Refusal(400, "BAD_REQUEST", "`extensions.persistedQuery.sha256Hash` must be text.")
    yield given["sha256Hash"], True


def identified(raw: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The ids that stand beside the query."""
    for name in IDS:
        given = raw.get(name)
        if not isinstance(given, str | None):
            raise Refusal(400, "BAD_REQUEST", f"`{name}` must be text.")
        if given:
            yield given.removeprefix(DIGEST), given.startswith(DIGEST)
