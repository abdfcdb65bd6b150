"""The link file: whose it is, what it refuses to touch, and what survives a killed process."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import stat
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from loaders.linkfile import BrokenStore
from loaders.stores import SqliteStore
from tests.stores.links import SOON, kept, link
from tests.waiting import LONG, until

ROOT = Path(__file__).parents[2]


def foreign(path: Path) -> None:
    """Another program's database."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE link (namespace TEXT, person_id TEXT)")


def newer(path: Path) -> None:
    """A link file of the future."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA application_id = {0x43524757}")
        db.execute("PRAGMA user_version = 2")


def torn(path: Path) -> None:
    """A link file that lost its second half."""
    store = SqliteStore(path, "acme")
    asyncio.run(filled(store, 300))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


async def filled(store: SqliteStore, number: int) -> None:
    """Keep so many links."""
    for one in range(number):
        store.keep(link(f"w{one}", f"a{one}"))
    await store.aclose()


BROKEN: list[Callable[[Path], object]] = [
    lambda path: path.write_bytes(b"x"),
    lambda path: path.write_text("person_id,email\nw1,ann@example.com\n" * 200),
    lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(5000)),
    foreign,
    newer,
    torn,
]


async def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a" / "b" / "links.db", "acme", seconds=SOON)
    store.keep(link("w1", "a"))
    await store.aclose()
    with closing(sqlite3.connect(store.path)) as db:
        db.execute("SELECT * FROM link").fetchone()
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in store.path.parent.iterdir()}
    assert modes["links.db"] == 0o600
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize("spoil", BROKEN)
def test_a_file_that_is_not_ours_or_broken_is_refused_and_left_as_it_is(spoil: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "links.db"
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(BrokenStore) as broken:
        asyncio.run(SqliteStore(path, "acme").load())
    assert broken.value.path == path
    assert "ann@" not in str(broken.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("spoil", BROKEN[:5])
def test_writing_leaves_it_too_and_logs_one_line(spoil: Callable[[Path], object], tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "links.db"
    spoil(path)
    before = path.read_bytes()
    asyncio.run(filled(SqliteStore(path, "acme"), 2))
    assert path.read_bytes() == before
    assert len(caplog.messages) == 1
    assert "Zo" not in caplog.text


def test_a_file_with_rubbish_on_any_page_is_refused(tmp_path: Path) -> None:
    path, size = tmp_path / "links.db", 4096
    asyncio.run(filled(SqliteStore(path, "acme"), 300))
    whole = path.read_bytes()
    assert len(whole) > 10 * size
    for start in range(0, len(whole), size):
        path.write_bytes(whole[:start] + random.Random(start).randbytes(size) + whole[start + size :])
        with pytest.raises(BrokenStore):
            asyncio.run(SqliteStore(path, "acme").load())


async def test_a_path_that_cannot_be_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "links.db"):
        with pytest.raises(BrokenStore):
            await SqliteStore(path, "acme").load()


async def test_an_empty_file_is_made_ours(tmp_path: Path) -> None:
    (tmp_path / "links.db").touch()
    await filled(SqliteStore(tmp_path / "links.db", "acme"), 1)
    assert await kept(SqliteStore(tmp_path / "links.db", "acme")) == [link("w0", "a0")]


async def test_what_could_not_be_written_is_written_when_it_can_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = SqliteStore(tmp_path / "links.db", "acme", seconds=SOON)
    store.path.mkdir()
    store.keep(link("w1", "old"))
    store.keep(link("w3", "c"))
    await until(lambda: store.notices.count)
    store.path.rmdir()
    store.keep(link("w2", "b"))
    assert store.task is not None
    store.keep(link("w1", "new"))
    await store.aclose()
    assert len(caplog.messages) == 1
    assert await kept(SqliteStore(store.path, "acme")) == [link("w1", "new"), link("w2", "b"), link("w3", "c")]


async def test_closing_waits_for_a_file_that_another_process_holds(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "links.db", "acme", seconds=SOON)
    await store.load()
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.keep(link("w1", "a"))
        await asyncio.sleep(0.1)
        end = asyncio.create_task(store.aclose())
        await asyncio.sleep(0.1)
        assert not end.done()
        other.execute("ROLLBACK")
    await end
    assert store.task is None
    assert await kept(SqliteStore(store.path, "acme")) == [link("w1", "a")]


WRITER = """
import asyncio, sys
from pathlib import Path
from loaders.stores import Link, SqliteStore

async def main(path, name):
    store = SqliteStore(Path(path), "acme", seconds=0.001)
    await store.load()
    for number in range(1_000_000):
        person = f"{name}{number}"
        store.keep(Link(person, person, None, None, "m", "e", "d", None, None, True, 0))
        if number % 20 == 0:
            while store.task is not None:
                await asyncio.sleep(0.001)
            print(number, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


BEGINNER = """
import sys, time
from pathlib import Path
from loaders.linkfile import load

folder, begin = Path(sys.argv[1]), float(sys.argv[2])
for number in range(100):
    while time.monotonic() < begin + number / 100:
        pass
    load(folder / f"{number}.db", "acme")
"""


async def test_servers_that_begin_at_once_make_one_file(tmp_path: Path) -> None:
    given = (sys.executable, "-c", BEGINNER, tmp_path, str(time.monotonic() + 1))
    servers = [await asyncio.create_subprocess_exec(*given, cwd=ROOT) for _ in range(6)]
    async with asyncio.timeout(LONG):
        assert [await server.wait() for server in servers] == [0] * 6


async def test_several_processes_write_one_file_and_a_killed_one_loses_nothing_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "links.db"
    writers = [await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, path, name, cwd=ROOT, stdout=PIPE) for name in "abcd"]
    seen = []
    for writer in writers:
        assert writer.stdout is not None
        async with asyncio.timeout(LONG):
            last = [int(await writer.stdout.readline()) for _ in range(5)][-1]
        seen.append(last)
        writer.kill()
    for writer in writers:
        await writer.communicate()
    people = {one.person_id for one in await kept(SqliteStore(path, "acme"))}
    for name, last in zip("abcd", seen, strict=True):
        assert {f"{name}{number}" for number in range(last + 1)} <= people
