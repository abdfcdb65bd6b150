"""The mapping file in use: what changes is seen, what breaks is not believed, and what is added is whole."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.mapping import BrokenMapping, Entry, Register, parse
from loaders.watched import Watched, accept, added, replace, version
from tests.waiting import LONG

HEAD = "person_id,email,checkins_id\n"
ANN, BOB = Entry("w1", "ann@example.com", None, 0), Entry("w2", None, "580:b", 0)


def mapping(folder: Path, text: str) -> Path:
    """A mapping file with this text."""
    path = folder / "who.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def watched(path: Path) -> Watched:
    """It, watched, without a long wait."""
    return Watched(path, every=0.01, settled=0.01)


def emails(file: Watched) -> dict[str, str | None]:
    """Whom the file gives which email."""
    return {key: one.email for key, one in file.register.by_person.items()}


async def test_a_changed_file_is_read_again_and_names_only_those_whose_entry_changed(tmp_path: Path) -> None:
    path = mapping(tmp_path, f"{HEAD}w1,a@x,\nw2,b@x,\nw3,c@x,\n")
    file = watched(path)
    assert await file.check() == frozenset()
    path.write_text(f"{HEAD}\nw4,d@x,\nw2,b@x,\nw1,a@x,580:a\n")
    assert await file.check() == {"w1", "w3", "w4"}
    assert emails(file) == {"w4": "d@x", "w2": "b@x", "w1": "a@x"}
    assert await file.check() == frozenset()


async def test_another_file_of_the_same_size_and_time_is_seen(tmp_path: Path) -> None:
    path = mapping(tmp_path, f"{HEAD}w1,a@x,\n")
    file, at = watched(path), path.stat().st_mtime_ns
    other = tmp_path / "other"
    other.write_text(f"{HEAD}w1,b@x,\n")
    os.utime(other, ns=(at, at))
    other.replace(path)
    assert await file.check() == {"w1"}


def gone(path: Path) -> None:
    """No file."""
    path.unlink()


def folder(path: Path) -> None:
    """A folder instead."""
    path.unlink()
    path.mkdir()


SPOILT: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path.write_text(f"{HEAD}w1,secret@x,\nw1,secret@y,\n"), "is broken: line 3: person_id is already on line 2"),
    (lambda path: path.write_text(HEAD + ",secret@x,\n" * 9), "and 4 more"),
    (lambda path: path.write_text(""), "is broken: line 1: "),
    (lambda path: path.write_bytes(b"\xff\xfe\x00secret"), "cannot be read as UTF-8 text"),
    (gone, "cannot be read;"),
    (folder, "cannot be read;"),
]


@pytest.mark.parametrize(("spoil", "reason"), SPOILT)
async def test_a_broken_or_vanished_file_keeps_the_last_good_and_logs_one_line(
    spoil: Callable[[Path], object], reason: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = mapping(tmp_path, f"{HEAD}w1,a@x,\n")
    file = watched(path)
    spoil(path)
    for _ in range(3):
        assert await file.check() == frozenset()
    assert emails(file) == {"w1": "a@x"}
    assert len(caplog.messages) == 1
    assert reason in caplog.text
    assert "secret" not in caplog.text
    if path.is_dir():
        path.rmdir()
    path.write_text(f"{HEAD}w1,b@x,\n")
    assert await file.check() == {"w1"}
    assert len(caplog.messages) == 1


async def test_a_file_that_is_being_written_is_not_believed_yet(tmp_path: Path) -> None:
    """Whoever writes it goes on while the file is given time to settle."""
    path = mapping(tmp_path, f"{HEAD}w1,a@x,\nw2,b@x,\n")

    def read(text: str) -> Register:
        if "w2" not in text:
            asyncio.get_running_loop().call_later(0.1, path.write_text, f"{HEAD}w1,a@x,\nw2,c@x,\n")
        return parse(text)

    file = Watched(path, read, settled=0.3)
    path.write_text(f"{HEAD}w1,a@x,\n")
    assert await file.check() == frozenset()
    assert await file.check() == {"w2"}


async def test_watching_acts_on_each_change_until_it_is_cancelled(tmp_path: Path) -> None:
    path = mapping(tmp_path, f"{HEAD}w1,a@x,\n")
    acts: asyncio.Queue[frozenset[str]] = asyncio.Queue()
    watching = asyncio.create_task(watched(path).watch(acts.put_nowait))
    async with asyncio.timeout(LONG):
        for email in ("b@x", "longer@x"):
            path.write_text(f"{HEAD}w1,{email},\n")
            assert await acts.get() == {"w1"}
    watching.cancel()
    assert isinstance((await asyncio.gather(watching, return_exceptions=True))[0], asyncio.CancelledError)


def test_a_file_that_is_broken_at_first_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenMapping):
        Watched(mapping(tmp_path, "nonsense\n"))
    with pytest.raises(FileNotFoundError):
        Watched(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("before", "entry", "after"),
    [
        (f"{HEAD}w9,z@x,\n", ANN, f"{HEAD}w9,z@x,\nw1,ann@example.com,\n"),
        (f"{HEAD}w9,z@x,", BOB, f"{HEAD}w9,z@x,\nw2,,580:b\n"),
        ("person_id,email\r\nw9,z@x\r\n", ANN, "person_id,email\r\nw9,z@x\r\nw1,ann@example.com\r\n"),
        ("person_id,email\r\n\r\nw9,z@x", BOB, "person_id,email,checkins_id\r\n\r\nw9,z@x,\r\nw2,,580:b\r\n"),
        ('\ufeffperson_id,email\n"w,9",z@x\n', BOB, '\ufeffperson_id,email,checkins_id\n"w,9",z@x,\nw2,,580:b\n'),
        (HEAD, Entry('w"1,\n', "a@x", None, 0), HEAD + '"w""1,\n",a@x,\n'),
        ("\ufeffPerson_ID;Email;\r\nw9;z@x;\r\n", ANN, "\ufeffPerson_ID;Email;\r\nw9;z@x;\r\nw1;ann@example.com;\r\n"),
        ("Person_ID;Email;\r\nw9;z@x;\r\n", BOB, "Person_ID;Email;checkins_id\r\nw9;z@x;\r\nw2;;580:b\r\n"),
        ("person_id\temail\tcheckins_id\n", BOB, "person_id\temail\tcheckins_id\nw2\t\t580:b\n"),
    ],
)
def test_an_entry_is_added_as_the_file_is_written(before: str, entry: Entry, after: str) -> None:
    assert added(before, entry) == after


def test_a_missing_file_is_made_for_its_owner_and_an_old_one_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "new" / "who.csv"
    accept(path, ANN)
    assert path.read_text() == f"{HEAD}w1,ann@example.com,\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    accept(path, BOB)
    assert path.read_text() == f"{HEAD}w1,ann@example.com,\nw2,,580:b\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_file_that_excel_saved_stays_in_its_encoding(encoding: str, tmp_path: Path) -> None:
    """Excel saves "Unicode Text" in UTF-16 with tabs, and "CSV UTF-8" with a byte order mark."""
    path = tmp_path / "who.txt"
    path.write_bytes("Person_ID\tEmail\r\nw-é\tz@x\r\n".encode(encoding))
    assert emails(watched(path)) == {"w-é": "z@x"}
    accept(path, ANN)
    assert emails(watched(path)) == {"w-é": "z@x", "w1": "ann@example.com"}
    assert path.read_bytes().decode(encoding) == "Person_ID\tEmail\r\nw-é\tz@x\r\nw1\tann@example.com\r\n"


def test_a_link_to_the_file_stays_one(tmp_path: Path) -> None:
    path, link = mapping(tmp_path, HEAD), tmp_path / "link.csv"
    link.symlink_to(path)
    accept(link, ANN)
    assert link.is_symlink()
    assert "w1" in path.read_text()


@pytest.mark.parametrize(
    ("before", "entry"),
    [
        (f"{HEAD}w1,other@x,\n", ANN),
        (f"{HEAD}w9,ANN@example.com,\n", ANN),
        (f"{HEAD}w9,,b\n", BOB),
        ("nonsense\n", ANN),
        (HEAD, Entry("w1", "not an email", None, 0)),
        (HEAD, Entry("w1", None, None, 0)),
        (HEAD, Entry("", "a@x", None, 0)),
        (HEAD, Entry(" w1", "a@x", None, 0)),
    ],
)
def test_a_line_that_would_break_or_contradict_the_file_leaves_it_as_it_is(before: str, entry: Entry, tmp_path: Path) -> None:
    path = mapping(tmp_path, before)
    with pytest.raises(BrokenMapping):
        accept(path, entry)
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_somebody_else_changed_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    path = mapping(tmp_path, HEAD)
    seen = version(path)
    path.write_text(f"{HEAD}w9,z@x,\n")
    with pytest.raises(BrokenMapping):
        replace(path, f"{HEAD}w1,a@x,\n", seen)
    assert path.read_text() == f"{HEAD}w9,z@x,\n"
    assert list(tmp_path.iterdir()) == [path]


def test_accepting_the_same_twice_adds_one_line(tmp_path: Path) -> None:
    path = mapping(tmp_path, "person_id,email\n")
    for entry in (BOB, ANN, BOB, ANN):
        accept(path, entry)
    assert path.read_text() == f"{HEAD}w2,,580:b\nw1,ann@example.com,\n"


async def test_what_is_accepted_is_seen_by_whoever_watches(tmp_path: Path) -> None:
    path = mapping(tmp_path, HEAD)
    file = watched(path)
    accept(path, ANN)
    assert await file.check() == {"w1"}


TEXT = st.text(st.sampled_from("ab,\"'\n\r é;"), min_size=1, max_size=6).filter(lambda text: text == text.strip())


@given(
    st.sampled_from(["person_id,email", "person_id,email\r\n", HEAD, "\ufeff" + HEAD, "person_id;email;\r\n", "Person_ID\tEMAIL"]),
    st.lists(TEXT, min_size=1, max_size=4, unique=True),
)
def test_whatever_is_added_is_read_as_it_was_meant(before: str, people: list[str]) -> None:
    text = before
    for at, person in enumerate(people):
        text = added(text, Entry(person, f"{at}@x", person if at % 2 else None, 0))
    found = parse(text).by_person
    assert {key: (one.email, one.checkins_id) for key, one in found.items()} == {
        person: (f"{at}@x", person if at % 2 else None) for at, person in enumerate(people)
    }
