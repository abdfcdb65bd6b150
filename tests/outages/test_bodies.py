"""Answers that are not what the documents describe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.faults.kinds import Body, Huge, Next, Redirect
from tests.outages.halves import FIRST, bad, halves, struck
from tests.outages.wire import Behaviour, bomb, garbage, healthy, lost, short, wired

ROWS = "{ checkIns(first: 12) { totalCount nodes { id } pageInfo { hasNextPage } } }"


@pytest.mark.parametrize("kind", ["truncated", "disconnect", "empty", "null", "swapped"])
async def test_an_answer_that_broke_off_once_is_asked_for_once_more(company: Path, kind: Any) -> None:
    """F8 and F10: one retry mends it."""
    async with struck(company, Body(kind=kind, ends=FIRST)) as upstream, halves(company, upstream.url) as graph:
        await graph.whole()
    assert upstream.calls == 2


@pytest.mark.parametrize("kind", ["truncated", "disconnect", "empty", "null", "swapped"])
async def test_an_answer_that_keeps_breaking_off_is_asked_for_twice_and_never_used_in_part(company: Path, kind: Any) -> None:
    """F8 and F10: UPSTREAM_BAD_RESPONSE after one retry."""
    async with struck(company, Body(kind=kind)) as upstream, halves(company, upstream.url) as graph:
        assert await graph.lost() == bad()
    assert upstream.calls == 2


@pytest.mark.parametrize("behaviour", [short, garbage])
async def test_a_wire_that_breaks_is_mended_by_one_retry_or_is_a_bad_response(company: Path, behaviour: Behaviour) -> None:
    """F8: a body that is shorter than promised, and bytes that are no HTTP."""
    async with wired(company, behaviour, healthy) as wire, halves(company, wire.url) as graph:
        await graph.whole()
    assert wire.calls == 2
    async with wired(company, behaviour) as wire, halves(company, wire.url) as graph:
        assert await graph.lost() == bad()
    assert wire.calls == 2


@pytest.mark.parametrize("kind", ["html", "content-type", "bom"])
async def test_another_kind_of_content_is_a_bad_response(company: Path, kind: Any) -> None:
    """F9: a login page with 200, JSON as text, and JSON behind a byte order mark; nothing of it is shown."""
    async with struck(company, Body(kind=kind)) as upstream, halves(company, upstream.url) as graph:
        assert await graph.lost() == bad()
    assert upstream.calls == 2


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
async def test_a_body_of_more_than_ten_megabytes_is_a_bad_response(company: Path, packed: bool) -> None:
    """F9: the size guard counts what is unpacked; such an answer is not asked for again."""
    async with struck(company, Huge(gzip=packed)) as upstream, halves(company, upstream.url) as graph:
        assert await graph.lost() == bad()
    assert upstream.calls == 1


async def test_a_gzip_bomb_on_the_wire_is_a_bad_response(company: Path) -> None:
    """F9: eleven megabytes in eleven kilobytes."""
    async with wired(company, bomb) as wire, halves(company, wire.url) as graph:
        assert await graph.lost() == bad()
    assert wire.calls == 1


async def test_next_that_leads_elsewhere_is_ignored_and_the_operators_are_told(company: Path, caplog: pytest.LogCaptureFixture) -> None:
    """F16: another host gets nothing, the pages are read by our own offsets, and one log line says so without the address."""
    async with struck(company) as well, halves(company, well.url, page_size=5) as graph:
        whole = (await graph.ask(ROWS))["data"]
    async with (
        wired(company, healthy) as other,
        struck(company, Next(to=f"{other.url}/api/v2/checkins/")) as upstream,
        halves(company, upstream.url, page_size=5) as graph,
    ):
        assert (await graph.ask(ROWS))["data"] == whole
    assert (other.calls, upstream.calls) == (0, well.calls)
    assert len([record for record in caplog.records if "leads elsewhere" in record.getMessage()]) == 1


async def test_next_that_leads_to_its_own_page_is_no_loop(company: Path) -> None:
    """F16: offsets are ours."""
    async with struck(company) as well, halves(company, well.url, page_size=5) as graph:
        whole = (await graph.ask(ROWS))["data"]
    async with struck(company, Next()) as upstream, halves(company, upstream.url, page_size=5) as graph:
        assert (await graph.ask(ROWS))["data"] == whole
    assert upstream.calls == well.calls


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_gets_no_credentials(company: Path, code: int) -> None:
    """F17: the other host gets nothing at all."""
    async with (
        wired(company, healthy) as other,
        struck(company, Redirect(to=f"{other.url}/x", code=code)) as upstream,
        halves(company, upstream.url) as graph,
    ):
        assert await graph.lost() == bad()
    assert (other.connections, upstream.calls) == (0, 1)


@pytest.mark.parametrize("to", ["itself", "http://[", "//", "javascript:alert(1)", "http://a b/"])
async def test_a_redirect_to_itself_or_to_nowhere_is_one_call(company: Path, to: str) -> None:
    """F17: no loop, and no crash over an address that is none."""
    async with struck(company, Redirect(to=to)) as upstream, halves(company, upstream.url) as graph:
        assert await graph.lost() == bad()
    assert upstream.calls == 1


async def test_a_redirect_loop_on_one_connection_is_one_call(company: Path) -> None:
    """F17: the loop is never entered."""
    async with wired(company, lost) as wire, halves(company, wire.url) as graph:
        assert await graph.lost() == bad()
    assert wire.calls == 1
