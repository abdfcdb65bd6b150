"""Fault plans: what a file may say, what is refused, and which calls a fault strikes."""

from collections import Counter
from pathlib import Path

import pytest

from sandbox import BrokenPlan, read_plan
from sandbox.faults.kinds import AnyFault, Count, Hang, Latency, Records, Status
from sandbox.faults.plan import Plan, parse
from sandbox.faults.rehearsal import Rehearsal

OUTAGE = """
seed = 7

[[fault]]
kind = "status"
code = 503
retry_after = 5
upstream = "checkins"
from = 20
until = 80

[[fault]]
kind = "wrong-type"
route = "/v2/companies/{company}/people/*"
rate = 0.25
every = 3
fields = ["start_day"]
"""
CHECK_INS = "/api/v2/checkins/"


def plan(*faults: AnyFault, seed: int = 1) -> Plan:
    return Plan(seed=seed, faults=faults)


def struck(rehearsal: Rehearsal, times: int, upstream: str = "checkins", path: str = CHECK_INS) -> list[bool]:
    return [bool(rehearsal.strikes(upstream, path, f"offset={number}")) for number in range(times)]


def test_a_plan_says_what_goes_wrong_where_when_and_how_often() -> None:
    outage, wrong = parse(OUTAGE, "outage.toml").faults
    assert outage == Status(code=503, retry_after=5, upstream="checkins", begins=20, ends=80)
    assert wrong == Records(kind="wrong-type", route="/v2/companies/{company}/people/*", rate=0.25, every=3, fields=("start_day",))


def test_a_plan_is_told_in_words() -> None:
    assert str(parse(OUTAGE, "outage.toml")).splitlines() == [
        "check-ins: status code=503 retry_after=5, from second 20 until second 80, all calls",
        "both upstreams /v2/companies/{company}/people/*: wrong-type every=3 fields=start_day, from second 0 on, 0.25 of the calls",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed =", "outage.toml is no TOML: Invalid value (at end of document)."),
        ("seed = 1\nseed 2", "outage.toml is no TOML: Expected '=' after a key in a key/value pair (at line 2, column 6)."),
        ("", "outage.toml, fault: it is missing."),
        ("fault = []", "outage.toml, fault: at least one `[[fault]]` is needed."),
        ("fault = 3", "outage.toml, fault: each fault must be a table `[[fault]]`."),
        ('seed = "x"\n[[fault]]\nkind = "hang"', "outage.toml, seed: Input should be a valid integer."),
        ('speed = 1\n[[fault]]\nkind = "hang"', "outage.toml, speed: there is no such key."),
        ("[[fault]]\nrate = 1", "outage.toml, line 1, fault 1: `kind` is missing."),
        ('\n[[fault]]\nkind = "hang"\n\n[[fault]]\nkind = "flood"', "outage.toml, line 5, fault 2: `kind` must be one of 'status', "),
        ('[[fault]]\nkind = "hang"\nrate = 2', "outage.toml, line 1, fault 1, rate: Input should be less than or equal to 1."),
        ('[[fault]]\nkind = "hang"\nuntill = 2', "outage.toml, line 1, fault 1, untill: there is no such key."),
        ('[[fault]]\nkind = "hang"\nfrom = 9\nuntil = 9', "outage.toml, line 1, fault 1: `until` must be later than `from`."),
        (
            '[[fault]]\nkind = "hang"\nupstream = "payroll"',
            "outage.toml, line 1, fault 1, upstream: Input should be 'checkins' or 'workforce'.",
        ),
        ('[[fault]]\nkind = "status"\ncode = 200', "outage.toml, line 1, fault 1, code: Input should be greater than or equal to 400."),
        ('[[fault]]\nkind = "status"\ncode = "503"', "outage.toml, line 1, fault 1, code: Input should be a valid integer."),
        ('[[fault]]\nkind = "status"', "outage.toml, line 1, fault 1, code: it is missing."),
        (
            '[[fault]]\nkind = "status"\ncode = 503\nas_date = true',
            "outage.toml, line 1, fault 1: `as_date` needs `retry_after` to be a number of seconds, at most 1000000000.",
        ),
        (
            '[[fault]]\nkind = "status"\ncode = 503\nas_date = true\nretry_after = 1e15',
            "outage.toml, line 1, fault 1: `as_date` needs `retry_after` to be a number of seconds, at most 1000000000.",
        ),
        ('[[fault]]\nkind = "count"\nvalue = 1000000000000000000000', "outage.toml, line 1, fault 1, value"),
        (f"seed = {'9' * 5_000}", "outage.toml is no TOML: "),
        (f"seed = {'[' * 50_000}", "outage.toml is no TOML: "),
        ('[[fault]]\nkind = "redirect"\nto = "a\\r\\nb"', "outage.toml, line 1, fault 1, to: String should match pattern '^[ -~]*$'."),
    ],
)
def test_a_broken_plan_is_refused_with_its_line_or_key_and_what_is_expected(text: str, said: str) -> None:
    with pytest.raises(BrokenPlan) as caught:
        parse(text, "outage.toml")
    assert any(problem.startswith(said) for problem in caught.value.problems), caught.value.problems


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BrokenPlan) as caught:
        parse('[[fault]]\nkind = "hang"\nrate = -1\n[[fault]]\nkind = "flood"\n[[fault]]\nkind = "latency"', "x.toml")
    assert [problem.partition(":")[0] for problem in caught.value.problems] == [
        "x.toml, line 1, fault 1, rate",
        "x.toml, line 4, fault 2",
        "x.toml, line 6, fault 3, milliseconds",
    ]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outage.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BrokenPlan, match=r"outage\.toml must be TOML in UTF-8"):
        read_plan(tmp_path / "outage.toml")


def test_a_fault_strikes_from_its_beginning_until_before_its_end() -> None:
    times = iter([100.0, 100.0, 119.9, 120.0, 179.9, 180.0])
    rehearsal = Rehearsal(plan(Hang(begins=20, ends=80)), lambda: next(times))
    assert struck(rehearsal, 5) == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("fault", "covered"),
    [
        (Hang(), {"list", "detail", "person", "company"}),
        (Hang(upstream="checkins"), {"list", "detail"}),
        (Hang(route="/api/v2/checkins/{api_id}/"), {"detail"}),
        (Hang(route="/api/v2/checkins/"), {"list"}),
        (Hang(route="/v2/*/assignments"), {"person", "company"}),
        (Hang(route="/v2/companies/{company}/assignments"), {"company"}),
        (Hang(upstream="checkins", route="/v2/*"), set()),
    ],
)
def test_a_fault_strikes_the_calls_of_its_upstream_and_route(fault: Hang, covered: set[str]) -> None:
    calls = {
        "list": ("checkins", CHECK_INS),
        "detail": ("checkins", f"{CHECK_INS}580%3Ax/"),
        "person": ("workforce", "/v2/companies/c/people/p.q/assignments"),
        "company": ("workforce", "/v2/companies/c/assignments"),
    }
    assert {name for name, call in calls.items() if fault.covers(*call, 0)} == covered


def test_the_rate_is_the_share_of_the_calls_that_are_struck() -> None:
    hit = struck(Rehearsal(plan(Hang(rate=0.3)), lambda: 0), 10_000)
    assert 2_800 < hit.count(True) < 3_200
    assert not any(struck(Rehearsal(plan(Hang(rate=0)), lambda: 0), 100))


def test_the_same_seed_strikes_the_same_calls_in_whatever_order_they_come_and_another_seed_others() -> None:
    calls = [f"offset={number % 50}" for number in range(1000)]

    def fates(seed: int, order: list[str]) -> dict[str, list[bool]]:
        rehearsal, found = Rehearsal(plan(Hang(rate=0.5), seed=seed), lambda: 0), dict[str, list[bool]]()
        for query in order:
            found.setdefault(query, []).append(bool(rehearsal.strikes("checkins", CHECK_INS, query)))
        return found

    assert fates(1, calls) == fates(1, sorted(calls))
    assert fates(1, calls) != fates(2, calls)


def test_a_call_that_comes_again_may_meet_another_fate() -> None:
    rehearsal = Rehearsal(plan(Hang(rate=0.5)), lambda: 0)
    assert {bool(rehearsal.strikes("checkins", CHECK_INS, "")) for _ in range(50)} == {True, False}


def test_faults_strike_in_the_order_of_the_plan_and_none_after_one_that_leaves_no_answer() -> None:
    faults = Latency(milliseconds=1), Count(value=0), Status(code=500), Hang()
    assert Rehearsal(plan(*faults), lambda: 0).strikes("checkins", CHECK_INS, "") == list(faults[:3])


def test_calls_are_counted_by_upstream() -> None:
    rehearsal = Rehearsal(plan(Hang(rate=0)), lambda: 0)
    struck(rehearsal, 3)
    struck(rehearsal, 2, "workforce", "/v2/companies/c/assignments")
    assert rehearsal.asked == Counter(checkins=3, workforce=2)
