"""Answers are JSON, the refusals too."""

from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

encoder = msgspec.json.Encoder()


def answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`content` as application/json."""
    return Response(encoder.encode(content), status, headers, "application/json")


async def refuse(request: Request, error: Exception) -> Response:
    """An HTTP error as `{"error": ...}`; its text never holds what the client sent."""
    assert isinstance(error, HTTPException), "what this handler is for"
    return answer({"error": error.detail}, error.status_code, dict(error.headers or {}))
