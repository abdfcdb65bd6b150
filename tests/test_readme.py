"""The README tells the truth: its queries and commands run, its settings are the settings."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from graph.settings import PREFIX, Settings
from tests.graphs import TODAY
from tests.optional import optional
from tests.servers import finished, running
from tests.waiting import LONG

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = sorted((ROOT / "web" / "examples").glob("*.graphql"))


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """What the README tells a reader to type."""
    return [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]


SERVE = tuple(next(shlex.split(line)[1:] for line in commands() if line.startswith("crewgraph serve --today")))
"""How a reader serves the company that the README's answers are from: the flags after `crewgraph`."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which a reader works."""
    return tmp_path_factory.mktemp("readme")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(home: Path) -> AsyncIterator[str]:
    """The address of the server that the README tells a reader to start for the answers it shows."""
    async with running(*SERVE, home=home) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="module")
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of it."""
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=LONG) as one:
        yield one


async def ask(client: httpx.AsyncClient, query: str, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
    """The whole answer to a query."""
    found: dict[str, Any] = (await client.post("/graphql", json={"query": query, "variables": variables or {}})).json()
    return found


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("query", blocks("graphql"), ids=lambda query: " ".join(query.split())[:40])
async def test_a_readme_query_runs_and_finds_something(client: httpx.AsyncClient, query: str) -> None:
    answer = await ask(client, query)
    assert "errors" not in answer
    assert leaves(answer["data"])


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
async def test_an_example_of_the_page_runs_and_finds_something(client: httpx.AsyncClient, path: Path) -> None:
    answer = await ask(client, path.read_text(encoding="utf-8"), {"days": 28})
    assert leaves(answer["data"])
    assert {error["extensions"]["code"] for error in answer.get("errors", ())} <= {"IDENTITY_AMBIGUOUS"}


def leaves(value: Any) -> list[Any]:
    """All values that are neither null nor empty."""
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in leaves(one)]
    return [] if value is None else [value]


@pytest.mark.asyncio(loop_scope="module")
async def test_the_answer_in_the_readme_is_the_real_one(client: httpx.AsyncClient) -> None:
    """The README shows how it begins: the project with the first of its people."""
    (told,) = blocks("json")
    printed, real = json.loads(told)["data"]["project"], (await ask(client, blocks("graphql")[0]))["data"]["project"]
    assert printed == {**real, "people": real["people"][:1]}


def test_the_costs_in_the_readme_are_measured_on_its_day() -> None:
    """They are measured by tests/questions, over the same company."""
    assert ("serve", "--today", str(TODAY)) == SERVE


def test_every_setting_is_documented_as_it_is() -> None:
    for name, field in Settings.model_fields.items():
        (row,) = re.findall(rf"^\| `{PREFIX}{name.upper()}` \| (.*?) \| (.*) \|$", README, re.MULTILINE)
        default = "" if field.default is None else f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"
        assert row == (default, field.description)
    assert {name.removeprefix(PREFIX).lower() for name in re.findall(rf"^\| `({PREFIX}\w+)`", README, re.MULTILINE)} == set(
        Settings.model_fields
    )


def test_every_code_of_an_error_is_explained() -> None:
    written = re.compile(r"""(?:\(\s*\d{3},\s*|"code":\s*|code(?:: ClassVar\[str\])? = |: \()"([A-Z]+(?:_[A-Z]+)+)\"""")
    sources = (path for folder in ("graph", "loaders", "upstreams") for path in (ROOT / folder).rglob("*.py"))
    found = {code for path in sources for code in written.findall(path.read_text(encoding="utf-8"))} | {"FORBIDDEN", "OVERLOADED"}
    unseen = {"UPSTREAM_NOT_FOUND"}  # clients of the upstreams turn it into null
    assert len(found) > 30
    assert {code for code in found - unseen if f"`{code}`" not in README} == set()


def test_the_two_commands_lead_the_readme() -> None:
    assert commands()[:2] == ["make serve", "make test"]
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"serve", "test"} <= set(targets)


@pytest.mark.asyncio(loop_scope="module")
async def test_every_other_command_of_the_readme_runs(address: str, home: Path) -> None:
    others = [words for line in commands()[2:] if (words := shlex.split(line))[1:] != [*SERVE] and words[1] != "keys"]
    assert {words[0] for words in others} == {"curl", "crewgraph"}
    if shutil.which("curl") is None:
        optional("curl is not installed")
    (home / "schema.graphql").write_text((ROOT / "schema.graphql").read_text())
    ended = await asyncio.gather(*(finished(*words[1:], home=home) for words in others if words[0] == "crewgraph"))
    assert [one.status for one in ended] == [0] * len(ended)
    for words in others:
        if words[0] == "curl":
            answer = await curled([word.replace("http://127.0.0.1:8000", address) for word in words])
            assert "errors" not in answer
            assert leaves(answer["data"])


async def test_the_key_of_the_readme_is_made_by_the_machines_clock(tmp_path: Path) -> None:
    (words,) = (words for line in commands() if (words := shlex.split(line))[:2] == ["crewgraph", "keys"])
    assert (await finished(*words[1:], home=tmp_path)).status == 0


async def curled(words: list[str]) -> dict[str, Any]:
    """What curl prints."""
    done = subprocess.run([*words, "--silent"], capture_output=True, check=True, timeout=LONG)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_flags_that_the_readme_names_exist() -> None:
    named = {flag for line in re.findall(r"`crewgraph ([^`]*)`", README) for flag in re.findall(r"--[a-z-]+", line)}
    source = (ROOT / "graph" / "cli.py").read_text()
    assert named
    for flag in named:
        assert f'"{flag}"' in source or f"    {flag[2:].replace('-', '_')}:" in source, flag
