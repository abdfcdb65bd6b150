"""A sandbox under a fault plan: each kind as a client sees it."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.embedded import unbroken
from sandbox import Options, create_app
from sandbox.faults.kinds import AnyFault, Body, Count, Hang, Huge, Latency, Next, Records, Redirect, Shift, Status
from sandbox.faults.plan import Plan
from tests.sandbox.serving import ROOT, client, noon, serve
from tests.servers import served
from tests.waiting import LONG

CHECK_INS = "/api/v2/checkins/"
DETAIL = f"{CHECK_INS}580%3Ace417c60-30ca-4e39-967e-b258d496be30/"
CURRENT = f"{ROOT}/assignments/current"


def plan(*faults: AnyFault) -> Plan:
    return Plan(faults=faults)


def struck(path: Path, *faults: AnyFault, **options: Any) -> httpx.AsyncClient:
    """A client of the sandbox under these faults."""
    return serve(path, faults=plan(*faults), wall=noon(), **options)


async def both(path: Path, at: str, *faults: AnyFault) -> tuple[Any, Any]:
    """The JSON of one answer without and with the faults."""
    whole, spoiled = await serve(path).get(at), await struck(path, *faults).get(at)
    return whole.json(), spoiled.json()


@pytest.mark.parametrize("code", [401, 403, 404, 429, 500, 502, 503, 504])
async def test_a_status_is_an_error_in_json_without_a_word_of_what_was_asked(company: Path, code: int) -> None:
    answer = await struck(company, Status(code=code)).get(CHECK_INS, params={"person_name": "Ann Lee"})
    assert (answer.status_code, answer.json()) == (code, {"error": "a rehearsed fault"})
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize("value", [7, -3, 10**12, "soon", "Wed, 21 Oct 2015 07:28:00 GMT"])
async def test_retry_after_is_sent_as_the_plan_says(company: Path, value: int | str) -> None:
    answer = await struck(company, Status(code=429, retry_after=value)).get(CHECK_INS)
    assert answer.headers["retry-after"] == str(value)


@pytest.mark.parametrize("seconds", [90, -90])
async def test_retry_after_may_be_a_date_and_the_reset_an_epoch(company: Path, seconds: int) -> None:
    answer = await struck(company, Status(code=429, retry_after=seconds, as_date=True, reset=seconds)).get(CHECK_INS)
    due = noon()() + timedelta(seconds=seconds)
    assert parsedate_to_datetime(answer.headers["retry-after"]) == due
    assert int(answer.headers["x-rate-limit-reset"]) == due.timestamp()


@pytest.mark.parametrize(("to", "location"), [("https://elsewhere.test/x", "https://elsewhere.test/x"), ("itself", None)])
async def test_a_redirect_leads_elsewhere_or_to_itself(company: Path, to: str, location: str | None) -> None:
    answer = await struck(company, Redirect(to=to)).get(CHECK_INS, params={"limit": 1})
    assert answer.status_code == 302
    assert answer.headers["location"] == (location or f"http://sandbox.test{CHECK_INS}?limit=1")


BODIES: dict[str, Callable[[httpx.Response, httpx.Response], bool]] = {
    "truncated": lambda whole, found: found.content == whole.content[: len(whole.content) // 2],
    "html": lambda whole, found: found.headers["content-type"].startswith("text/html"),
    "content-type": lambda whole, found: found.headers["content-type"].startswith("text/plain") and found.content == whole.content,
    "bom": lambda whole, found: found.content == b"\xef\xbb\xbf" + whole.content,
    "empty": lambda whole, found: found.content == b"",
    "null": lambda whole, found: found.json() is None,
    "swapped": lambda whole, found: found.json() == [whole.json()],
}


@pytest.mark.parametrize("kind", BODIES)
async def test_a_body_is_another_one_with_200(company: Path, kind: Any) -> None:
    whole = await serve(company).get(CHECK_INS)
    found = await struck(company, Body(kind=kind)).get(CHECK_INS)
    assert found.status_code == 200
    assert BODIES[kind](whole, found)


@pytest.mark.parametrize("packed", [False, True])
async def test_a_huge_body_is_the_right_json_with_megabytes_behind_it_packed_into_little(company: Path, packed: bool) -> None:
    whole = await serve(company).get(CHECK_INS)
    found = await struck(company, Huge(megabytes=3, gzip=packed)).get(CHECK_INS)
    assert len(found.content) == len(whole.content) + 3_000_000
    assert found.json() == whole.json()
    assert (int(found.headers["content-length"]) < 100_000) is packed


@pytest.mark.parametrize("later", [Count(value=0), Next(), Records(kind="null-id"), Shift()], ids=lambda fault: fault.kind)
async def test_what_one_fault_left_unreadable_no_later_one_edits(company: Path, later: AnyFault) -> None:
    page = f"{CHECK_INS}?limit=3&offset=3"
    alone, both_of_them = [
        await struck(company, *faults).get(page) for faults in ([Body(kind="truncated")], [Body(kind="truncated"), later])
    ]
    assert (both_of_them.status_code, both_of_them.content) == (200, alone.content)


@pytest.mark.parametrize("value", [0, -1, 10**12, "many"])
async def test_the_total_may_lie_in_both_upstreams(company: Path, value: int | str) -> None:
    whole, found = await both(company, CHECK_INS, Count(value=value))
    assert found == {**whole, "count": value}
    whole, found = await both(company, CURRENT, Count(value=value))
    assert found == {**whole, "possible_pages": value}


@pytest.mark.parametrize(("to", "link"), [("http://elsewhere.test/", "http://elsewhere.test/"), ("itself", None)])
async def test_next_may_lead_elsewhere_or_back(company: Path, to: str, link: str | None) -> None:
    whole, found = await both(company, f"{CHECK_INS}?limit=5", Next(to=to))
    assert found == {**whole, "next": link or f"http://sandbox.test{CHECK_INS}?limit=5"}


async def test_each_second_row_comes_twice(company: Path) -> None:
    whole, found = await both(company, f"{CHECK_INS}?limit=4", Records(kind="duplicate", every=2))
    first, second, third, fourth = whole["results"]
    assert found["results"] == [first, second, second, third, fourth, fourth]


async def test_ids_are_missing_or_null_within_rows_too(company: Path) -> None:
    _, missing = await both(company, DETAIL, Records(kind="missing-id"))
    assert ("api_id" in missing, "api_id" in missing["responses"][0], "person_api_id" in missing["responses"][0]) == (False, False, True)
    _, null = await both(company, CURRENT, Records(kind="null-id"))
    assert {person["person_id"] for person in null["data"]} == {None}
    assert {job["id"] for person in null["data"] for job in person["assignments"]} == {None}


async def test_values_of_wrong_types_leave_ids_and_names_of_fields_alone(company: Path) -> None:
    whole, found = await both(company, CURRENT, Records(kind="wrong-type"))
    for before, after in zip(whole["data"], found["data"], strict=True):
        assert (before.keys(), before["person_id"]) == (after.keys(), after["person_id"])
        assert after["person_name"] == {"value": before["person_name"]}
    _, one = await both(company, CURRENT, Records(kind="wrong-type", fields=("person_name",)))
    assert {type(person["job_title_name"]) for person in one["data"]} <= {str, type(None)}


async def test_statuses_days_and_fields_may_be_unknown(company: Path) -> None:
    _, found = await both(company, CURRENT, Records(kind="unknown-status"), Records(kind="bad-date"), Records(kind="extra-field"))
    jobs = [job for person in found["data"] for job in person["assignments"]]
    assert {(job.get("assignment_status") or job["assignment_state"])["name"] for job in jobs} == {"Rehearsed"}
    assert {job["start_day"] for job in jobs} == {"31/02/18"}
    assert all("rehearsed_field" in job for job in jobs)


async def test_rows_put_in_between_two_pages_push_the_last_ones_down(company: Path) -> None:
    plain, moved = serve(company), struck(company, Shift(rows=2))
    pages = [(await plain.get(CHECK_INS, params={"limit": 5, "offset": offset})).json() for offset in (0, 5)]
    seen = [(await moved.get(CHECK_INS, params={"limit": 5, "offset": offset})).json() for offset in (0, 5)]
    assert seen[0] == pages[0]
    assert seen[1]["results"] == pages[0]["results"][-2:] + pages[1]["results"][:3]
    assert seen[1]["count"] == pages[1]["count"] + 2


async def test_workforce_pages_move_too(company: Path) -> None:
    window = {"startDay": "2026-01-01", "dayRange": "365"}
    plain, moved = serve(company), struck(company, Shift(rows=1))
    pages = [(await plain.get(f"{ROOT}/assignments", params={**window, "page": f"{page}"})).json()["data"] for page in (0, 1)]
    second = (await moved.get(f"{ROOT}/assignments", params={**window, "page": "1"})).json()["data"]
    assert second == [pages[0][-1], *pages[1]][:100]


async def test_latency_is_waited_for_and_the_answer_is_whole(company: Path) -> None:
    whole, found = await both(company, CHECK_INS, Latency(milliseconds=1))
    assert found == whole
    begun = time.perf_counter()
    await struck(company, Latency(milliseconds=40, jitter=10)).get(CHECK_INS)
    assert time.perf_counter() - begun >= 0.04


async def test_a_hang_lasts_as_long_as_the_client_waits_and_leaves_nothing_behind(company: Path) -> None:
    before = asyncio.all_tasks()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await struck(company, Hang()).get(CHECK_INS)
    assert asyncio.all_tasks() == before


async def test_a_broken_answer_is_a_broken_connection_in_this_process_as_on_a_socket(company: Path) -> None:
    app = create_app(company, Options(clock=noon(), faults=plan(Body(kind="disconnect"))))
    inside = httpx.AsyncClient(transport=httpx.ASGITransport(unbroken(app)), base_url="http://sandbox.test")
    with pytest.raises(httpx.RemoteProtocolError):
        await inside.get(CHECK_INS)
    async with served(app) as address, httpx.AsyncClient(base_url=address, trust_env=False) as outside:
        with pytest.raises(httpx.RemoteProtocolError):
            await outside.get(CHECK_INS)


async def test_a_client_on_a_socket_that_leaves_a_hang_sets_the_sandbox_free(company: Path) -> None:
    app = create_app(company, Options(clock=noon(), faults=plan(Hang(upstream="checkins"))))
    async with (
        served(app) as address,
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=httpx.Timeout(LONG, read=0.2)) as outside,
    ):
        with pytest.raises(httpx.ReadTimeout):
            await outside.get(CHECK_INS)
        assert (await outside.get(CURRENT, timeout=LONG)).status_code == 200
    # leaving `served` waits for every call of the server to end


async def test_the_other_upstream_is_untouched_and_a_fault_that_found_nothing_is_not_counted(company: Path) -> None:
    app = create_app(company, Options(clock=noon(), faults=plan(Status(code=503, upstream="checkins"), Count(value=0))))
    asked = client(app)
    assert (await asked.get(CHECK_INS)).status_code == 503
    assert (await asked.get(CURRENT)).json()["data"]
    assert (await asked.get(f"{ROOT}/people/nobody/assignments")).status_code == 404
    told = (await asked.get("/sandbox/faults")).json()
    assert told["injected"] == {"status": 1, "count": 1}
    assert told["asked"] == {"checkins": 1, "workforce": 2}


async def test_without_a_plan_there_is_nothing_to_report(company: Path) -> None:
    assert (await serve(company).get("/sandbox/faults")).status_code == 404


async def test_an_outage_begins_and_ends_by_the_stopwatch(company: Path) -> None:
    times = iter([0.0, 0.0, 20.0, 79.0, 80.0])
    outage = Status(code=503, begins=20, ends=80)
    asked = struck(company, outage, stopwatch=lambda: next(times))
    assert [(await asked.get(CHECK_INS)).status_code for _ in range(4)] == [200, 503, 503, 200]
