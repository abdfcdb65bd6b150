"""What every answer has, also one to a request that broke this server."""

from __future__ import annotations

import logging

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.operating.front import Front
from graph.operating.watch import Watch

WORDS = "ann.lee@example.com"


async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """An app with a mistake in it, whose words are personal."""
    raise ValueError(WORDS)


async def broken_off(_scope: Scope, _receive: Receive, send: Send) -> None:
    """The same, once the answer has begun."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError(WORDS)


async def asked(app: ASGIApp) -> httpx.Response:
    """The answer of an app behind the front."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Front(app, Watch())), base_url="http://graph") as client:
        return await client.get("/", headers={"X-Request-Id": "mine"})


async def test_an_error_of_ours_has_a_code_and_an_id_and_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answer = await asked(broken)
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "mine")
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": "mine"}
    assert "ann.lee" not in answer.text + caplog.text
    assert "unexpected ValueError in request mine" in caplog.text


async def test_an_answer_that_breaks_off_is_no_whole_answer() -> None:
    with pytest.raises(ValueError, match="ann"):
        await asked(broken_off)
