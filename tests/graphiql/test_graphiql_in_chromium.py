"""The page in a real browser, with every host but the server's own out of reach."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.graphiql.visits import Visit, visiting
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

# The page stores its tabs half a second after the last change to them: this resolves once a tab is gone from the store.
STORED = """gone => new Promise(done => {
    const look = () => JSON.stringify(localStorage).includes(gone) ? setTimeout(look, 50) : done();
    look();
})"""
EXAMPLES = ["Walk", "OnePerson", "Assignments", "OneCheckIn", "TimeOff", "Identity", "Overdue", "Clashes", "Summary"]


async def write(visit: Visit, query: str) -> None:
    """The query editor holds ``query``; inserted whole, as a paste is, so that the editor closes no brackets of its own."""
    await visit.page.locator(".graphiql-query-editor .view-lines").click()
    await visit.page.keyboard.press("ControlOrMeta+A")
    await visit.page.keyboard.insert_text(query)


def tabs(visit: Visit) -> Locator:
    return visit.page.locator(".graphiql-tab-button")


async def close(visit: Visit, name: str) -> None:
    """The tab of that name is closed, by the cross that shows when the mouse is over it."""
    tab = visit.page.get_by_role("tab").filter(has_text=name)
    await tab.hover()
    await tab.get_by_role("button", name="Close Tab").click()


async def test_a_first_visit_opens_with_the_examples_and_the_walk_first(visit: Visit) -> None:
    assert await visit.page.title() == "Crewgraph"
    await expect(tabs(visit)).to_have_text(EXAMPLES)
    await expect(visit.page.locator(".graphiql-tab-active .graphiql-tab-button")).to_have_text("Walk")


async def test_run_shows_the_answer_of_the_walk(visit: Visit, artifacts: Path) -> None:
    answer = await visit.run()
    await visit.page.screenshot(path=artifacts / "graphiql.png")
    assert '"data": {' in answer
    assert '"errors"' not in answer
    assert '"checkIns"' in answer


async def test_the_page_breaks_no_policy_logs_no_error_and_asks_no_other_host(visit: Visit) -> None:
    await visit.run()
    await visit.page.get_by_role("button", name="Prettify query").click()
    await visit.page.get_by_role("button", name="Show Documentation Explorer").click()
    await visit.page.wait_for_load_state("networkidle")
    await until(lambda: any("editor.worker" in request.url for request in visit.requests))
    assert visit.complaints == []
    assert {request.url.startswith((visit.origin, "data:")) for request in visit.requests} == {True}


async def test_queries_are_sent_as_json_and_prefer_graphql_responses(visit: Visit) -> None:
    await visit.run()
    sent = [request.headers for request in visit.requests if request.method == "POST"]
    assert {headers["content-type"] for headers in sent} == {"application/json"}
    assert {headers["accept"] for headers in sent} == {"application/graphql-response+json, application/json"}


async def test_a_syntax_error_is_marked(visit: Visit) -> None:
    await write(visit, "query Broken { projects(")
    await visit.page.locator(".graphiql-query-editor .squiggly-error").first.wait_for(state="attached")


async def test_an_unknown_field_is_marked_by_the_schema(visit: Visit) -> None:
    await write(visit, "query Unknown { projects(first: 1) { nodes { salary } } }")
    await visit.page.locator(".graphiql-query-editor .squiggly-error").first.wait_for(state="attached")


async def test_completion_offers_the_fields_of_the_schema(visit: Visit) -> None:
    await write(visit, "{ ")
    await visit.page.keyboard.press("Control+Space")
    await expect(visit.page.locator(".suggest-widget")).to_contain_text("projects")


async def test_the_documentation_walks_the_schema(visit: Visit) -> None:
    await visit.page.get_by_role("button", name="Show Documentation Explorer").click()
    explorer = visit.page.locator(".graphiql-doc-explorer")
    await explorer.get_by_role("link", name="Query", exact=True).click()
    await expect(explorer).to_contain_text("projects")


async def test_a_returning_reader_finds_their_own_tabs(visit: Visit) -> None:
    await visit.page.get_by_role("button", name="New tab").click()
    await write(visit, "query Mine { projects(first: 2) { nodes { id } } }")
    await expect(visit.page.locator(".graphiql-tab-active .graphiql-tab-button")).to_have_text("Mine")
    await close(visit, "OnePerson")
    await visit.page.evaluate(STORED, "OnePerson")
    await visit.open()
    await expect(tabs(visit)).to_have_text(["Walk", *EXAMPLES[2:], "Mine"])


async def test_a_closed_example_opens_again_from_the_examples_panel(visit: Visit) -> None:
    await close(visit, "Walk")
    await visit.page.get_by_role("button", name="Show Examples").click()
    await visit.page.get_by_role("region", name="Examples").get_by_role("button", name="Walk").click()
    await expect(visit.page.locator(".graphiql-tab-active .graphiql-tab-button")).to_have_text("Walk")
    assert '"checkIns"' in await visit.run()


async def test_an_example_about_a_span_of_days_asks_about_four_weeks(visit: Visit) -> None:
    """Counted from the server's today, not the browser's: a company may be pinned to a day."""
    await visit.page.get_by_role("button", name="Assignments", exact=True).click()
    await visit.page.get_by_role("button", name="Variables").click()
    await expect(visit.page.locator(".graphiql-editor-tool .view-lines").first).to_contain_text('"days": 28')
    assert '"startDay"' in await visit.run()


async def test_stopping_a_query_aborts_its_request(visit: Visit) -> None:
    await visit.page.route("**/graphql", lambda route: None)
    async with visit.page.expect_event("requestfailed"):
        await visit.page.get_by_role("button", name="Execute query").click()
        await visit.page.get_by_role("button", name="Stop query").click()


async def test_a_server_out_of_reach_is_told_in_words(visit: Visit) -> None:
    await visit.page.context.set_offline(True)
    assert "The server could not be reached" in await visit.run()


async def test_an_answer_that_is_not_graphql_is_told_in_words(visit: Visit) -> None:
    await visit.page.route("**/graphql", lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>"))
    assert "status 502" in await visit.run()


async def test_the_page_follows_the_system_into_the_dark(browser: Browser, origin: str, artifacts: Path) -> None:
    async with visiting(browser, origin, "dark") as visit:
        await visit.page.get_by_role("button", name="Show Examples").click()
        await visit.run()
        await visit.page.screenshot(path=artifacts / "graphiql-dark.png")
        shade = await visit.page.evaluate("getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor")
    assert sum(map(int, shade.removeprefix("rgb(").removesuffix(")").split(","))) < 3 * 64
