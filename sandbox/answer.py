"""Answers are JSON, the refusals too."""

from typing import Any

import msgspec
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

encoder = msgspec.json.Encoder()


def answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`content` as application/json."""
    return Response(encoder.encode(content), status, headers, "application/json")


def listing(url: URL, count: int, limit: int, offset: int, results: list[Any]) -> Response:
    """One page of a list of `count` rows, with links to those around it (seed A:42-44)."""
    return answer(
        {
            "count": count,
            "next": _link(url, limit, offset + limit) if offset + limit < count else None,
            "previous": _link(url, limit, max(0, offset - limit)) if offset else None,
            "results": results,
        }
    )


async def refuse(request: Request, error: Exception) -> Response:
    """An HTTP error as `{"error": ...}`; its text never holds what the client sent."""
    assert isinstance(error, HTTPException), "what this handler is for"
    return answer({"error": error.detail}, error.status_code, dict(error.headers or {}))


def _link(url: URL, limit: int, offset: int) -> str:
    return str(url.include_query_params(limit=limit, offset=offset))
