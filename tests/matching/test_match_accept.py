"""`crewgraph people match --accept` at a real terminal."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from sandbox import Options
from sandbox import create_app as create_sandbox
from tests.matching.cast import MAPPING, cast, kept
from tests.matching.terminals import END_OF_INPUT, answered
from tests.matching.test_match_command import reaching, settings
from tests.servers import Ended, running, served
from tests.waiting import LONG

HEADER = "person_id,email,checkins_id\nw-mapped,mapped@example.com,\n"
JOHN = '{ person(id: "w-john") { identity { status method checkInsId } checkIns(first: 5) { totalCount } } }'
LINKED = {"identity": {"status": "MATCHED", "method": "MAPPING_FILE", "checkInsId": "a-john"}, "checkIns": {"totalCount": 2}}


async def accept(folder: Path, *answers: str, **given: str) -> Ended:
    """The command over the embedded cast, with these answers; the suggestions come in the order of the names."""
    arguments = ("people", "match", "--accept", "--status", "error")
    return await answered(*arguments, home=folder, answers=answers, **{**settings(folder), **given})


async def test_what_is_accepted_is_in_the_file_with_the_id_where_the_email_is_shared(tmp_path: Path) -> None:
    """Bob's first is a yes, which leaves one Bob for the other; John's mailbox is the office's."""
    ended = await accept(tmp_path, "y\n", "n\n", "what?\n", "y\n", "n\n", "Yes\n")
    assert ended.status == 0
    assert "Check-ins: Jon Smith <office@example.com> a-john  (95: name 95% alike)" in ended.out
    assert "3 accepted into map.csv." in ended.out
    assert (
        tmp_path / "map.csv"
    ).read_text() == HEADER + "w-bob-1,bob@example.com,\nw-john,office@example.com,a-john\nw-nur,na@example.com,\n"
    assert "example.com" not in ended.err


async def test_quitting_keeps_what_was_accepted_before(tmp_path: Path) -> None:
    ended = await accept(tmp_path, "y\n", "q\n")
    assert (ended.status, "1 accepted into map.csv." in ended.out) == (0, True)
    assert (tmp_path / "map.csv").read_text() == MAPPING + "w-bob-1,bob@example.com\n"


async def test_the_end_of_the_input_is_the_end_of_the_questions(tmp_path: Path) -> None:
    ended = await accept(tmp_path, "y\n", END_OF_INPUT)
    assert ended.status == 130
    assert "Traceback" not in ended.err
    assert (tmp_path / "map.csv").read_text() == MAPPING + "w-bob-1,bob@example.com\n"


async def test_a_line_that_the_file_cannot_take_is_told_and_the_questions_go_on(tmp_path: Path) -> None:
    given = settings(tmp_path)
    (tmp_path / "map.csv").write_text(MAPPING + "w-john,nobody@example.com\n")
    answers = ("n\n",) * 4 + ("y\n", "y\n", "n\n")
    ended = await answered("people", "match", "--accept", "--status", "error", home=tmp_path, answers=answers, **given)
    assert (ended.status, "Not accepted: " in ended.out) == (0, True)
    assert "1 accepted into map.csv." in ended.out
    assert "w-maria,maria.lopez@example.com" in (tmp_path / "map.csv").read_text()


async def test_a_running_server_takes_up_what_was_accepted_within_seconds_by_the_machines_clock(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text(MAPPING)
    async with served(create_sandbox(kept(tmp_path, cast()), Options())) as upstream:
        given = {**reaching(upstream), "CREWGRAPH_IDENTITY_FILE": "map.csv"}
        async with running("serve", home=tmp_path, **given) as address, httpx.AsyncClient(trust_env=False, timeout=LONG) as client:
            before = await ask(client, address)
            answers = ("n\n",) * 4 + ("y\n", "q\n")
            ended = await answered("people", "match", "--accept", "--status", "error", home=tmp_path, answers=answers, **given)
            async with asyncio.timeout(LONG):
                while (after := await ask(client, address)) != LINKED:
                    await asyncio.sleep(0.2)
    assert before == {"identity": {"status": "UNMATCHED", "method": None, "checkInsId": None}, "checkIns": None}
    assert (ended.status, after) == (0, LINKED)


async def ask(client: httpx.AsyncClient, address: str) -> object:
    """John, as the server has him."""
    found: object = (await client.post(f"{address}/graphql", json={"query": JOHN})).json()["data"]["person"]
    return found
