"""Heads of requests and of answers: sizes, times, security headers, and addresses that lead nowhere else (faults.md F29)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from graph.door.guard import HEADERS, LARGEST_HEAD, LONGEST_ADDRESS
from graph.door.policy import Door
from graph.door.protocol import Protocol
from tests.door.knocking import FIT, HELD, answer, behind, head, street, told
from tests.waiting import LONG


class Hasty(Protocol):
    """Waits for a head no longer than a busy machine needs to send one."""

    head_seconds = 2.5


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/graphql"),
        ("GET", "/graphql?query={__typename}"),
        ("PUT", "/graphql"),
        ("GET", "/nowhere"),
        ("GET", "/health/live"),
        ("GET", "/graphql/static/none"),
    ],
)
async def test_every_answer_has_the_security_headers(company: Path, method: str, path: str) -> None:
    async with behind(company, Door()) as one:
        answered = await one.client.request(method, path, headers=FIT)
    expected = {name: value for name, value in HEADERS.items() if "static" not in path or name != "content-security-policy"}
    assert {name: answered.headers.get(name) for name in expected} == expected
    assert "strict-transport-security" not in answered.headers


async def test_the_page_keeps_its_own_policy_and_cache_control(company: Path) -> None:
    async with behind(company, Door()) as one:
        page = await one.client.get("/graphql", headers={"accept": "text/html"})
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["cross-origin-opener-policy"] == "same-origin"


async def test_https_is_insisted_on_where_that_is_set(company: Path) -> None:
    async with behind(company, Door(hsts=600)) as one:
        answered = await one.client.get("/health/live")
    assert answered.headers["strict-transport-security"] == "max-age=600; includeSubDomains"


async def test_a_long_address_and_large_header_fields_are_refused(company: Path) -> None:
    async with behind(company, Door()) as one:
        long = await one.client.get(f"/graphql?query={{__typename}}%23{'x' * LONGEST_ADDRESS}", headers=FIT)
        large = await one.client.get("/graphql?query={__typename}", headers=FIT | {"x-large": "x" * LARGEST_HEAD})
    assert told(long) == (414, ["URI_TOO_LONG"])
    assert told(large) == (431, ["HEADERS_TOO_LARGE"])


@pytest.mark.parametrize("size", [20_000, 60_000, 1_000_000])
async def test_a_large_head_is_refused_with_a_code_however_it_arrives(company: Path, size: int) -> None:
    async with street(company) as one:
        answered = await one.say(head(f"X-Large: {'x' * size}", method="GET", target="/health/live"))
    expected = (200, []) if size < LARGEST_HEAD else (answered.status, answered.codes)
    assert (answered.status, answered.codes) == expected
    if size > LARGEST_HEAD:
        assert (answered.status, answered.codes) in [(431, ["HEADERS_TOO_LARGE"]), (400, ["BAD_REQUEST"])]


@pytest.mark.parametrize(
    "said",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /graphql HTTP/1.1\r\n\r\n",
        b"GET /graphql HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /graphql HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        b"GET /graphql\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /gr aphql HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nnothing\r\n",
    ],
)
async def test_what_is_no_http_is_refused_with_a_code_and_harms_nobody(company: Path, said: bytes) -> None:
    async with street(company) as one:
        answered = await one.say(said)
        assert answered.status in (400, 501)
        assert answered.codes == ["BAD_REQUEST"]
        assert answered.headers["x-content-type-options"] == "nosniff"
        assert len(answered.headers["x-request-id"]) == 16
        assert await one.ask() == HELD


BEGUN = b"GET /graphql HTTP/1.1\r\nHost: a\r\nX: "


@pytest.mark.parametrize("begun", [b"G", BEGUN])
async def test_a_head_that_does_not_end_is_cut_off(company: Path, begun: bytes) -> None:
    async with street(company, protocol=Hasty) as one:
        answered = await one.say(begun)
    assert (answered.status, answered.codes) == (408, ["REQUEST_TIMEOUT"])


async def test_a_head_that_drips_is_cut_off_also_on_a_connection_that_was_used(company: Path) -> None:
    async with street(company, protocol=Hasty) as one:
        fresh = await one.say(BEGUN, b"G")
        used = await one.say(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n" + BEGUN, b"G")
    assert fresh.codes == ["REQUEST_TIMEOUT"]
    assert (used.status, b"REQUEST_TIMEOUT" in used.content) == (200, True)


async def test_a_connection_on_which_nothing_is_said_is_closed_without_a_word(company: Path) -> None:
    async with street(company, protocol=Hasty) as one:
        reader, writer = await one.open()
        async with asyncio.timeout(LONG):
            assert await reader.read(-1) == b""
        writer.close()


async def test_a_request_whose_head_came_in_time_may_take_longer_than_that(company: Path) -> None:
    async with street(company, protocol=Hasty) as one:
        reader, writer = await one.open()
        writer.write(head("Content-Type: application/json", "Content-Length: 26"))
        await asyncio.sleep(1.2 * Hasty.head_seconds)
        writer.write(b'{"query":"{ __typename }"}')
        answered = await answer(reader)
        writer.close()
    assert answered.status == 200


@pytest.mark.parametrize(
    "target",
    [
        "/graphql/",
        "/graphql/../health/live",
        "/graphql/%2e%2e/health/live",
        "/graphql%2f..%2fhealth%2flive",
        "//evil.example/graphql",
        "/graphql/static/..%2f..%2fapp.py",
        "/graphql/static/%2e%2e/%2e%2e/app.py",
        "/%0d%0aX-Injected:%20yes",
        "http://evil.example/graphql",
        "/graphql%00",
    ],
)
async def test_an_address_with_tricks_in_it_leads_nowhere(company: Path, target: str) -> None:
    async with street(company) as one:
        answered = await one.say(head("Accept: */*", method="GET", target=target).replace(b"Host: graph", b"Host: evil.example"))
    assert answered.status == 404
    assert not {"location", "x-injected"} & answered.headers.keys()
    assert b"evil.example" not in answered.content


@pytest.mark.parametrize("id", ["../x", "..", "%2f", "a%2fb", "a/b", "a\r\nX: y", "a?b", "a#b", "http://evil.example/", "x" * 10_000])
async def test_an_id_with_tricks_in_it_reaches_no_other_address_of_an_upstream(company: Path, id: str) -> None:  # noqa: A002
    """(faults.md F29)"""
    query = "query ($id: ID!) { project(id: $id) { id } person(id: $id) { id } checkIn(id: $id) { id } group(id: $id) { people(first: 1) { totalCount } } }"
    async with behind(company, Door()) as one:
        answered = await one.ask(query, id=id)
        paths = [httpx.URL("http://x" + path).raw_path.partition(b"?")[0].decode() for path in one.wire.calls]
    assert {error["extensions"]["code"] for error in answered.get("errors", ())} <= {"BAD_USER_INPUT"}
    assert not [path for path in paths if id in path or ".." in path or "evil" in path or "x" * 1_000 in path]
