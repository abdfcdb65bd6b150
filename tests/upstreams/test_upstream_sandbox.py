"""The clients against the sandbox, which is a server written from the same documents by other means."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sandbox import Draft, Options, create_app
from sandbox.options import Match
from tests.graphs import noon
from tests.upstreams.doubles import http, plain
from upstreams.check_ins import CheckIns, Filter
from upstreams.dialect import Credentials, Dialect
from upstreams.errors import BadResponse, Refused
from upstreams.http import Http
from upstreams.records import Bookings
from upstreams.workforce import COMPANY, CURRENT, Changed, Current, Route, Starts, Workforce

DAY = date(2026, 3, 4)  # a Wednesday
STARTS = Starts(DAY, DAY + timedelta(days=1), UTC)
WORKERS, SUBMITTED = 230, 130
KEYS = Options(checkins_user="ann", checkins_key="key", workforce_token="token")


class Counting(httpx.AsyncBaseTransport):
    """The sandbox in process, with its calls counted."""

    def __init__(self, path: Path) -> None:
        self.inner = httpx.ASGITransport(create_app(path, KEYS))
        self.calls = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        return await self.inner.handle_async_request(request)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """230 workers in one group who begin on one project on one day, and 130 check-ins of Ann Lee."""
    draft = Draft()
    project = draft.project("Airport", id="j", number="7")
    for number in range(WORKERS):
        worker = draft.worker(f"Worker {number:03}", id=f"w:{number}", groups=["g"])
        draft.assign(worker, project, DAY, DAY + timedelta(days=10), id=f"a{number}", created=DAY - timedelta(days=number))
    ann = draft.user("Ann Lee", "ann+1@lee.test", id="580:ann", department="R&D")
    for number in range(SUBMITTED):
        deadline = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(hours=number)
        draft.check_in(ann, deadline, id=f"580:{number}", submitted=deadline)
    path = tmp_path_factory.mktemp("upstreams") / "company.db"
    draft.save(path)
    return path


def check_ins(transport: httpx.AsyncBaseTransport, key: str = "key") -> CheckIns:
    """A check-ins client with a user and key."""
    return CheckIns(Http(Dialect("checkins", "http://sandbox.test", Credentials("ann", key)), transport, calendar=noon))


def workforce(transport: httpx.AsyncBaseTransport, token: str = "token", company: str = "sandbox") -> Workforce:
    """A workforce client with a token."""
    return Workforce(Http(Dialect("workforce", "http://sandbox.test", Credentials(token=token)), transport, calendar=noon), company)


@pytest.mark.parametrize(("limit", "calls"), [(20, 7), (65, 2), (100, 2), (5000, 2)])
async def test_every_check_in_is_walked_once_whatever_the_limit(company: Path, limit: int, calls: int) -> None:
    # trap 32: the sandbox quietly gives no more than 100
    wire = Counting(company)
    pages = [page async for page in check_ins(wire).pages(Filter(person_email="ann+1@lee.test", department="R&D"), limit=limit)]
    ids = [row.id for page in pages for row in page.items]
    assert len(ids) == len(set(ids)) == SUBMITTED
    assert wire.calls == calls
    assert {page.count for page in pages} == {SUBMITTED}


async def test_a_check_in_is_found_by_the_id_of_its_row_and_names_its_person(company: Path) -> None:
    # traps 2, 3, 6 and 35
    client = check_ins(Counting(company))
    row = (await client.listing(Filter(), limit=1)).items[0]
    found = await client.check_in(row.id)
    assert found is not None
    assert (found.id, found.deadline) == (row.id, row.deadline)
    assert [one.account.email for one in found.responses or () if one.account] == ["ann+1@lee.test"]
    assert not +client.unreadable


@pytest.mark.parametrize(("route", "question"), [(COMPANY, STARTS), (Route("group", "g"), STARTS), (CURRENT, Current(DAY))])
async def test_every_paged_read_gives_everybody_in_three_calls(company: Path, route: Route, question: Starts | Current) -> None:
    wire = Counting(company)
    client = workforce(wire)
    scan = await client.scan(route, question)
    assert scan is not None
    assert [booking.person.id for booking in scan.bookings] == [f"w:{number}" for number in range(WORKERS)]
    assert (scan.complete, wire.calls) == (True, 3)
    assert not +client.unreadable


async def test_a_project_and_a_person_are_read_whole_in_one_call_each(company: Path) -> None:
    wire = Counting(company)
    client = workforce(wire)
    project, person = await client.project("j", STARTS), await client.person("w:7", STARTS)
    assert project is not None
    assert person is not None
    assert (len(project.items), [one.id for one in person.items], wire.calls) == (WORKERS, ["a7"], 2)
    assert {one.project.number for one in (*project.items, *person.items)} == {"7"}  # trap 26: `project_number` here, `job_number` there


async def test_the_change_filters_filter_in_every_read(company: Path) -> None:
    # trap 24
    client = workforce(Counting(company))
    changed = Changed(created_after=DAY - timedelta(days=2))
    starts = Starts(STARTS.first, STARTS.last, UTC, changed)
    scans = [
        await client.scan(COMPANY, starts),
        await client.scan(Route("group", "g"), starts),
        await client.scan(CURRENT, Current(DAY, changed)),
    ]
    found = [[one.id for booking in scan.bookings for one in booking.assignments] for scan in scans if scan is not None]
    project, person = await client.project("j", starts), await client.person("w:1", starts)
    assert found == [["a0", "a1", "a2"]] * 3
    assert project is not None
    assert person is not None
    assert ({one.id for one in project.items}, [one.id for one in person.items]) == ({"a0", "a1", "a2"}, ["a1"])


async def test_the_day_of_a_start_is_that_of_the_offset_it_was_asked_in(company: Path) -> None:
    # trap 18
    client = workforce(Counting(company))
    found = await client.project("j", Starts(DAY + timedelta(days=1), DAY + timedelta(days=2), UTC))
    assert found is not None
    assert found.items == ()


async def test_the_range_filters_the_first_day_only_and_current_looks_at_working_days(company: Path) -> None:
    # traps 20 and 21: all 230 run on the days after DAY, none of them begins there, and none works on the Saturday
    client = workforce(Counting(company))
    later = [await client.scan(COMPANY, Starts(DAY + timedelta(days=1), DAY + timedelta(days=3), UTC))]
    later += [await client.scan(CURRENT, Current(DAY + timedelta(days=ahead))) for ahead in (1, 3)]
    assert [len([one for one in scan.bookings if one.assignments]) for scan in later if scan is not None] == [0, WORKERS, 0]


async def test_a_project_without_assignments_in_the_range_is_empty_and_not_unknown(company: Path) -> None:
    # trap 9: there is no project endpoint; only a 404 says that a project is not known
    client = workforce(Counting(company))
    later = Starts(DAY + timedelta(days=1), DAY + timedelta(days=2), UTC)
    assert await client.project("j", later) == Bookings(())
    assert await client.project("none", later) is None


@pytest.mark.parametrize(("match", "found"), [("exact", 1), ("substring", 2)])
async def test_a_name_filter_gives_whatever_the_server_takes_it_to_mean(tmp_path: Path, match: Match, found: int) -> None:
    # trap 4: the rows are given on as they come, none of them attributed to the name that was asked for
    draft = Draft()
    for name in ("Ann Lee", "Joann Lee"):
        draft.check_in(draft.user(name, None), datetime(2026, 1, 1, tzinfo=UTC))
    draft.save(tmp_path / "lees.db")
    client = check_ins(httpx.ASGITransport(create_app(tmp_path / "lees.db", Options(name_match=match))))
    listing = await client.listing(Filter(person_name="nn Lee" if match == "substring" else "Ann Lee"), limit=10)
    assert (len(listing.items), listing.count) == (found, found)


async def test_two_people_of_one_name_stay_two_and_a_missing_email_is_none(tmp_path: Path) -> None:
    # trap 11
    draft = Draft()
    project = draft.project("Airport")
    for worker in [draft.worker("Ann Lee", id=uid) for uid in ("w:1", "w:2")]:
        draft.assign(worker, project, DAY, DAY)
    deadline = datetime(2026, 1, 1, tzinfo=UTC)
    draft.check_in(draft.user("Ann Lee", None, id="580:ann"), deadline, id="580:1", submitted=deadline)
    draft.save(tmp_path / "anns.db")
    wire = Counting(tmp_path / "anns.db")
    scan, row = await workforce(wire).scan(COMPANY, STARTS), await check_ins(wire).check_in("580:1")
    assert scan is not None
    assert row is not None
    assert [booking.person.id for booking in scan.bookings] == ["w:1", "w:2"]
    assert [one.account.email for one in row.responses or () if one.account] == [None]


async def test_what_is_not_known_is_none_and_wrong_credentials_are_a_refusal(company: Path) -> None:
    # trap 38, fault F19
    wire = Counting(company)
    assert await check_ins(wire).check_in("580:none") is None
    assert await workforce(wire).project("none", STARTS) is None
    assert await workforce(wire).person("none", STARTS) is None
    assert await workforce(wire).scan(Route("group", "none"), STARTS) is None
    for call in (check_ins(wire, "wrong").listing(Filter(), limit=1), workforce(wire, "wrong").scan(COMPANY, STARTS)):
        with pytest.raises(Refused) as caught:
            await call
        assert caught.value.status == 401
    with pytest.raises(Refused) as unknown:
        await workforce(wire, company="other").scan(COMPANY, STARTS)
    assert unknown.value.status == 404


async def test_a_question_that_the_server_finds_wrong_is_a_bad_response(company: Path) -> None:
    # trap 18: a plus sign that is not encoded arrives as a blank, which the sandbox refuses
    wire = http(Counting(company), credentials=Credentials(token="token"))
    with pytest.raises(BadResponse) as caught:
        await plain(wire, "/v2/companies/sandbox/projects/j/assignments?startDay=2026-03-04T00:00:00+01:00&dayRange=1")
    assert caught.value.status == 400


async def test_rows_that_are_added_while_walking_are_not_given_twice(company: Path, tmp_path: Path) -> None:
    # trap 31, fault F15: the second page comes from a company that has five newer check-ins
    draft = Draft()
    ann = draft.user("Ann Lee", "ann@lee.test", id="580:ann")
    for number in range(SUBMITTED + 5):
        deadline = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(hours=number)
        draft.check_in(ann, deadline, id=f"580:{number}", submitted=deadline)
    draft.save(tmp_path / "later.db")
    servers = [httpx.ASGITransport(create_app(path)) for path in (company, tmp_path / "later.db")]
    pages = [page async for page in CheckIns(Http(Dialect("checkins", "http://s.test"), Handover(servers))).pages(Filter(), limit=100)]
    ids = [row.id for page in pages for row in page.items]
    assert len(ids) == len(set(ids)) == SUBMITTED
    assert [page.count for page in pages] == [SUBMITTED, SUBMITTED + 5]


class Handover(httpx.AsyncBaseTransport):
    """Each call goes to the next of these servers, and stays with the last."""

    def __init__(self, servers: list[httpx.ASGITransport]) -> None:
        self.servers = servers

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        server = self.servers[0] if len(self.servers) == 1 else self.servers.pop(0)
        return await server.handle_async_request(request)
