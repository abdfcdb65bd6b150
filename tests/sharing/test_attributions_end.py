"""An attribution by a link's filter is as good as that link: it ends with it, also when the rows are still on their way."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.identity.companies import Company, Held, sandboxed, served
from tests.sharing.test_lists_and_scans import ALONE, together
from tests.waiting import until

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


async def test_rows_that_come_after_their_link_was_broken_are_attributed_to_nobody(tmp_path: Path) -> None:
    before, after = office("ann@example.com", namesake=False), office("ann.lee@example.com", namesake=True)
    async with served(before, tmp_path, employee_number_property=NUMBER) as one:
        await together(one)
        one.switch.inner = held = Held(sandboxed(after, tmp_path), person_email="ann@example.com")
        asking = asyncio.create_task(one.ask(ALONE, id="w"))
        await until(held.came.is_set)
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
