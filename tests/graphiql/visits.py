"""Visits to the page in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, ConsoleMessage, Page, Request, expect

from tests.waiting import LONG

PATIENCE = LONG * 1000
"""In Playwright's milliseconds."""
expect.set_options(timeout=PATIENCE)


class Visit:
    """A page in a browser profile of its own, and what it complained of and asked for since it was opened."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        page.on("console", self.heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.context.on("request", lambda request: self.requests.append(request))

    def heard(self, message: ConsoleMessage) -> None:
        """Policy violations arrive here as well: Chromium reports them as console errors."""
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    async def open(self) -> None:
        await self.page.goto(f"{self.origin}/graphql")
        await self.page.locator(".graphiql-query-editor .view-line").first.wait_for()

    async def run(self) -> str:
        """Run is pressed and the answer is there: its visible text, blanks made plain."""
        await self.page.get_by_role("button", name="Execute query").click()
        answer = self.page.locator(".result-window .view-lines")
        await expect(answer).to_contain_text("{")
        return (await answer.inner_text()).replace("\xa0", " ")


@asynccontextmanager
async def visiting(browser: Browser, origin: str, scheme: Literal["light", "dark"] = "light") -> AsyncIterator[Visit]:
    """A first visit: a browser profile with nothing in it, and the page open."""
    async with await browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme) as context:
        context.set_default_timeout(PATIENCE)
        visit = Visit(await context.new_page(), origin)
        await visit.open()
        yield visit
