"""An attribution by a link's filter is as good as that link: it ends with it, also when the rows are still on their way."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from tests.identity.companies import Company, sandboxed, served
from tests.sharing.test_lists_and_scans import ALONE, together

NUMBER = "Number"
BOTH = '{ ann: checkIn(id: "a-1") { responses { personEmail } } namesake: checkIn(id: "b-1") { responses { personEmail } } }'
"""What shows that the email is somebody else's by now."""


def office(ann: str, *, namesake: bool) -> Company:
    """Five people, the first of them Ann Lee with this email; a namesake may have got the one that she had."""
    company = Company()
    company.worker("Ann Lee", "w", number="7")
    company.user("Ann Lee", ann, "a", submitted=3, properties={NUMBER: "7"})
    for number in range(4):
        company.worker(f"Person {number}", f"w{number}")
        company.user(f"Person {number}", f"{number}@example.com", f"a{number}", submitted=3)
    if namesake:
        company.user("Ann Lee", "ann@example.com", "b", submitted=4, properties={NUMBER: "8"})
    return company


class Held(httpx.AsyncBaseTransport):
    """Upstreams that keep the list of one email waiting until they are let go."""

    def __init__(self, inner: httpx.AsyncBaseTransport, email: str) -> None:
        self.inner, self.email = inner, email
        self.came, self.go = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        if request.url.params.get("person_email") == self.email:
            self.came.set()
            await self.go.wait()
        return answer


async def test_rows_that_come_after_their_link_was_broken_are_attributed_to_nobody(tmp_path: Path) -> None:
    before, after = office("ann@example.com", namesake=False), office("ann.lee@example.com", namesake=True)
    async with served(before, tmp_path, employee_number_property=NUMBER) as one:
        await together(one)
        one.switch.inner = held = Held(sandboxed(after, tmp_path), "ann@example.com")
        asking = asyncio.create_task(one.ask(ALONE, id="w"))
        await asyncio.wait_for(held.came.wait(), 5)
        one.switch.inner = held.inner
        await one.ask(BOTH)
        held.go.set()
        await asking
        for _ in range(2):
            shown = (await together(one))["w"]
            assert {row["id"] for row in shown["nodes"]} == after.rows["a"], "nothing of her namesake's"


async def test_rows_that_came_before_their_link_was_broken_are_attributed_to_nobody_either(tmp_path: Path) -> None:
    before, after = office("ann@example.com", namesake=False), office("ann.lee@example.com", namesake=True)
    async with served(before, tmp_path, employee_number_property=NUMBER) as one:
        await together(one)
        one.switch.inner = sandboxed(after, tmp_path)
        await one.ask(ALONE, id="w")
        await one.ask(BOTH)
        for _ in range(2):
            shown = (await together(one))["w"]
            assert {row["id"] for row in shown["nodes"]} == after.rows["a"], "nothing of her namesake's"
