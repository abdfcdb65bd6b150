"""Imports point one way, and the lock files and texts name no registry."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("graph", "resolvers", "loaders", "upstreams", "sandbox")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def test_imports_point_one_way() -> None:
    """The contracts are in pyproject.toml."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_imports_and_nothing_is_imported_for_type_checkers_only(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert not [node.name for node in functions if any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))]
    assert "TYPE_CHECKING" not in path.read_text(encoding="utf-8")


def test_no_file_names_a_package_registry_or_a_machines_path() -> None:
    hosts = re.compile(r"pythonhosted|pypi\.org|npmjs\.(?:org|com)|/ro" r"ot/|/home/\w+/")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    texts = [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file() and path != Path(__file__)]
    assert len(texts) > 100
    assert not [path.name for path in texts if hosts.search(path.read_text(encoding="utf-8", errors="ignore"))]
