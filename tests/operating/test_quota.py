"""How much each client may ask for: the buckets by themselves, on numbers for a clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graph.operating.quota import MINUTE, Quota, network


def test_a_client_may_spend_a_minutes_worth_at_once_and_then_as_it_comes_in() -> None:
    quota = Quota(60)
    assert [quota.take("a", 20, 0.0) for _ in range(3)] == [None, None, None]
    assert quota.take("a", 20, 0.0) == 20.0
    assert quota.take("a", 20, 19.9) is not None
    assert quota.take("a", 20, 20.0) is None


def test_clients_do_not_pay_for_each_other() -> None:
    quota = Quota(10)
    assert quota.take("a", 10, 0.0) is None
    assert quota.take("b", 10, 0.0) is None
    assert quota.take("a", 1, 0.0) is not None


def test_what_costs_more_than_a_bucket_runs_when_it_is_full_and_is_paid_off() -> None:
    quota = Quota(60)
    assert quota.take("a", 180, 0.0) is None
    assert quota.take("a", 1, 60.0) == 61.0
    assert quota.take("a", 1, 121.0) is None


def test_what_was_paid_at_the_entrance_counts_so_that_even_the_dearest_operation_can_run() -> None:
    quota = Quota(60)
    assert quota.take("a", 1, 0.0) is None
    assert quota.take("a", 180, 0.0, paid=1) is None
    assert quota.held("a", 0.0) == -120
    assert quota.take("b", 40, 0.0) is None
    assert quota.take("b", 1, 0.0) is None
    assert quota.take("b", 30, 0.0, paid=1) == 10.0


def test_without_a_quota_anything_goes_and_nothing_is_remembered() -> None:
    quota = Quota(0)
    assert quota.take("a", 10**9, 0.0) is None
    assert quota.headers("a", 0.0) == {}
    assert not quota.buckets


def test_a_client_is_told_what_it_has_left() -> None:
    quota = Quota(120)
    quota.take("a", 30, 0.0)
    assert quota.headers("a", 0.0) == {"RateLimit-Policy": '"points";q=120;w=60', "RateLimit": '"points";r=90;t=15'}
    quota.take("a", 300, 30.0)
    assert quota.headers("a", 30.0)["RateLimit"] == '"points";r=0;t=150'


def test_only_so_many_clients_are_remembered_and_those_seen_last() -> None:
    quota = Quota(10, clients=3)
    for client in "abcad":
        quota.take(client, 1, 0.0)
    assert list(quota.buckets) == ["c", "a", "d"]


def test_whoever_is_refused_is_not_forgotten_and_so_forgiven() -> None:
    quota = Quota(1, clients=2)
    for client in ("a", "b", "a", "c"):
        quota.take(client, 1, 0.0)
    assert quota.take("a", 1, 0.0) is not None


@given(st.integers(1, 100), st.lists(st.tuples(st.integers(1, 50), st.floats(0, 30)), min_size=1, max_size=60))
def test_in_no_time_more_is_spent_than_a_bucket_and_what_came_in_and_the_last_that_fitted(
    points: int, asked: list[tuple[int, float]]
) -> None:
    quota, now, spent = Quota(points), 0.0, 0
    for cost, wait in asked:
        now += wait
        if quota.take("a", cost, now) is None:
            spent += cost
        assert spent <= points + now * points / MINUTE + max(cost for cost, _ in asked) + 1e-6


@given(st.integers(1, 100), st.integers(1, 200), st.integers(1, 200))
def test_whoever_waits_as_long_as_they_were_told_is_served(points: int, first: int, then: int) -> None:
    quota = Quota(points)
    quota.take("a", first, 0.0)
    wait = quota.take("a", then, 0.0)
    if wait is not None:
        assert quota.take("a", then, wait + 1e-6) is None


def test_one_household_is_one_client() -> None:
    assert network("2001:db8:1:2::3") == network("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert network("2001:db8:1:3::3") != network("2001:db8:1:2::3")
    assert network("192.0.2.7") == "192.0.2.7"
    assert network("testclient") == "testclient"
