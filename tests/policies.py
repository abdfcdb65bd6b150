"""Policies for tests."""

from __future__ import annotations

from tests.waiting import LONG
from upstreams.breaker import Rules
from upstreams.policy import Policy

NEVER_OPEN = Rules(least=1_000_000_000)

ONCE = Policy(tries=1, connect=LONG, total=LONG, breaker=NEVER_OPEN)
"""Each call is one try, however many fail: for tests that count calls, or look at one failure; it may take its time."""

QUICK = Policy(connect=LONG, total=LONG, wait=0.001, jitter=0.001, longest_wait=0.01, breaker=NEVER_OPEN)
"""Three tries that hardly wait."""
