"""The README tells the truth: its queries and commands run, its settings are the settings."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from graph.settings import PREFIX, Settings
from loaders.known import Rules
from sandbox import Options, build
from tests.graphs import Graph, graph
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


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company that `make serve` makes."""
    path = tmp_path_factory.mktemp("company") / "300.sqlite"
    build(path)
    return path


@pytest.fixture
async def served(company: Path) -> AsyncIterator[Graph]:
    """The graph over it, today."""
    async with graph(company, options=Options(), rules=Rules()) as one:
        yield one


@pytest.mark.parametrize("query", blocks("graphql"), ids=lambda query: " ".join(query.split())[:40])
async def test_a_readme_query_runs_and_finds_something(served: Graph, query: str) -> None:
    data = await served.data(query)
    assert leaves(data)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
async def test_an_example_of_the_page_runs_and_finds_something(served: Graph, path: Path) -> None:
    answer = await served.ask(path.read_text(encoding="utf-8"), **{"from": "2026-01-01", "to": "2026-01-31"})
    assert leaves(answer["data"])
    assert {error["extensions"]["code"] for error in answer.get("errors", ())} <= {"IDENTITY_AMBIGUOUS"}


def leaves(value: Any) -> list[Any]:
    """All values that are neither null nor empty."""
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in leaves(one)]
    return [] if value is None else [value]


async def test_the_answer_in_the_readme_has_the_shape_and_the_names_of_the_real_one(served: Graph) -> None:
    (told,) = blocks("json")
    real = await served.data(blocks("graphql")[0])
    printed = json.loads(told)["data"]["project"]
    first = real["project"]["people"][0]
    assert printed["name"] == real["project"]["name"]
    assert printed["people"][0]["name"] == first["name"]
    assert abs(printed["people"][0]["checkIns"]["totalCount"] - first["checkIns"]["totalCount"]) < 10  # it grows and shrinks by the week
    assert [keys(row) for row in printed["people"][0]["checkIns"]["nodes"]] == [keys(row) for row in first["checkIns"]["nodes"]]


def keys(value: Any) -> Any:
    """The shape of an answer, down to its field names."""
    if isinstance(value, dict):
        return {name: keys(one) for name, one in value.items()}
    return [keys(value[0])] if isinstance(value, list) and value else None


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


async def test_every_other_command_of_the_readme_runs(tmp_path: Path) -> None:
    others = [shlex.split(line) for line in commands()[2:]]
    assert {words[0] for words in others} == {"curl", "crewgraph"}
    if shutil.which("curl") is None:
        optional("curl is not installed")
    (tmp_path / "schema.graphql").write_text((ROOT / "schema.graphql").read_text())
    async with running("serve", home=tmp_path) as address:
        for words in others:
            if words[0] == "crewgraph":
                assert (await finished(*words[1:], home=tmp_path)).status == 0
            else:
                answer = await curled([word.replace("http://127.0.0.1:8000", address) for word in words])
                assert "errors" not in answer
                assert leaves(answer["data"])


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
