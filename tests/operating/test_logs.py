"""Log lines: their shape, and what is never in them."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.access.audit import audit
from graph.operating.lines import Lines, log
from graph.operating.logs import configure
from graph.operating.redaction import GONE, VALUES, clean
from tests.graphs import graph
from tests.operating.asking import NAMES, WALK

Style = Literal["json", "console"]
PIECES = ["ann", "@", "%40", r"\u0040", "example.com", "Bearer", "\t", " ", "eyJ", ".", "-", "://", "token", "EMAIL", "'", ":", "=", "x"]
"""Of what texts consist that could be personal or secret."""


@contextmanager
def written(style: Style = "json", level: str = "debug") -> Iterator[io.StringIO]:
    """All log lines of this process."""
    root, found = logging.getLogger(), io.StringIO()
    kept, least = root.handlers[:], root.level
    try:
        configure(style, level, found)
        yield found
    finally:
        root.handlers[:] = kept
        root.setLevel(least)


def lines(found: io.StringIO) -> list[dict[str, Any]]:
    """The lines, read."""
    return [json.loads(line) for line in found.getvalue().splitlines()]


async def test_an_operation_is_one_line_with_its_request_id_and_nothing_of_its_text(company: Path) -> None:
    with written(level="info") as found:
        async with graph(company) as served:
            await served.client.post("/graphql", json={"query": NAMES}, headers={"x-request-id": "mine"})
            await served.client.post("/graphql", json={"query": "{ nothing }"}, headers={"x-request-id": "other"})
    done, refused = [line for line in lines(found) if line["logger"] == "crewgraph.operations"]
    assert {name: done[name] for name in ("event", "level", "request_id", "kind", "outcome", "status", "codes")} == {
        "event": "operation",
        "level": "info",
        "request_id": "mine",
        "kind": "query",
        "outcome": "ok",
        "status": 200,
        "codes": [],
    }
    assert done["milliseconds"] > 0
    assert done["calls"] > 0
    assert (refused["request_id"], refused["outcome"], refused["codes"]) == ("other", "refused", ["GRAPHQL_VALIDATION_FAILED"])
    assert "nothing" not in found.getvalue()


async def test_what_goes_wrong_with_an_upstream_is_told_under_the_id_of_the_request_that_met_it(company: Path) -> None:
    with written() as found:
        async with graph(company) as served:
            served.wire.cut = lambda _: True
            await served.client.post("/graphql", json={"query": NAMES}, headers={"x-request-id": "mine"})
    (told,) = [line for line in lines(found) if line["logger"] == "crewgraph.upstreams"]
    assert told["request_id"] == "mine"
    assert "UPSTREAM_UNAVAILABLE" in told["event"]


class Faulty(httpx.AsyncBaseTransport):
    """A wire on which every third answer is broken in its own way."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner, self.count = inner, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        answer = await self.inner.handle_async_request(request)
        text = await answer.aread()
        if self.count % 9 == 3:
            raise httpx.ReadError(f"while reading {request.url}: {text[:200]!r}", request=request)
        if self.count % 9 == 6:
            return httpx.Response(200, content=text[: len(text) // 2], headers={"content-type": "application/json"})
        if self.count % 9 == 0:
            return httpx.Response(500, content=text, headers={"content-type": "application/json"})
        return httpx.Response(answer.status_code, content=text, headers=answer.headers)


async def test_nothing_of_anybody_reaches_a_log_line_whatever_goes_wrong_at_any_level(company: Path) -> None:
    """Names, emails, reasons and tokens of a whole company, with faults on the wire, at DEBUG (the rule above all others)."""
    queries = [
        WALK,
        "{ people(first: 60) { nodes { name email timeOff { reason } checkIns(first: 2) { totalCount } } } }",
        '{ people(first: 20, name: "Adam") { nodes { name email identity { reason } } } }',
        "{ checkIns(first: 20) { nodes { people { name } } } }",
    ]
    bad = '{ person(email: "ann.lee@example.com") { id } nothing(reason: "Surgery") }'
    async with graph(company) as clean:
        whole = [await clean.ask(query) for query in queries]
    with written() as found:
        async with graph(company) as served:
            served.wire.inner = Faulty(served.wire.inner)
            for query in [*queries, *queries, bad]:
                await served.client.post("/graphql", json={"query": query}, headers={"authorization": "Bearer s3cr3t-t0k3n"})
    personal = {text for answer in whole for text in texts(answer["data"]) if len(text) > 3}
    assert any("@" in text for text in personal)
    assert len(personal) > 40
    assert any(line["level"] == "warning" for line in lines(found))
    told = found.getvalue()
    assert not [text for text in personal if text in told]
    assert not [text for text in ("s3cr3t", "ann.lee", "Surgery") if text in told]


def texts(value: Any) -> list[str]:
    """All names, emails and reasons in an answer."""
    if isinstance(value, dict):
        named = [one for name, one in value.items() if name in ("name", "email", "reason") and isinstance(one, str)]
        return named + [text for one in value.values() for text in texts(one)]
    return [text for one in value for text in texts(one)] if isinstance(value, list) else []


@pytest.mark.parametrize(
    ("message", "lost"),
    [
        ("nobody has ann.lee+x@mail.example.co.uk here", "ann.lee"),
        ("GET /api/?email=o'neil%40example.com&x=1", "neil"),
        ("sent Authorization: Bearer abc.def-123", "abc.def"),
        ("sent Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("got eyJhbGciOi.eyJzdWIi.c2ln", "eyJzdWIi"),
        ("redis://user:hunter2@host:6379/0", "hunter2"),
        ('{"password": "hunter2", "n": 1}', "hunter2"),
        ("api_key=hunter2&x=1", "hunter2"),
        ("access_token=hunter2&x=1", "hunter2"),
        ("CLIENT_SECRET: hunter2", "hunter2"),
        ("GET /api/?q=ann.lee%2540example.com", "ann.lee"),
        (r'{"to": "ann.lee\u0040example.com"}', "ann.lee"),
    ],
)
def test_what_looks_personal_or_secret_is_taken_out_of_any_librarys_line(message: str, lost: str) -> None:
    with written() as found:
        logging.getLogger("some.library").info(message)
    (line,) = lines(found)
    assert GONE in line["event"]
    assert lost not in found.getvalue()


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_what_is_looked_for_first_is_in_all_that_is_taken_out(text: str) -> None:
    assert clean("", text) == VALUES.sub(GONE, text)


def test_the_record_of_an_operation_is_what_logging_itself_would_make(caplog: pytest.LogCaptureFixture) -> None:
    told = {"kind": "query"}
    caplog.set_level(logging.INFO, "crewgraph.operations")
    Lines().tell(told)
    (found,) = caplog.records
    usual = log.makeRecord(log.name, logging.INFO, "", 0, "operation", (), None, extra={"operation": told})
    times = ("created", "msecs", "relativeCreated")
    mine, theirs = ({name: value for name, value in vars(one).items() if name not in (*times, "message")} for one in (found, usual))
    assert mine == theirs
    assert all(getattr(usual, name) >= getattr(found, name) for name in ("created", "relativeCreated"))
    assert found.msecs == int(found.created % 1 * 1000)


def test_fields_that_nobody_foresaw_are_left_out_and_secret_ones_are_blank() -> None:
    with written() as found:
        codes = ["ann@example.com", {"reason": "Surgery"}, ValueError("to ann@example.com"), 3]
        logging.getLogger("some.library").info("so", extra={"person": "Ann Lee", "codes": codes})
    (line,) = lines(found)
    assert line["codes"] == [GONE, {"reason": GONE}, f"to {GONE}", 3]
    assert "Ann" not in found.getvalue()


def test_a_record_of_the_audit_is_told_by_its_fields() -> None:
    with written() as found:
        audit({"caller": "payroll", "scopesRefused": ["people:email"], "entities": {"Person": 3}})
    (line,) = lines(found)
    assert line["event"] == "audit"
    assert line["audit"] == {"caller": "payroll", "scopesRefused": ["people:email"], "entities": {"Person": 3}}


def test_an_exception_is_told_by_its_type_and_its_places_and_not_in_its_own_words() -> None:
    with written() as found:
        try:
            raise ValueError("Ann Lee")
        except ValueError:
            logging.getLogger("some.library").exception("failed")
    (line,) = lines(found)
    assert line["error"] == "ValueError"
    assert line["places"][0].endswith("test_an_exception_is_told_by_its_type_and_its_places_and_not_in_its_own_words")
    assert "Ann" not in found.getvalue()


async def test_what_asyncio_tells_of_a_task_does_not_show_its_error_in_words() -> None:
    loop = asyncio.get_running_loop()
    with written() as found:
        task = asyncio.create_task(asyncio.sleep(0))
        await task
        loop.call_exception_handler({"message": "Task exception was never retrieved", "future": task, "exception": ValueError("Ann Lee")})
        loop.call_exception_handler({"message": "Exception in callback told('Ann Lee')", "handle": "Ann Lee"})
    assert [line["event"] for line in lines(found)] == ["Task exception was never retrieved", "Exception in callback told"]
    assert lines(found)[0]["error"] == "ValueError"
    assert "Ann" not in found.getvalue()


def test_a_long_word_is_looked_through_once() -> None:
    """As long a text as there may be in a head, in which every letter could begin an email."""
    began = time.process_time()
    clean("", "a" * 60_000)
    assert time.process_time() - began < 1


def test_a_terminal_gets_words_and_the_level_is_the_least_that_is_told() -> None:
    with written("console", "warning") as found:
        logging.getLogger("crewgraph").info("quiet")
        logging.getLogger("crewgraph").warning("loud")
    assert "loud" in found.getvalue()
    assert "{" not in found.getvalue()
    assert "quiet" not in found.getvalue()
