"""What an upstream call costs, in microseconds of CPU: by its parts, and beside other clients. `python -m bench.wire`

A stub in another process answers over sockets, and 32 calls are in flight. Every round measures everything once, so that a busy
machine is busy for all; shown are the median of the rounds and their spread. Clients that are not installed are left out:
`pip install aiohttp httpx-aiohttp pyreqwest` adds them.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack
from functools import partial
from itertools import count
from typing import Any

import uvloop

from bench.canned import ANSWERS, stubbed
from bench.clients import IN_FLIGHT, POLICY, Ask, clients
from upstreams.bookings import parse_bookings
from upstreams.cache import FORGETFUL, Cache
from upstreams.caller import Caller
from upstreams.calls import Call, Kind
from upstreams.deadline import NEVER
from upstreams.dialect import Credentials, Dialect
from upstreams.http import Http
from upstreams.ledger import Ledger
from upstreams.listings import parse_listing, parse_own
from upstreams.within import Within

DETAIL, ROWS, LONG, PROJECT = ANSWERS
WHAT = {
    "detail": (DETAIL, partial(parse_own, "580:c9b26b5e-f9b5-4b5f-8525-000000000001")),
    "10 rows": (ROWS, partial(parse_listing, offset=0)),
    "35 rows": (LONG, partial(parse_listing, offset=0)),
    "12 assignments": (PROJECT, parse_bookings),
}
"""The answers, and what they are parsed with."""
WAVE = "and the caller, as one wave"
"""How most calls are made: all are asked for together, and waited for in one place."""
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}

Found = dict[tuple[str, str, str], list[float]]
"""Microseconds of each round, by loop, row and column."""


async def cost(ask: Ask, calls: int) -> float:
    """Microseconds of CPU a call with 32 in flight, of all threads of this process."""

    async def worker() -> None:
        for _ in range(calls // IN_FLIGHT):
            await ask()

    began = time.process_time()
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    return (time.process_time() - began) / calls * 1e6


async def together(ask: Callable[[int], Awaitable[object]], calls: int) -> float:
    """The same for so many calls that are asked for at once."""
    began = time.process_time()
    await ask(calls)
    return (time.process_time() - began) / calls * 1e6


def parts(http: Http, body: bytes, path: str, parse: Any) -> Iterator[tuple[str, Ask]]:
    """A call by its parts, and whole."""
    numbers, caller = count(), Caller(http, Cache(FORGETFUL))
    asked, within = Call(Kind.DETAIL, path, path), Within(caller, Ledger())

    async def nothing(_headers: Mapping[str, str]) -> None:
        pass

    async def parsed() -> object:
        return http.parsed(body, parse)

    yield "wire", lambda: http.wire.get(path, {})
    yield "guard", lambda: http.guard.call(path, nothing, NEVER)
    yield "decode and parse", parsed
    yield "all of these", lambda: http.get(asked, parse)

    def other() -> tuple[Call, Any]:
        return Call(Kind.DETAIL, path, path, (("n", str(next(numbers))),)), parse

    yield "and the caller", lambda: within.ask(*other())


def wave(http: Http, path: str, parse: Any) -> Callable[[int], Awaitable[object]]:
    """So many different calls at once."""
    within = Within(Caller(http, Cache(FORGETFUL)), Ledger())
    return lambda calls: within.asks([(Call(Kind.DETAIL, path, path, (("n", str(number)),)), parse) for number in range(calls)])


async def round_of(url: str, given: argparse.Namespace, loop: str, found: Found) -> None:
    """Everything once."""
    http = Http(Dialect("checkins", url, Credentials("user", "key"), policy=POLICY))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(http.aclose)
        for column, (path, parse) in WHAT.items():
            others = {} if given.ours else await clients(stack, f"{url}{path}")
            chunked = {"ours, in chunks": lambda path=path: http.wire.get(f"/chunked{path}", {})}
            body = (await http.wire.get(path, {})).body
            for row, ask in ({**others, **chunked} | dict(parts(http, body, path, parse))).items():
                await cost(ask, IN_FLIGHT * 2)
                found[loop, row, column].append(await cost(ask, given.calls))
            found[loop, WAVE, column].append(await together(wave(http, path, parse), given.calls))


def table(found: Found) -> Iterable[str]:
    """Medians and spread, in the order in which they were measured."""
    yield f"| loop | | {' | '.join(WHAT)} |"
    yield f"|---|---|{'---:|' * len(WHAT)}"
    for loop, row in dict.fromkeys((loop, row) for loop, row, _ in found):
        shown = [found[loop, row, column] for column in WHAT]
        cells = [f"{statistics.median(one):.0f} ({min(one):.0f} to {max(one):.0f})" for one in shown]
        yield f"| {loop} | {row} | {' | '.join(cells)} |"


async def main(given: argparse.Namespace) -> Found:
    """All rounds on all loops."""
    found: Found = defaultdict(list)
    async with stubbed() as url:
        for number in range(given.rounds):
            sys.stderr.write(f"round {number + 1} of {given.rounds}\n")
            for loop in LOOPS:
                await asyncio.to_thread(run, loop, url, given, found)
    return found


def run(loop: str, url: str, given: argparse.Namespace, found: Found) -> None:
    """One round on one loop."""
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(round_of(url, given, loop, found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=1_600, help="how many calls each is measured by in a round")
    parser.add_argument("--ours", action="store_true", help="leave the other clients out")
    sys.stdout.write("\n".join(table(asyncio.run(main(parser.parse_args())))) + "\n")
