"""The least that an answer costs: a bare Starlette app that reads a request and sends the bytes of a file, which it read at its start."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

CONTENT = Path(os.environ["ANSWER"]).read_bytes()


async def answer(request: Request) -> Response:
    """The same bytes, whatever is asked."""
    await request.body()
    return Response(CONTENT, media_type="application/json")


app = Starlette(routes=[Route("/graphql", answer, methods=["POST"])])
