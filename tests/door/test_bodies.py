"""Bodies that are too large, too slow, or not what they claim to be (faults.md F26)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.door.body import decoded
from graph.door.guard import LINGER
from graph.door.policy import Door
from graph.http import Refusal
from tests.door.knocking import FIT, HELD, HELLO, Street, behind, head, street, told
from tests.waiting import LONG, undisturbed

JSON = "Content-Type: application/json"
NAMES = st.sampled_from(['"a"', '"b"', r'"\u0061"', '":"', r'"\u003a"', r'"a\/b"', '"a/b"'])
LEAVES = st.sampled_from(["1", "null", '":"', '":::"', r'"\u003a\u003A"', '"a"', "-0.5e3"])
PATIENT = Door(body_seconds=LONG, idle_seconds=LONG)


def json_object(fields: list[tuple[str, str]]) -> str:
    """An object, as some write it."""
    return "{" + ", ".join(f"{name} : {value}" for name, value in fields) + "}"


def json_list(items: list[str]) -> str:
    """A list."""
    return f"[{','.join(items)}]"


async def post(company: Path, content: bytes, **headers: str) -> httpx.Response:
    """The answer to a body sent as JSON."""
    async with behind(company, Door()) as one:
        return await one.client.post("/graphql", content=content, headers={"content-type": "application/json"} | headers)


async def test_a_length_that_is_too_much_is_refused_before_a_byte_of_it_is_sent(company: Path) -> None:
    async with street(company, PATIENT) as one:
        answered = await one.say(head(JSON, "Content-Length: 30000000"))
    assert (answered.status, answered.codes) == (413, ["BODY_TOO_LARGE"])
    assert answered.headers["connection"] == "close"


async def test_a_client_that_waits_for_leave_gets_none(company: Path) -> None:
    async with street(company, PATIENT) as one:
        answered = await one.say(head(JSON, "Content-Length: 30000000", "Expect: 100-continue"))
    assert answered.status == 413


@pytest.mark.parametrize("length", ["9" * 19, "9" * 5_000])
async def test_no_length_is_so_large_that_it_is_not_understood(company: Path, length: str) -> None:
    async with street(company, PATIENT) as one:
        answered = await one.say(head(JSON, f"Content-Length: {length}"))
    assert answered.status in (400, 413)
    assert answered.codes in (["BAD_REQUEST"], ["BODY_TOO_LARGE"])


async def test_a_body_in_chunks_is_read_to_the_limit_and_its_connection_closed(company: Path) -> None:
    async with street(company, PATIENT) as one:
        sent, said = await undisturbed(partial(chunked, one), LINGER / 2)
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"\r\nconnection: close\r\n" in said.lower()
    assert b"BODY_TOO_LARGE" in said
    assert sent < 30_000_000


async def chunked(one: Street) -> tuple[int, bytes]:
    """How many bytes of a body without an end can be sent before an answer comes, and that answer."""
    chunk = b"%x\r\n" % 65_536 + b" " * 65_536 + b"\r\n"
    reader, writer = await one.open()
    writer.write(head(JSON, "Transfer-Encoding: chunked"))
    answering, sent = asyncio.create_task(reader.readuntil(b"\r\n\r\n")), 0
    while not answering.done() and sent < 100_000_000:
        writer.write(chunk)
        await writer.drain()
        sent += len(chunk)
    said = await answering + await reader.read(-1)
    writer.close()
    return sent, said


async def test_a_client_that_sends_all_before_it_listens_still_gets_its_answer(company: Path) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 1_000_000

    async def sent(one: Street) -> list[httpx.Response]:
        async with httpx.AsyncClient(trust_env=False, timeout=LONG, headers={"content-type": "application/json"}) as client:
            return [await client.post(one.address, content=content) for content in (b" " * 30_000_000, chunks())]

    async with street(company, PATIENT) as one:
        answers = await undisturbed(partial(sent, one), LINGER / 2)
    assert [told(each) for each in answers] == [(413, ["BODY_TOO_LARGE"])] * 2


@pytest.mark.parametrize("door", [Door(body_seconds=0.2, idle_seconds=LONG), Door(body_seconds=LONG, idle_seconds=0.2)])
async def test_a_body_that_does_not_go_on_is_cut_off(company: Path, door: Door) -> None:
    async with street(company, door) as one:
        answered = await one.say(head(JSON, "Content-Length: 1000") + b'{"query": "')
    assert (answered.status, answered.codes) == (408, ["REQUEST_TIMEOUT"])
    assert answered.headers["connection"] == "close"


async def test_a_body_that_drips_is_cut_off_although_it_never_pauses(company: Path) -> None:
    async with street(company, Door(body_seconds=0.5, idle_seconds=LONG)) as one:
        answered = await one.say(head(JSON, "Content-Length: 1000"), b" ")
    assert answered.codes == ["REQUEST_TIMEOUT"]


async def dripping(one: Street) -> list[asyncio.StreamWriter]:
    """Fifty connections in the middle of a body."""
    opened = await asyncio.gather(*(one.open() for _ in range(50)))
    for _, writer in opened:
        writer.write(head(JSON, "Content-Length: 1000") + b"{")
    return [writer for _, writer in opened]


async def test_fifty_dripping_connections_leave_a_healthy_query_alone(company: Path) -> None:
    async with street(company, Door(body_seconds=600, idle_seconds=600)) as one:
        writers = await dripping(one)
        async with asyncio.timeout(LONG):
            assert [await one.ask() for _ in range(5)] == [HELD] * 5
        for writer in writers:
            writer.close()


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"content-encoding": "gzip"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"transfer-encoding": "chunked", "content-length": "26"}, 400, "BAD_REQUEST"),
    ],
)
async def test_a_body_that_could_be_read_in_two_ways_is_refused(company: Path, headers: dict[str, str], status: int, code: str) -> None:
    assert told(await post(company, b'{"query":"{ __typename }"}', **headers)) == (status, [code])


@pytest.mark.parametrize(
    "content",
    [
        b'{"query": "{ __typename }", "query": "{ other }"}',
        b'{"query": "{ __typename }", "variables": {"a": 1, "a": 1}}',
        b'{"query": "{ __typename }", "variables": {"a": "%b", "b": {"c": ":", "c": 1}}}' % (b":" * 50_000),
        b'{"query": "{ __typename }", "extensions": {"a": [{"b": 1, "\\u0062": 2}]}}',
    ],
)
async def test_a_key_that_is_given_twice_is_refused_wherever_it_is(company: Path, content: bytes) -> None:
    answered = await post(company, content)
    assert told(answered) == (400, ["BAD_REQUEST"])
    assert answered.json()["errors"][0]["message"] == "An object of the request has a key twice."


@pytest.mark.parametrize("digits", [4_300, 4_301])
async def test_a_number_is_read_up_to_as_many_digits_as_python_reads(company: Path, digits: int) -> None:
    content = b'{"query": "{ __typename }", "extensions": {"a": %b}}' % (b"9" * digits)
    assert told(await post(company, content))[0] == (200 if digits == 4_300 else 400)


@given(st.recursive(LEAVES, lambda below: st.lists(st.tuples(NAMES, below), max_size=3).map(json_object) | st.lists(below).map(json_list)))
def test_texts_are_taken_as_they_are_unless_a_key_is_given_twice(text: str) -> None:
    twice = list[bool]()

    def seen(pairs: list[tuple[str, object]]) -> dict[str, object]:
        twice.append(len(dict(pairs)) < len(pairs))
        return dict(pairs)

    expected = json.loads(text, object_pairs_hook=seen)
    if any(twice):
        with pytest.raises(Refusal, match="BAD_REQUEST"):
            decoded(text.encode())
    else:
        assert decoded(text.encode()) == expected


@pytest.mark.parametrize("content", [[], [{"query": HELLO}], [{"query": HELLO}] * 2, [[]]])
async def test_a_batch_is_refused_as_one(company: Path, content: object) -> None:
    assert told(await post(company, json.dumps(content).encode())) == (400, ["BATCHING_NOT_ENABLED"])


@pytest.mark.parametrize("name", ["query", "variables", "extensions", "operationName", "documentId", "x"])
@pytest.mark.parametrize("value", ["%ff", "%ed%a0%80", "%c3", "%7b%22a%22%3a%22%ff%22%7d"])
async def test_a_parameter_of_a_get_that_is_not_utf_8_is_refused(company: Path, name: str, value: str) -> None:
    async with behind(company, Door()) as one:
        assert told(await one.client.get(f"/graphql?query=%7B__typename%7D&{name}={value}", headers=FIT)) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize("name", ["variables", "extensions"])
@pytest.mark.parametrize("value", ['{"a": NaN}', '{"a": "\\ud800"}', '{"a": 1, "a": 2}', '{"a": ' + "9" * 5_000 + "}", "[" * 5_000])
async def test_bad_json_in_a_get_is_refused_as_in_a_post(company: Path, name: str, value: str) -> None:
    async with behind(company, Door()) as one:
        answered = await one.client.get("/graphql", params={"query": HELLO, name: value}, headers=FIT)
    assert told(answered) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize("parameters", ["query={__typename}&query={__typename}", "query={__typename}" + "&a=" * 30])
async def test_parameters_of_a_get_come_once_and_are_few(company: Path, parameters: str) -> None:
    async with behind(company, Door()) as one:
        assert told(await one.client.get(f"/graphql?{parameters}", headers=FIT)) == (400, ["BAD_REQUEST"])
