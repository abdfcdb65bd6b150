"""One deployment's way of speaking is settings: addresses, credentials, names of parameters, sizes (upstreams.md, "Access")."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, date

import httpx
import pytest

from tests.upstreams.doubles import Double, People, always, check_ins, people, sample, workforce
from upstreams.check_ins import Filter
from upstreams.dialect import Credentials, Dialect
from upstreams.http import Http
from upstreams.workforce import COMPANY, CURRENT, Current, Starts, Workforce

DAY = date(2024, 1, 1)
SECRET = "hush-hush"


def basic(text: str) -> str:
    """The header of HTTP Basic."""
    return "Basic " + b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("credentials", "headers"),
    [
        (Credentials(), {}),
        (Credentials("ann", SECRET), {"Authorization": basic(f"ann:{SECRET}")}),
        (Credentials("ann"), {"Authorization": basic("ann:")}),
        (Credentials("J\u00fcrgen", "p:\u00e4ss"), {"Authorization": basic("J\u00fcrgen:p:\u00e4ss")}),
        (Credentials(token=SECRET), {"Authorization": f"Bearer {SECRET}"}),
        (Credentials("ann", "key", SECRET), {"Authorization": f"Bearer {SECRET}"}),
        (Credentials(token=SECRET, header="X-Api-Key"), {"X-Api-Key": SECRET}),
    ],
)
async def test_credentials_go_out_as_basic_bearer_or_a_header_of_their_own(credentials: Credentials, headers: dict[str, str]) -> None:
    double = always(sample("check_ins"))
    await check_ins(double, credentials=credentials).listing(Filter(), limit=1)
    sent = double.requests[0].headers
    assert credentials.headers() == headers
    assert {name: sent.get(name) for name in ("Authorization", "X-Api-Key") if name in sent} == headers


async def test_extra_headers_go_out_with_every_call() -> None:
    # the company of the other host
    double = always(sample("check_ins"))
    client = check_ins(double, extra_headers={"Procore-Company-Id": "7"}, credentials=Credentials(token=SECRET))
    await client.listing(Filter(), limit=1)
    await client.listing(Filter(), limit=1)
    assert [request.headers["Procore-Company-Id"] for request in double.requests] == ["7", "7"]
    assert double.requests[0].headers["Accept"] == "application/json"
    assert double.requests[0].headers["Authorization"] == f"Bearer {SECRET}"


async def test_parameters_get_the_names_that_this_host_knows() -> None:
    names = {"startDay": "start_day", "dayRange": "day_range", "page": "page_number", "limit": "page_size"}
    double = Double(lambda request: httpx.Response(200, json={**sample("company"), **sample("check_ins"), "possible_pages": 1}))
    await workforce(double, parameters=names).page(COMPANY, Starts(DAY, DAY, UTC))
    await workforce(double, parameters=names).page(CURRENT, Current(DAY))
    await check_ins(double, parameters=names).listing(Filter(department="D"), limit=3)
    sent = [list(request.url.params) for request in double.requests]
    assert sent == [["start_day", "day_range", "page_number"], ["date", "page_number"], ["department", "page_size", "offset"]]


async def test_pages_may_be_of_any_size() -> None:
    # 100 people on one host, up to 400 on the other
    double = Double(People(people(900), size=400))
    scan = await workforce(double, page_size=400).scan(COMPANY, Starts(DAY, DAY, UTC))
    assert scan is not None
    assert len(scan.bookings) == 900
    assert len(double.requests) == 3
    assert check_ins(double, page_size=400).page_size == 400


@pytest.mark.parametrize("base", ["http://a.test", "http://a.test/", "http://a.test/v1", "http://a.test/v1//"])
def test_a_base_url_may_end_in_a_slash_and_have_a_path(base: str) -> None:
    # trap 34
    http = Http(Dialect("checkins", base), always([]))
    assert http.address("/api/x/", [("a", "1")]) == f"{base.rstrip('/')}/api/x/?a=1"


def test_credentials_are_in_no_text_of_a_dialect_or_a_client() -> None:
    # trap 28 and faults.md: no credential reaches a log
    for credentials in (Credentials("ann", SECRET), Credentials(token=SECRET), Credentials(token=SECRET, header="X-Api-Key")):
        dialect = Dialect("checkins", "http://a.test", credentials)
        http = Http(dialect, always([]))
        assert SECRET not in f"{credentials} {credentials!r} {dialect} {dialect!r} {http!r} {Workforce(http, 'acme')!r}"
