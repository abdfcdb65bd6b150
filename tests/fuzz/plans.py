"""Fault plans at random: any of the sandbox's faults, on any of its calls."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from hypothesis import strategies as st

from sandbox import Plan
from sandbox.faults.kinds import Body, Count, Fault, Hang, Huge, Latency, Next, Records, Redirect, Shift, Status

F = TypeVar("F", bound=Fault)
CODES = (400, 401, 403, 404, 408, 410, 418, 429, 429, 500, 502, 503, 503, 504, 599)
AGAIN = (None, 0, 1, -5, 10**9, 0.5, "soon", "", "Wed, 21 Oct 2015 07:28:00 GMT")
PLACES = (
    "itself",
    "http://elsewhere.example/",
    "//elsewhere.example",
    "http://[",
    "ftp://x",
    "",
    "/v2/../..",
    "http://checkins:0x/",
    "http://xn--/",
)
ROUTES = (
    "*",
    "*",
    "/api/v2/checkins/",
    "/api/v2/checkins/{id}/",
    "/v2/companies/{id}/assignments",
    "*/assignments/current",
    "/v2/projects/*",
)
MEGABYTE = 1
"""So much is too large for the policy of `tests.fuzz.weather`."""


def drawn(of: type[F], **own: Any) -> st.SearchStrategy[F]:
    """Faults of a kind with fields of their own."""
    common = {
        "upstream": st.sampled_from([None, "checkins", "workforce"]),
        "route": st.sampled_from(ROUTES),
        "rate": st.sampled_from([1.0, 0.5, 0.1]),
    }
    return st.fixed_dictionaries({**common, **own}).map(lambda given: of(**given))


def kinds(fault: type[Fault]) -> st.SearchStrategy[str]:
    """The kinds that a class of faults has."""
    return st.sampled_from(get_args(fault.model_fields["kind"].annotation))


faults = st.one_of(
    drawn(Status, code=st.sampled_from(CODES), retry_after=st.sampled_from(AGAIN), reset=st.sampled_from([None, 0, 1, -1, 10**9])),
    drawn(Status, code=st.sampled_from(CODES), retry_after=st.integers(-(10**9), 10**9), as_date=st.just(True)),
    drawn(Redirect, to=st.sampled_from(PLACES), code=st.sampled_from([300, 301, 302, 304, 307, 308])),
    drawn(Latency, milliseconds=st.sampled_from([0.0, 5.0, 50.0, 400.0]), jitter=st.sampled_from([0.0, 20.0])),
    drawn(Hang),
    drawn(Body, kind=kinds(Body)),
    drawn(Huge, megabytes=st.just(MEGABYTE), gzip=st.booleans()),
    drawn(Count, value=st.sampled_from([0, 1, -1, 10**12, "many", ""])),
    drawn(Next, to=st.sampled_from(PLACES)),
    drawn(Records, kind=kinds(Records), every=st.integers(1, 5)),
    drawn(Shift, rows=st.integers(1, 3)),
)
plans = st.none() | st.builds(
    lambda seed, given: Plan(seed=seed, faults=given), st.integers(0, 1000), st.lists(faults, min_size=1, max_size=4)
)
"""No faults now and then."""
unreachable = st.sampled_from([*[None] * 6, "checkins", "workforce"])
"""The upstream whose connections are refused."""
