"""What the tests of the sandbox share: one day, and clients that speak to it in process."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

import sandbox

TODAY = date(2026, 11, 18)  # a Wednesday
ROOT = "/v2/companies/sandbox"

Clock = Callable[[], datetime]


def noon(day: date = TODAY) -> Clock:
    """A clock that shows noon of a day, in UTC, for ever."""
    return lambda: datetime.combine(day, time(12), UTC)


def serve(path: Path, **options: Any) -> httpx.AsyncClient:
    """A client of the sandbox over a file; the clock shows TODAY unless it is given."""
    return client(sandbox.create_app(path, sandbox.Options(**{"clock": noon(), **options})))


def client(app: Starlette) -> httpx.AsyncClient:
    """A client of an app in process."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox.test")
