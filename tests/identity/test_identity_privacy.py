"""Nothing personal in errors and log lines, whatever goes wrong and however much is logged."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import httpx
import pytest

from loaders.mapping import BrokenMapping, parse
from tests.identity.companies import Company, served
from tests.identity.verdicts import BY_EMAIL, PEOPLE

SECRETS = ("Ann", "Lee", "Joann", "example.com", "office", "4711")


def offices() -> Company:
    """Everything that can be ambiguous, with a number and a property to leak."""
    company = Company()
    company.worker("Ann Lee", "w1", number="4711")
    company.worker("Ann Lee", "w2", number="4712")
    company.worker("Joann Lee", "w3")
    company.worker("Lee\x07 Ann", "w4")
    company.user("Ann Lee", "office@example.com", "a", properties={"No": "4711"})
    company.user("Joann Lee", "joann@example.com", "j", submitted=0, unsubmitted=2)
    company.user("Bo Lee", "office@example.com", "b")
    return company


def told(answer: dict[str, object]) -> list[str]:
    """The secrets in an answer's errors."""
    return [one for one in SECRETS if one in json.dumps(answer.get("errors", []))]


@pytest.mark.parametrize("modes", ["exact", "substring"])
async def test_errors_and_log_lines_name_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture, modes: str) -> None:
    with caplog.at_level(logging.DEBUG):
        async with served(offices(), tmp_path, employee_number_property="No") as graph:
            everybody = await graph.ask(PEOPLE)
            by_email = await graph.ask(BY_EMAIL, email="office@example.com")
    assert everybody["errors"]
    assert by_email["errors"]
    assert (told(everybody), told(by_email)) == ([], [])
    assert [one for one in SECRETS if one in caplog.text] == []


@pytest.mark.parametrize("status", [401, 404, 429, 500])
async def test_an_upstream_that_fails_leaks_nothing_of_the_question(tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int) -> None:
    class Failing(httpx.AsyncBaseTransport):
        """Check-ins fails and echoes the question."""

        def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
            self.inner = inner

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.startswith("/api/"):
                return httpx.Response(status, text=f"no: {request.url}")
            return await self.inner.handle_async_request(request)

    with caplog.at_level(logging.DEBUG):
        async with served(offices(), tmp_path) as graph:
            graph.switch.inner = Failing(graph.switch.inner)
            answer = await graph.ask(BY_EMAIL, email="office@example.com")
            people = await graph.ask(PEOPLE)
    assert (told(answer), told(people)) == ([], [])
    assert [one for one in SECRETS if one in caplog.text] == []


def test_a_broken_mapping_names_lines_and_no_emails() -> None:
    with pytest.raises(BrokenMapping) as broken:
        parse("person_id,email\nw1,ann@example.com\nw1,ANN@example.com\nw2,office at example.com\n")
    assert [one for one in SECRETS if one in str(broken.value)] == []


async def test_a_cursor_does_not_depend_on_what_an_account_shows_so_that_nothing_of_it_can_be_guessed_back(tmp_path: Path) -> None:
    query = '{ person(id: "w1") { checkIns(first: 1) { pageInfo { endCursor } } } }'
    found = set()
    for email in ("ann@example.com", "lee@example.com"):
        company, folder = Company(), tmp_path / email
        company.worker("Ann Lee", "w1")
        company.user("Ann Lee", email, "a", submitted=3, properties={"Born": email})
        folder.mkdir()
        async with served(company, folder) as graph:
            found.add((await graph.data(query))["person"]["checkIns"]["pageInfo"]["endCursor"])
    assert len(found) == 1
