"""The mapping file while the graph runs: what it says now is true at once, and what breaks is not believed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from loaders.stores import SqliteStore
from loaders.watched import Watched
from tests.identity.companies import MODES, Company, Held, Modes, Served, served
from tests.identity.verdicts import everybody, hold, said
from tests.servers import running
from tests.stores.links import holding
from tests.waiting import LONG, until

ALL = pytest.mark.parametrize("modes", MODES, ids=str)
HEAD = "person_id,email,checkins_id\n"
Said = dict[str, tuple[str, str | None]]
AMBIGUOUS, UNMATCHED = ("AMBIGUOUS", None), ("UNMATCHED", None)


def linked(account: str) -> tuple[str, str]:
    """A link to this account."""
    return "MATCHED", account


def pair() -> Company:
    """Ann Lee, whose account has her name, and Bob Ray, who has none."""
    company = Company()
    company.worker("Ann Lee", "w")
    company.worker("Bob Ray", "v")
    company.user("Ann Lee", "ann@example.com", "a")
    company.user("Joe Kim", "joe@example.com", "j", submitted=3)
    return company


@asynccontextmanager
async def watched(company: Company, folder: Path, modes: Modes = MODES[0], **more: Any) -> AsyncIterator[tuple[Served, Path]]:
    """The graph over a company with an empty mapping file that is looked at all the time."""
    path = folder / "who.csv"
    path.write_text(HEAD)
    (folder / "companies").mkdir()
    register = Watched(path, every=0.02, settled=0.01)
    async with served(company, folder / "companies", modes, register=register, **more) as graph:
        yield graph, path


async def eventually(ask: Callable[[], Awaitable[Said]], expected: Said) -> None:
    """Wait until the answer is as expected."""
    found: Said = {}
    try:
        async with asyncio.timeout(LONG):
            while (found := await ask()) != expected:
                await asyncio.sleep(0.05)
    except TimeoutError:
        assert found == expected


async def becomes(company: Company, graph: Served, expected: Said) -> None:
    """Wait until everybody is said to be as expected; meanwhile nobody is shown anything of somebody else."""

    async def ask() -> Said:
        people = await everybody(graph)
        hold(company, people)
        return said(people)

    await eventually(ask, expected)


@ALL
async def test_a_line_that_gives_a_linked_account_to_somebody_else_is_right_for_both_at_once(tmp_path: Path, modes: Modes) -> None:
    company = pair()
    async with watched(company, tmp_path, modes) as (graph, path):
        await becomes(company, graph, {"w": linked("a"), "v": UNMATCHED})
        path.write_text(f"{HEAD}v,ann@example.com,a\n")
        await becomes(company, graph, {"w": AMBIGUOUS, "v": linked("a")})
        path.write_text(HEAD)
        await becomes(company, graph, {"w": linked("a"), "v": UNMATCHED})


@ALL
async def test_lines_that_are_added_changed_and_removed_are_true_at_once(
    tmp_path: Path, modes: Modes, caplog: pytest.LogCaptureFixture
) -> None:
    company = pair()
    async with watched(company, tmp_path, modes) as (graph, path):
        for line, account in (("v,joe@example.com,", "j"), ("v,,j", None), ("v,ann@example.com,", "a"), ("v,joe@example.com,j", "j")):
            path.write_text(f"{HEAD}{line}\n")
            ann = AMBIGUOUS if account == "a" else linked("a")
            await becomes(company, graph, {"w": ann, "v": linked(account) if account else UNMATCHED})
        path.unlink()
        await until(lambda: caplog.messages)
        await becomes(company, graph, {"w": linked("a"), "v": linked("j")})
        path.write_text(HEAD)
        await becomes(company, graph, {"w": linked("a"), "v": UNMATCHED})


async def test_who_was_being_decided_while_the_file_changed_is_decided_anew(tmp_path: Path) -> None:
    """The first answer may be the old one, and nobody is told it twice; that Ann's line counts shows that the file was read."""
    query = '{ person(id: "%s") { identity { status method } } }'
    async with watched(pair(), tmp_path) as (graph, path):
        graph.switch.inner = held = Held(graph.switch.inner, person_name="Bob Ray")
        asking = asyncio.create_task(graph.data(query % "v"))
        await until(held.came.is_set)
        path.write_text(f"{HEAD}w,,a\nv,joe@example.com,\n")
        async with asyncio.timeout(LONG):
            while (await graph.data(query % "w"))["person"]["identity"]["method"] != "MAPPING_FILE":
                await asyncio.sleep(0.05)
        held.go.set()
        assert (await asking)["person"]["identity"]["status"] == "UNMATCHED"
        assert (await graph.data(query % "v"))["person"]["identity"] == {"status": "MATCHED", "method": "MAPPING_FILE"}


async def test_two_people_who_change_places_in_the_file_change_them_in_the_graph(tmp_path: Path) -> None:
    company = pair()
    async with watched(company, tmp_path) as (graph, path):
        path.write_text(f"{HEAD}w,,a\nv,joe@example.com,j\n")
        await becomes(company, graph, {"w": linked("a"), "v": linked("j")})
        path.write_text(f"{HEAD}w,joe@example.com,j\nv,ann@example.com,a\n")
        await becomes(company, graph, {"w": linked("j"), "v": linked("a")})


async def test_a_broken_file_leaves_the_last_good_one_in_force_until_it_is_mended(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """(faults.md F36)"""
    company = pair()
    async with watched(company, tmp_path) as (graph, path):
        path.write_text(f"{HEAD}v,joe@example.com,\n")
        await becomes(company, graph, {"w": linked("a"), "v": linked("j")})
        path.write_text(f"{HEAD}v,ann@example.com,\nw,ann@example.com,\n")
        await until(lambda: caplog.messages)
        await becomes(company, graph, {"w": linked("a"), "v": linked("j")})
        assert "line 3: email is already on line 2" in caplog.text
        assert "@example.com" not in caplog.text
        path.write_text(f"{HEAD}v,ann@example.com,\n")
        await becomes(company, graph, {"w": AMBIGUOUS, "v": linked("a")})


async def test_a_reloaded_line_is_kept_and_a_removed_one_is_dropped_from_the_store(tmp_path: Path) -> None:
    company, links = pair(), tmp_path / "links.db"
    async with watched(company, tmp_path, store=lambda: SqliteStore(links, "acme", seconds=0.01)) as (graph, path):
        path.write_text(f"{HEAD}v,joe@example.com,\n")
        await becomes(company, graph, {"w": linked("a"), "v": linked("j")})
        await holding(lambda: SqliteStore(links, "acme"), "w", "v")
        path.write_text(HEAD)
        await becomes(company, graph, {"w": linked("a"), "v": UNMATCHED})
    assert {one.person_id for one in await SqliteStore(links, "acme").load()} == {"w"}


async def test_serve_takes_an_edited_mapping_file_while_it_runs(tmp_path: Path) -> None:
    """The process looks every five seconds."""
    path, query = (
        tmp_path / "who.csv",
        "{ people(first: 40) { nodes { id name identity { status method } checkIns(first: 1) { nodes { id } } } } }",
    )
    path.write_text(HEAD)
    given = {"CREWGRAPH_IDENTITY_FILE": str(path), "CREWGRAPH_MATCH_NAMES": "false"}
    async with (
        running("serve", "--people", "40", home=tmp_path, **given) as address,
        httpx.AsyncClient(trust_env=False, timeout=LONG) as client,
    ):

        async def ask() -> dict[str, dict[str, Any]]:
            nodes = (await client.post(f"{address}/graphql", json={"query": query})).json()["data"]["people"]["nodes"]
            return {one["name"]: one for one in nodes}

        emily = (await ask())["Emily Carter"]
        assert (emily["identity"], emily["checkIns"]) == ({"status": "UNMATCHED", "method": None}, None)
        path.write_text(f"{HEAD}{emily['id']},emily.carter@example.com,\n")
        async with asyncio.timeout(LONG):
            while (emily := (await ask())["Emily Carter"])["checkIns"] is None:
                await asyncio.sleep(0.2)
        assert emily["identity"] == {"status": "MATCHED", "method": "MAPPING_FILE"}
        path.write_text("nonsense\n")
        await asyncio.sleep(6)
        assert (await ask())["Emily Carter"]["identity"]["status"] == "MATCHED"
