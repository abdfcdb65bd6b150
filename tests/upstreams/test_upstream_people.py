"""The two optional directories: only what is allowed is read, and no list is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sandbox
from sandbox import Draft, Options, create_app
from tests.policies import ONCE
from tests.upstreams.doubles import HOST, Double, Object, always, numbers, reply
from upstreams.dialect import Credentials, Dialect
from upstreams.errors import BadInput, BadResponse, Refused, UpstreamError
from upstreams.http import Http
from upstreams.people import Listed, People, User, Users, parse_people, parse_users
from upstreams.reading import Reading

TODAY = datetime(2026, 11, 18, 12, tzinfo=UTC)
OPEN = Options(directories=True, clock=lambda: TODAY)


def people(transport: httpx.AsyncBaseTransport, company: str = "sandbox", **dialect: Any) -> People:
    """A client of the workforce directory over a transport."""
    return People(Http(Dialect("workforce", HOST, **{"policy": ONCE, **dialect}), transport), company)


def users(transport: httpx.AsyncBaseTransport, **dialect: Any) -> Users:
    """A client of the check-ins directory over a transport."""
    return Users(Http(Dialect("checkins", HOST, **{"policy": ONCE, **dialect}), transport))


def listed(total: int, start: int = 0) -> list[Object]:
    """So many rows of `/people`, with ids from "0" on."""
    return [{"id": str(number), "name": {"first": "P", "last": str(number)}} for number in range(start, start + total)]


def accounts(total: int, start: int = 0) -> list[Object]:
    """So many rows of `/users/`, with ids from "0" on."""
    return [{"api_id": str(number), "name": f"U {number}"} for number in range(start, start + total)]


def truth(value: Any) -> Any:
    """What an honest server says."""
    return value


def paged(rows: list[Object], size: int = 10, possible: Callable[[int], Any] = truth) -> Double:
    """A `/people` in pages of `size`, whose number of pages may be a lie."""
    pages = max(1, -(-len(rows) // size))

    def answer(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        data = rows[page * size : (page + 1) * size]
        return reply({"possible_pages": possible(pages), "current_page": page, "data": data})

    return Double(answer)


def sliced(rows: list[Object], clamp: int = 100, count: Callable[[int], Any] = truth, link: Callable[[Any], Any] = truth) -> Double:
    """A `/users/` that never gives more than `clamp` rows; `count` and `next` may be lies."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        offset, limit = int(asked["offset"]), min(int(asked["limit"]), clamp)
        following = f"{HOST}/api/v2/users/?offset={offset + limit}" if offset + limit < len(rows) else None
        return reply({"count": count(len(rows)), "next": link(following), "results": rows[offset : offset + limit]})

    return Double(answer)


def leaves(value: Any) -> Iterator[str]:
    """Every text and number in a JSON value, as text."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from leaves(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated company."""
    path = tmp_path_factory.mktemp("people") / "company.db"
    sandbox.build(path, people=120, today=TODAY.date())
    return path


# What is read


def test_a_record_has_the_allowed_fields_and_no_other() -> None:
    assert Listed.__struct_fields__ == ("person_id", "name", "email", "employee_number")
    assert User.__struct_fields__ == ("api_id", "name", "email", "department", "manager_email", "manager_name", "active")


async def test_nothing_private_that_the_sandbox_gives_away_is_in_any_record(company: Path) -> None:
    wire = httpx.ASGITransport(create_app(company, OPEN))
    async with httpx.AsyncClient(transport=wire, base_url=HOST) as client:
        raw = (await client.get("/v2/companies/sandbox/people")).json()
        results = (await client.get("/api/v2/users/?limit=100")).json()["results"]
    allowed = {"id", "name", "email", "employee_number"}
    private = {text for row in raw for key in row.keys() - allowed for text in leaves(row[key]) if key not in {"status", "job_title_id"}}
    private |= {text for row in results for text in leaves({key: row["properties"][key] for key in ("Home address", "Private phone")})}
    shown = repr([*await people(wire).everybody(), *await users(wire).everybody()])
    assert len(private) > 900
    assert not [text for text in private if f"'{text}'" in shown or f"={text}" in shown or "Decoy" in shown]


async def test_the_directories_of_the_sandbox_are_read_whole(company: Path) -> None:
    wire = httpx.ASGITransport(create_app(company, OPEN))
    everybody, everyone = await people(wire).roll(), await users(wire).roll()
    assert (everybody.complete, everyone.complete) == (True, True)
    assert (len(everybody.items), len(everyone.items) > 100) == (123, True)
    [ann] = [one for one in everybody.items if one.name == "Ann Lee"]
    assert (ann.email, ann.employee_number) == ("ann@example.com", "C-001")
    [michael] = [one for one in everyone.items if one.name == "Michael Test"]
    assert michael == User(
        "f88ab8b9-4e41-4025-ad77-519006ba855f",
        "Michael Test",
        "mtest@test.com",
        "Research and Development",
        "joanne.stefani@test.com",
        "Joanne Stefani",
        True,
    )
    assert [one.name for one in everyone.items if not one.active] == ["Hanna Virtanen"]


async def test_a_large_directory_costs_one_call_for_400_people_or_100_accounts(tmp_path: Path) -> None:
    draft = Draft()
    for number in range(810):
        draft.worker(f"W {number:03}", id=str(number))
    for number in range(230):
        draft.user(f"U {number}", None)
    draft.save(tmp_path / "large.db")
    app = httpx.ASGITransport(create_app(tmp_path / "large.db", OPEN))
    wire = Relay(app)
    assert len(await people(wire).everybody()) == 810
    assert len(await users(wire).everybody()) == 230
    assert wire.targets == [
        *(f"/v2/companies/sandbox/people?page={page}" for page in range(3)),
        *(f"/api/v2/users/?limit=100&offset={offset}" for offset in (0, 100, 200)),
    ]


class Relay(httpx.AsyncBaseTransport):
    """Another transport, and what went through."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.targets: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.targets.append(request.url.raw_path.decode())
        return await self.inner.handle_async_request(request)


@pytest.mark.parametrize("options", [Options(), Options(checkins_key="k", workforce_token="t", directories=True)])
async def test_a_shut_directory_is_a_refusal_and_not_an_empty_list(company: Path, options: Options) -> None:
    wire = httpx.ASGITransport(create_app(company, options))
    for call in (people(wire).everybody(), users(wire).everybody()):
        with pytest.raises(Refused):
            await call


async def test_credentials_open_both(company: Path) -> None:
    keys = Options(checkins_user="u", checkins_key="k", workforce_token="t", directories=True)
    wire = httpx.ASGITransport(create_app(company, keys))
    assert await people(wire, credentials=Credentials(token="t")).everybody()
    assert await users(wire, credentials=Credentials("u", "k")).everybody()


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_each_way_of_saying_no_access_is_a_refusal(status: int) -> None:
    # trap 38
    for client in (people(always({}, status)), users(always({}, status))):
        with pytest.raises(Refused) as caught:
            await client.everybody()
        assert caught.value.status == status


@pytest.mark.parametrize("company", ["", "..", "a/b"])
def test_a_company_that_could_leave_the_path_is_refused(company: str) -> None:
    # trap 35
    with pytest.raises(BadInput):
        people(always([]), company)


# Shapes


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"name": {"first": "Mary Ann", "last": "Lee"}}, "Mary Ann Lee"),
        ({"name": {"first": "", "last": "王小明"}}, "王小明"),
        ({"name": {"first": "Ann"}}, "Ann"),
        ({"name": "Ann Lee"}, "Ann Lee"),
        ({"first_name": "Ann", "last_name": "Lee"}, "Ann Lee"),
        ({"name": None, "first_name": "Ann", "last_name": "Lee"}, "Ann Lee"),
        ({"name": {"first": None, "last": None}}, None),
        ({"name": ["Ann"]}, None),
        ({}, None),
    ],
)
def test_a_name_may_be_text_an_object_or_two_fields(row: Object, name: str | None) -> None:
    [person] = parse_people([{"id": "1", **row}], Reading()).items.values()
    [user] = parse_users({"results": [{"api_id": "1", **row}]}, Reading()).items.values()
    assert (person.name, user.name) == (name, name)


@pytest.mark.parametrize("value", ["", None, 5.5, True, {}, []])
def test_an_email_that_is_no_text_is_none(value: Any) -> None:
    [person] = parse_people([{"id": "1", "email": value}], Reading()).items.values()
    [user] = parse_users({"results": [{"api_id": "1", "email": value, "manager": {"email": value}}]}, Reading()).items.values()
    assert (person.email, user.email, user.manager_email) == (None, None, None)


@pytest.mark.parametrize(
    ("value", "name"), [([], None), (None, None), ("Site", None), ([None, {"name": "A"}, {"name": "B"}], "A"), ([{}], None)]
)
def test_of_several_departments_the_first_stands(value: Any, name: str | None) -> None:
    [user] = parse_users({"results": [{"api_id": "1", "departments": value}]}, Reading()).items.values()
    assert user.department == name


@pytest.mark.parametrize("value", [None, "yes", 1, "true"])
def test_a_user_whose_state_is_not_said_is_neither_active_nor_inactive(value: Any) -> None:
    [user] = parse_users({"results": [{"api_id": "1", "is_active": value}]}, Reading()).items.values()
    assert user.active is None


async def test_one_bad_row_costs_that_row_and_is_owned_up_to() -> None:
    # fault F11, F12
    bad: list[Any] = [None, 7, "row", {}, {"id": "", "api_id": None}, {"id": [], "api_id": {}}]
    for client, rows in ((people(paged([*bad, *listed(3)])), 3), (users(sliced([*bad, *accounts(3)])), 3)):
        roll = await client.roll()
        assert (len(roll.items), roll.complete, client.calls.unreadable["dropped"]) == (rows, False, len(bad))


@pytest.mark.parametrize("raw", [None, 5, "people", {}, {"data": None}, {"data": {}}, {"results": None}, {"results": "x"}, True])
def test_an_answer_of_another_shape_is_an_error(raw: Any) -> None:
    for parse in (parse_people, parse_users):
        with pytest.raises(BadResponse) as caught:
            parse(raw, Reading())
        assert caught.value.reason == "shape"


ENVELOPE = ("data", "results", "count", "next", "possible_pages", "current_page")
ROW = ("id", "api_id", "name", "first", "last", "email", "employee_number", "departments", "manager", "is_active")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(ENVELOPE + ROW), inner, max_size=6),
    max_leaves=20,
)


@given(raw=JSON)
def test_no_answer_whatsoever_is_worse_than_a_bad_response(raw: Any) -> None:
    for parse in (parse_people, parse_users):
        try:
            leaf = parse(raw, Reading())
        except BadResponse:
            continue
        for key, one in leaf.items.items():
            assert key
            assert all(value is None or isinstance(value, str | bool) for value in (getattr(one, name) for name in one.__struct_fields__))


@given(rows=st.lists(st.sampled_from(["a", "b", "580:a", "580:b"]), max_size=6))
def test_a_user_is_one_with_and_without_the_tenants_number_and_the_first_row_stands(rows: list[str]) -> None:
    # trap 6
    found = parse_users({"results": [{"api_id": uid, "name": str(place)} for place, uid in enumerate(rows)]}, Reading()).items
    bare = [uid.removeprefix("580:") for uid in rows]
    assert list(found) == list(dict.fromkeys(bare))
    assert all(user.name == str(bare.index(key)) for key, user in found.items())


# Pages


@pytest.mark.parametrize(("total", "calls"), [(0, 1), (1, 1), (10, 1), (11, 2), (35, 4)])
async def test_a_directory_takes_as_many_calls_as_it_has_pages(total: int, calls: int) -> None:
    for client, double in both(paged(listed(total)), sliced(accounts(total), clamp=10)):
        assert ids(await client.everybody()) == list(range(total))
        assert len(double.requests) == calls


def both(one: Double, other: Double, **dialect: Any) -> list[tuple[People | Users, Double]]:
    """A client over each of these."""
    return [(people(one, **dialect), one), (users(other, **dialect), other)]


def ids(found: tuple[Listed, ...] | tuple[User, ...]) -> list[int]:
    """Which of the numbered people these are."""
    return numbers(one.person_id if isinstance(one, Listed) else one.api_id for one in found)


LIES: list[Any] = [0, 1, 2, 3, 10**12, -3, "many", "", None, 2.5, True, [], {}]


@pytest.mark.parametrize("lie", LIES)
async def test_a_lie_about_the_pages_or_the_count_loses_nobody_but_those_behind_a_false_end(lie: Any) -> None:
    # fault F18: 3 is the truth for 30 people in tens; a smaller number that the rows contradict is read over
    double = paged(listed(30), possible=lambda pages: lie)
    found = ids(await people(double).everybody())
    assert found == list(range(10 * lie if lie is not True and lie in (1, 2) else 30))
    assert len(double.requests) <= 4
    other = sliced(accounts(30), clamp=10, count=lambda count: lie)
    assert ids(await users(other).everybody()) == list(range(30))
    assert len(other.requests) <= 4


@pytest.mark.parametrize("link", ["http://elsewhere.test/?offset=0", "file:///etc/passwd", 7, "::", "", None])
async def test_next_is_never_requested_as_given(link: Any) -> None:
    # trap 33, fault F16
    double = sliced(accounts(30), clamp=10, link=lambda honest: link)
    assert ids(await users(double).everybody()) == list(range(30))
    assert {(request.url.host, request.url.path) for request in double.requests} == {("upstream.test", "/api/v2/users/")}


async def test_a_server_that_answers_another_page_is_an_error() -> None:
    # trap 30
    double = Double(lambda request: reply({"possible_pages": 3, "current_page": 0, "data": listed(10)}))
    with pytest.raises(BadResponse) as caught:
        await people(double).everybody()
    assert (caught.value.reason, len(double.requests)) == ("other-page", 2)


async def test_a_server_that_turns_in_a_circle_is_an_error_after_two_calls() -> None:
    # trap 32
    one = Double(lambda request: reply({"possible_pages": 9, "data": listed(10)}))
    other = Double(lambda request: reply({"count": 99, "next": HOST, "results": accounts(10)}))
    for client, double in both(one, other):
        with pytest.raises(BadResponse) as caught:
            await client.everybody()
        assert (caught.value.reason, len(double.requests)) == ("paging-loop", 2)


async def test_a_directory_without_an_end_is_an_error_at_the_page_cap() -> None:
    # trap 32, fault F18
    def endless(request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        place = int(asked.get("page", asked.get("offset")))
        envelope = {"possible_pages": 10**9, "current_page": place, "data": listed(1, place)}
        return reply({**envelope, "count": 10**9, "next": HOST, "results": accounts(1, place)})

    for client, double in both(Double(endless), Double(endless), most_pages=7):
        with pytest.raises(BadResponse) as caught:
            await client.everybody()
        assert (caught.value.reason, len(double.requests)) == ("too-many-pages", 7)


@pytest.mark.parametrize("wrap", [truth, lambda rows: {"data": rows}])
async def test_a_list_without_an_envelope_ends_where_it_comes_again_whole(wrap: Callable[[Any], Any]) -> None:
    double = Double(lambda request: reply(wrap(listed(30))))
    roll = await people(double).roll()
    assert (ids(roll.items), roll.complete, len(double.requests)) == (list(range(30)), True, 2)


@pytest.mark.parametrize("total", [0, 5, 10, 25])
async def test_a_list_without_an_envelope_that_has_pages_is_read_to_its_end(total: int) -> None:
    rows = listed(total)
    double = Double(lambda request: reply(rows[10 * int(request.url.params["page"]) :][:10]))
    roll = await people(double).roll()
    assert (ids(roll.items), roll.complete) == (list(range(total)), True)


class Growing:
    """A directory to whose head one new row comes between any two calls."""

    def __init__(self, rows: list[Object], row: Object) -> None:
        self.rows, self.row = rows, row

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        page = int(asked.get("page", 0))
        place = int(asked.get("offset", 10 * page))
        shown, total = self.rows[place : place + 10], len(self.rows)
        self.rows = [self.row, *self.rows]
        return reply({"possible_pages": -(-total // 10), "current_page": page, "data": shown, "count": total, "results": shown})


async def test_people_who_are_added_meanwhile_are_not_given_twice_and_the_list_says_that_it_moved() -> None:
    # trap 31, fault F15
    for client, _ in both(Double(Growing(listed(30), listed(1, 99)[0])), Double(Growing(accounts(30), accounts(1, 99)[0]))):
        roll = await client.roll()
        assert (ids(roll.items), roll.complete) == (list(range(30)), False)


async def test_somebody_who_leaves_meanwhile_may_hide_another_and_the_list_says_that_it_moved() -> None:
    # trap 31: the second page begins one row too late
    pages = [{"count": 20, "results": accounts(10)}, {"count": 19, "results": accounts(9, 11)}]
    double = Double(lambda request: reply(pages[int(request.url.params["offset"]) // 10]))
    roll = await users(double).roll()
    assert (len(roll.items), roll.complete) == (19, False)


async def test_an_order_that_changes_between_pages_is_not_called_complete() -> None:
    # a total that stays, and a person on two pages: then another is on none
    rows = [accounts(10), [*accounts(1, 9), *accounts(9, 10)]]
    double = Double(lambda request: reply({"count": 20, "results": rows[int(request.url.params["offset"]) // 10]}))
    roll = await users(double).roll()
    assert (len(roll.items), roll.complete) == (19, False)


@pytest.mark.parametrize("failure", [(500, {}), (200, "nonsense"), (429, {})])
async def test_a_failure_midway_is_raised_and_no_part_of_a_directory_is_given(failure: tuple[int, Any]) -> None:
    # fault F8
    status, content = failure

    def broken(honest: Double) -> Double:
        return Double(lambda request: reply(content, status) if len(honest.requests) == 1 else first(honest, request))

    def first(honest: Double, request: httpx.Request) -> httpx.Response:
        honest.requests.append(request)
        return honest.answer(request)

    for client, _ in both(broken(paged(listed(30))), broken(sliced(accounts(30), clamp=10))):
        with pytest.raises(UpstreamError):
            await client.everybody()


async def test_no_error_and_no_log_line_holds_anything_of_a_row(caplog: pytest.LogCaptureFixture) -> None:
    secret = {"id": "1", "api_id": "1", "dob": "1955-05-05", "hourly_wage": 61.37, "name": {"first": "Decoy", "last": "Decoy"}}
    for content in ({"possible_pages": 9, "current_page": 5, "data": [secret]}, {"count": 9, "next": "x", "results": {"0": secret}}):
        for client, _ in both(always(content), always(content)):
            with pytest.raises(BadResponse) as caught:
                await client.everybody()
            assert "Decoy" not in repr(caught.value) + repr(vars(caught.value)) + caplog.text
            assert "1955" not in repr(caught.value) + repr(vars(caught.value)) + caplog.text
