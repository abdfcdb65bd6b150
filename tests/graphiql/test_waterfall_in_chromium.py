"""The trace's panel in a real browser: the waterfall, and what is said when there is none."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Route, expect
from starlette.types import ASGIApp

from graph.app import create_app
from loaders.known import Rules
from sandbox import Options, build
from sandbox import create_app as create_sandbox
from tests.graphiql.traces import DETAIL, LIST, SCAN, answer, call, queued, told, walk
from tests.graphiql.visits import Visit, visiting
from tests.graphs import TODAY, noon, upstreams

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]
HEADER = "x-crewgraph-trace"
LEGEND = ["Check-ins", "Workforce", "Waiting to be sent", "From a cache", "Joined another request", "Failed"]
STYLE = "(bar, name) => getComputedStyle(bar)[name]"
# Whether the pane needs a horizontal scroll bar.
OVERFLOWS = "pane => pane.scrollWidth > pane.clientWidth"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> ASGIApp:
    """The whole graph over the default sandbox, whose upstreams take 20 ms a call."""
    database = tmp_path_factory.mktemp("company") / "300.sqlite"
    build(database, today=TODAY)
    transport = httpx.ASGITransport(create_sandbox(database, Options(latency_ms=20, clock=noon)))
    return create_app(upstreams(transport), Rules(clock=noon))


@pytest_asyncio.fixture(loop_scope="module")
async def panel(visit: Visit) -> AsyncIterator[Visit]:
    """A first visit with the panel open, which ends without a complaint in the console."""
    await show(visit)
    yield visit
    assert visit.complaints == []


async def show(visit: Visit) -> None:
    await visit.page.get_by_role("button", name="Show Trace").click()
    await region(visit).wait_for()


def region(visit: Visit) -> Locator:
    return visit.page.get_by_role("region", name="Trace", exact=True)


def rows(visit: Visit, name: str = "") -> Locator:
    """The rows of the waterfall whose accessible name has ``name`` in it, without the axis."""
    return visit.page.locator(".waterfall tbody").get_by_role("row", name=name or None)


async def run(visit: Visit, reply: Json) -> str:
    """The visible answer of an operation that the server answers so; the schema comes from the server as ever."""

    async def respond(route: Route) -> None:
        body = route.request.post_data_json
        if body is None or body["operationName"] == "IntrospectionQuery":
            await route.fallback()
        else:
            await route.fulfill(json=reply)

    await visit.page.route("**/graphql", respond)
    shown = await visit.run()
    if reply.get("extensions", {}).get("trace", {}).get("calls"):
        await expect(rows(visit).first).to_be_visible()
    return shown


def sent(visit: Visit) -> list[tuple[str, str | None]]:
    """Each operation that was sent, with its header."""
    asked = [(json.loads(request.post_data or ""), request.headers) for request in visit.requests if request.method == "POST"]
    return [(body["operationName"], headers.get(HEADER)) for body, headers in asked]


async def boxes(bars: Locator) -> list[tuple[float, float]]:
    """Where each bar begins and how wide it is, in pixels."""
    found = [await bar.bounding_box() for bar in await bars.all()]
    return [(box["x"], box["width"]) for box in found if box]


async def colour(row: Locator) -> str:
    return str(await row.locator(".bar").evaluate(STYLE, "backgroundColor"))


async def test_a_trace_is_asked_for_with_the_readers_operation_and_not_with_graphiqls_own(panel: Visit) -> None:
    await run(panel, answer(walk()))
    assert sent(panel) == [("IntrospectionQuery", None), ("Walk", "1")]


async def test_the_trace_is_in_the_panel_and_not_in_the_result(panel: Visit) -> None:
    shown = await run(panel, answer(walk()))
    await expect(rows(panel).first).to_be_visible()
    assert '"p1"' in shown
    assert "extensions" not in shown


async def test_other_extensions_stay_in_the_result(panel: Visit) -> None:
    shown = await run(panel, answer(walk(), freshness={"workforce": 3}))
    assert '"freshness"' in shown
    assert '"trace"' not in shown


async def test_unticked_no_trace_is_asked_for_and_the_choice_outlives_the_visit(panel: Visit) -> None:
    box = panel.page.get_by_role("checkbox", name="Trace what I run")
    await box.uncheck()
    await run(panel, answer(None))
    await expect(region(panel)).to_contain_text("The last operation ran without tracing.")
    await panel.open()
    await expect(box).not_to_be_checked()
    await panel.run()
    assert {header for _, header in sent(panel)} == {None}


async def test_a_trace_that_the_reader_asked_for_by_hand_stays_in_the_result(panel: Visit) -> None:
    await panel.page.get_by_role("checkbox", name="Trace what I run").uncheck()
    assert '"trace"' in await run(panel, answer(told([])))


async def test_the_summary_says_it_all_in_a_line(panel: Visit) -> None:
    await run(panel, answer(walk()))
    line = "97 calls · 4 waves · 192 ms · 42 from cache · 1 joined · 1 failed · budget 54 of 500"
    await expect(region(panel).get_by_role("status")).to_have_text(f"Walk {line}")


async def test_one_call_and_no_limit_are_said_in_good_english(panel: Visit) -> None:
    budget = {"limit": 1 << 60, "spent": 1, "least": None, "likely": None}
    await run(panel, answer(told([call(SCAN, 1, 0, 5.25)], milliseconds=1234.5, budget=budget)))
    await expect(region(panel).get_by_role("status")).to_have_text("Walk 1 call · 1 wave · 1.23 s")
    await expect(region(panel)).not_to_contain_text("Estimated")


async def test_the_legend_names_every_kind_of_bar(panel: Visit) -> None:
    await run(panel, answer(walk()))
    legend = panel.page.get_by_role("list", name="Legend").get_by_role("listitem")
    await expect(legend).to_have_text(LEGEND)


async def test_waves_follow_one_another_with_their_calls(panel: Visit) -> None:
    await run(panel, answer(walk()))
    waves = [await row.get_attribute("aria-label") for row in await rows(panel, "Wave ").all()]
    assert waves == [
        "Wave 1: 1 call, 38 ms from 1.2 ms",
        "Wave 2: 2 calls, 36 ms from 40 ms",
        "Wave 3: 42 calls, 76 ms from 77 ms",
        "Wave 4: 52 calls, 28 ms from 156 ms",
    ]
    assert await panel.page.locator(".waterfall tbody").evaluate_all("waves => waves.map(wave => wave.rows.length)") == [2, 3, 4, 12]


async def test_a_bar_begins_when_its_call_began_and_is_as_wide_as_the_call_was_long(panel: Visit) -> None:
    await run(panel, answer(told([call(SCAN, 1, 0, 50), call(LIST, 2, 50, 25), call(LIST, 2, 75, 25)])))
    plot = await panel.page.locator("tbody .plot > div").first.bounding_box()
    assert plot is not None
    left, width = plot["x"], plot["width"]
    bars = await boxes(panel.page.locator("tbody .bar"))
    assert bars == [
        pytest.approx((left, width / 2), abs=1),
        pytest.approx((left + width / 2, width / 4), abs=1),
        pytest.approx((left + 3 * width / 4, width / 4), abs=1),
    ]


async def test_the_axis_has_round_ticks_where_they_belong(panel: Visit) -> None:
    await run(panel, answer(told([call(SCAN, 1, 0, 50)], milliseconds=110)))
    ticks = panel.page.locator(".tick")
    await expect(ticks).to_have_text(["50 ms", "100 ms"])
    (_, half), (_, whole) = await boxes(ticks)
    assert whole == pytest.approx(2 * half, abs=1)


async def test_the_lighter_part_of_a_bar_is_the_time_before_it_was_sent(panel: Visit) -> None:
    await run(panel, answer(told([call(LIST, 1, 0, 80, waited=20.0)])))
    row = rows(panel, "80 ms from 0 ms, 20 ms of it waiting to be sent")
    ((_, bar),) = await boxes(row.locator(".bar"))
    ((_, waiting),) = await boxes(row.locator(".waiting"))
    assert waiting == pytest.approx(bar / 4, abs=1)


async def test_upstreams_failures_caches_and_joined_calls_differ_in_looks_and_in_name(panel: Visit) -> None:
    failure = call(LIST, 1, 0, 30, outcome="UPSTREAM_TIMEOUT", attempt=2)
    known = [call(LIST, 1, place, 30, source=source) for place, source in enumerate(["cache", "stale", "shared", "joined"])]
    await run(panel, answer(told([call(SCAN, 1, 0, 30), call(LIST, 1, 0, 30), failure, *known])))
    failing = rows(panel, "attempt 2, failed with UPSTREAM_TIMEOUT")
    colours = {await colour(row) for row in (rows(panel, "Workforce"), rows(panel, "Check-ins").first, failing)}
    assert len(colours) == 3
    await expect(failing).to_contain_text("✕ UPSTREAM_TIMEOUT, attempt 2")
    for name in ("from memory", "from memory, which is being renewed", "from the shared cache"):
        assert "repeating-linear-gradient" in await rows(panel, name).last.locator(".bar").evaluate(STYLE, "backgroundImage")
    assert await rows(panel, "by joining another request").locator(".bar").evaluate(STYLE, "borderStyle") == "solid"


async def test_many_alike_calls_are_one_row_that_opens(panel: Visit) -> None:
    await run(panel, answer(told(queued(LIST, 1, 0, 40), milliseconds=110)))
    fold = rows(panel, "40 calls of Check-ins /api/v2/checkins/, 76 ms from 0 ms, at most 16 at once")
    await expect(rows(panel)).to_have_count(2)
    await fold.click()
    await expect(rows(panel)).to_have_count(42)
    await fold.click()
    await expect(rows(panel)).to_have_count(2)


async def test_twenty_alike_calls_and_those_of_another_fate_stand_alone(panel: Visit) -> None:
    await run(panel, answer(told([*queued(LIST, 1, 0, 20), call(LIST, 1, 0, 9, outcome="UPSTREAM_ERROR")])))
    await expect(rows(panel)).to_have_count(22)


async def test_thousands_of_calls_are_few_rows_and_those_left_out_are_counted(panel: Visit) -> None:
    await run(panel, answer(told(queued(LIST, 1, 0, 1000) + queued(DETAIL, 2, 1700, 1000), omitted=1234, milliseconds=3300)))
    await expect(rows(panel)).to_have_count(4)
    await expect(region(panel).get_by_role("status")).to_contain_text("3,234 calls")
    await expect(region(panel)).to_contain_text("1,234 more calls not shown")


async def test_the_keyboard_reaches_every_row_and_opens_a_fold(panel: Visit) -> None:
    await run(panel, answer(walk()))
    press = panel.page.keyboard.press
    await panel.page.get_by_role("checkbox", name="Trace what I run").focus()
    await press("Tab")
    await expect(panel.page.get_by_role("treegrid", name="Upstream calls over time")).to_be_focused()
    await press("ArrowDown")
    await expect(rows(panel, "Wave 1")).to_be_focused()
    for _ in range(6):
        await press("ArrowDown")
    fold = rows(panel, "40 calls")
    await expect(fold).to_be_focused()
    await expect(panel.page.get_by_role("tooltip")).to_contain_text("40, at most 16 at once")
    for key, state in (("Enter", "true"), (" ", "false"), ("ArrowRight", "true"), ("ArrowLeft", "false")):
        await press(key)
        await expect(fold).to_have_attribute("aria-expanded", state)
    await press("End")
    await expect(rows(panel).last).to_be_focused()
    await press("Home")
    await expect(rows(panel).first).to_be_focused()


async def test_pointing_at_a_row_tells_all_of_the_call(panel: Visit) -> None:
    await run(panel, answer(told([call(SCAN, 1, 1.5, 40, keys=40, waited=4.0)])))
    await rows(panel, "Workforce").hover()
    facts = ["Workforce", SCAN, "40 keys", "1.5 ms", "40 ms, 4 ms of it waiting to be sent", "from the network", "1", "ok"]
    tooltip = panel.page.locator(".graphiql-tooltip > .trace-facts dd")
    await expect(tooltip).to_have_text(facts)


async def test_the_plans_say_what_was_chosen_and_what_else_would_have_cost(panel: Visit) -> None:
    await run(panel, answer(walk()))
    plans = region(panel).get_by_role("region", name="Plans").get_by_role("row")
    assert [(await row.inner_text()).split("\t") for row in await plans.all()] == [
        ["Plan", "Keys", "Chosen", "Calls", "Instead of"],
        ["assignments", "40", "scan", "3", "one call each: 40"],
        ["check-ins", "40", "list each", "40", "window scan: 112"],
    ]
    await expect(region(panel)).to_contain_text("Estimated before it ran: at least 42 calls, likely 141.")


async def test_identities_are_counted_by_status_and_method_and_listed_on_demand(panel: Visit) -> None:
    await run(panel, answer(walk()))
    identities = region(panel).get_by_role("region", name="Identities")
    counts = ["38 people matched by unique name", "1 person ambiguous", "1 person unmatched"]
    await expect(identities.locator("summary")).to_have_text(counts)
    await identities.get_by_text("1 person ambiguous").click()
    await expect(identities.get_by_text("8fd8a001")).to_be_visible()
    await expect(identities.get_by_text("8fd8a002")).to_be_hidden()


async def test_before_the_first_run_the_panel_says_what_will_be_there(panel: Visit) -> None:
    await expect(region(panel)).to_contain_text("Run an operation to see its upstream calls here.")
    await panel.page.get_by_role("checkbox", name="Trace what I run").uncheck()
    await expect(region(panel)).to_contain_text("Tick the box, then run")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answer(None), "This server does not allow tracing."),
        ({"errors": [{"message": "Unknown field."}]}, "The operation was not run, so there is nothing to trace."),
        (answer(told([], waves=0)), "The operation made no upstream call."),
    ],
)
async def test_why_there_is_no_picture_is_told_in_words(panel: Visit, reply: Json, words: str) -> None:
    await run(panel, reply)
    await expect(region(panel)).to_contain_text(words)
    await expect(panel.page.get_by_role("treegrid")).to_have_count(0)


@pytest.mark.parametrize("width", [1024, 1440])
async def test_nothing_sticks_out_of_the_panel(panel: Visit, width: int) -> None:
    await panel.page.set_viewport_size({"width": width, "height": 900})
    await run(panel, answer(walk()))
    await rows(panel).first.wait_for()
    assert await panel.page.locator(".graphiql-plugin").evaluate(OVERFLOWS) is False


async def test_the_waterfall_has_its_own_colours_in_the_dark(panel: Visit, browser: Browser, origin: str, artifacts: Path) -> None:
    await run(panel, answer(walk()))
    async with visiting(browser, origin, "dark") as dark:
        await show(dark)
        await run(dark, answer(walk()))
        for name in ("Workforce", "failed with UPSTREAM_TIMEOUT"):
            assert await colour(rows(dark, name).first) != await colour(rows(panel, name).first)
        await dark.page.screenshot(path=artifacts / "waterfall-dark.png")


async def test_the_server_itself_is_traced_beside_its_answer(panel: Visit, artifacts: Path) -> None:
    shown = await panel.run()
    await expect(rows(panel, "from the network").first).to_be_visible()
    await panel.page.screenshot(path=artifacts / "waterfall.png")
    assert '"checkIns"' in shown
    assert '"trace"' not in shown
    await expect(region(panel).get_by_role("status")).to_contain_text(re.compile(r"Walk \d+ calls · \d+ waves · "))
