"""What the tests of operating ask: a query, and the numbers that Prometheus would read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from graph.operating.line import Line

WALK = "{ projects(first: 3) { nodes { name people { name email checkIns(first: 1) { totalCount } timeOff { reason } } } } }"
NAMES = "{ projects(first: 1) { nodes { name } } }"
LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


async def numbers(client: httpx.AsyncClient, **headers: str) -> dict[str, float]:
    """Each sample by its name and labels, as it is written."""
    answer = await client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return {f"{name}{{{labels}}}" if labels else name: float(value) for name, labels, value in LINE.findall(answer.text)}


@asynccontextmanager
async def turn(line: Line) -> AsyncIterator[None]:
    """Inside it is one's turn. Raises Overloaded when it does not come in time."""
    await line.wait()
    try:
        yield
    finally:
        line.leave()
