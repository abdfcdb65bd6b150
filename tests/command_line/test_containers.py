"""The command where nothing can be written, as in a container with a read-only root."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from graph.plainly import plainly
from tests.optional import optional
from tests.servers import COMMAND, finished
from tests.waiting import LONG

READ_ONLY = """
mount --make-rprivate /
for folder in / /tmp /var/tmp /dev/shm "$1"; do mount --bind "$folder" "$folder"; mount -o remount,bind,ro "$folder"; done 2>/dev/null
touch /x /tmp/x 2>/dev/null && exit 77
shift; cd /; exec env -i HOME=/ PATH="$PATH" "$@"
"""
REAL = {"CREWGRAPH_CHECKINS_URL": "http://127.0.0.1:9", "CREWGRAPH_WORKFORCE_URL": "http://127.0.0.1:9", "CREWGRAPH_WORKFORCE_COMPANY": "c"}
LINKS = "set CREWGRAPH_LINK_FILE to a file in one that can"


def unshared() -> list[str]:
    """What gives a process a view of the machine's files of its own; skips where that is not allowed."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        optional("this process may not change what it sees of the machine's files")
    return ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh"]


@pytest.mark.parametrize(
    ("workers", "warnings"), [(1, [LINKS]), (2, [LINKS, "set TMPDIR to a folder that can"])], ids=["one", "two workers"]
)
async def test_it_serves_where_nothing_can_be_written_and_warns_once(tmp_path: Path, workers: int, warnings: list[str]) -> None:
    given = [f"{name}={value}" for name, value in {**REAL, "CREWGRAPH_WORKERS": str(workers), "CREWGRAPH_DRAIN_GRACE_SECONDS": "0"}.items()]
    process = await asyncio.create_subprocess_exec(
        *unshared(), str(tmp_path), "env", *given, str(COMMAND), "serve", "--port", "0", stdout=PIPE, stderr=PIPE
    )
    assert process.stderr is not None
    async with asyncio.timeout(LONG):
        told = b"".join([await process.stderr.readuntil(b"Application startup complete") for _ in range(workers)])
        process.terminate()
        out, err = await process.communicate()
    everything = (told + out + err).decode()
    assert process.returncode == 0
    assert [line.partition(warning)[1] for warning in warnings for line in everything.splitlines() if warning in line] == warnings
    assert everything.count('"level": "warning"') == len(warnings)
    assert not any(word in everything for word in ("Traceback", "None:"))


async def test_a_made_up_company_that_cannot_be_kept_names_the_setting(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *unshared(), str(tmp_path), str(COMMAND), "serve", "--port", "0", stdout=PIPE, stderr=PIPE
    )
    async with asyncio.timeout(LONG):
        _, err = await process.communicate()
    assert process.returncode == 2
    assert err.decode().startswith("crewgraph: No folder can be written to keep the made-up company in: set CREWGRAPH_SANDBOX_FILE")
    assert len(err.decode().splitlines()) == 1


async def test_links_in_a_folder_of_another_user_are_refused(tmp_path: Path) -> None:
    """Who owns the folder could put another file in the place of the links."""
    if os.getuid() != 0:
        optional("only root can give a folder away")
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o777)
    os.chown(folder, 12_345, 12_345)
    ended = await finished("serve", "--port", "0", home=tmp_path, **REAL, CREWGRAPH_LINK_FILE=str(folder / "links.sqlite"))
    assert (ended.status, "Traceback" in ended.err) == (2, False)
    assert "lies in a folder of another user" in ended.err
    assert not (folder / "links.sqlite").exists()


def test_an_error_of_no_file_names_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exception, match="2"), plainly():
        raise FileNotFoundError(2, "No usable temporary directory found")
    assert capsys.readouterr().err == "crewgraph: No usable temporary directory found.\n"
