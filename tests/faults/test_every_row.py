"""Every row of faults.md is named by a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.rows import ROWS, rows, table

TABLE = table()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_proved_by_a_test_that_names_it(row: str) -> None:
    assert TABLE[row], f"no test names {row}"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("(faults.md F5)", {"F5"}),
        ("# faults F11 and F12", {"F11", "F12"}),
        ("F8-F10, F40", {"F8", "F9", "F10", "F40"}),
        ("F0, F41, XF3, F3a and %F0%9F", set()),
    ],
)
def test_rows_are_found_in_words(words: str, named: set[str]) -> None:
    assert rows(words) == named


def test_a_test_is_found_by_its_name_its_docstring_its_comment_or_its_module(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    text = (
        '"""About F40."""\n\n\ndef test_f7_holds():\n    """F8."""\n    # fault F9\n    print("F10")\n\n\ndef helper():\n    """F11."""\n'
    )
    (folder / "test_some.py").write_text(text)
    named = {row for row, names in table(folder).items() if names == ["tests/test_some.py::test_f7_holds"]}
    assert named == {"F7", "F8", "F9", "F40"}
