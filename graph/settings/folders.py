"""Folders that a program may write to: in a container there may be none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


def is_writable(folder: Path) -> bool:
    """Whether files can be made in a folder, which is itself made where it does not exist yet."""
    nearest = next((one for one in (folder, *folder.parents) if one.exists()), None)
    return nearest is not None and nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def list_folders(variable: str, beside_home: str) -> Iterator[Path]:
    """Yield where a kind of file may be kept, best first: the folder of an XDG variable, that of the user, and the temporary one."""
    if given := os.environ.get(variable):
        yield Path(given) / "crewgraph"
    elif home := os.environ.get("HOME"):
        yield Path(home) / beside_home / "crewgraph"
    try:
        yield Path(tempfile.gettempdir()) / "crewgraph"
    except FileNotFoundError:
        return
