"""Names as keys: what is the same, and what is not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.names import SHORT, folded, remembered, same, shortened, spellings
from upstreams.values import LONGEST_ID, bare, stripped

TEXT = st.text(max_size=30)
CURLY = "\u2019"


@given(TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(TEXT)
def test_unicode_forms_do_not_matter(text: str) -> None:
    """(faults.md F34)"""
    assert folded(unicodedata.normalize("NFC", text)) == folded(unicodedata.normalize("NFD", text))


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=30))
def test_case_and_blanks_around_do_not_matter(text: str) -> None:
    """(faults.md F34)"""
    assert folded(f"  {text.upper()}\t") == folded(text.lower())


@pytest.mark.parametrize("mark", [CURLY, "\u2018", "\u02bc", "\uff07", "`", "\u00b4"])
def test_every_apostrophe_is_the_same(mark: str) -> None:
    """(faults.md F34)"""
    assert same("Ann O'Neil", f"Ann O{mark}Neil")


@pytest.mark.parametrize("other", ["Ann ONeil", "Ann O Neil", "Anne O'Neil", "Ann O'Neill", "O'Neil, Ann", "Ann-O'Neil"])
def test_anything_looser_is_not_the_same(other: str) -> None:
    """(faults.md F34)"""
    assert not same("Ann O'Neil", other)


@pytest.mark.parametrize("empty", [None, "", " ", "\u00a0", "\t\n"])
def test_nothing_is_the_same_as_nothing(empty: str | None) -> None:
    assert not same(empty, empty)
    assert folded(empty) == ""


@given(TEXT.filter(str.strip))
def test_every_spelling_is_the_same_name_and_the_first_is_as_given(name: str) -> None:
    found = spellings(name)
    assert found[0] == name
    assert len(set(found)) == len(found)
    assert {folded(one) for one in found} == {folded(name)}


def test_a_plain_name_has_one_spelling() -> None:
    assert spellings("Ann Lee") == ("Ann Lee",)


def test_an_apostrophe_and_an_accent_are_spelled_both_ways() -> None:
    assert {"Ann O'Neil", f"Ann O{CURLY}Neil"} <= set(spellings("Ann O'Neil"))
    assert set(spellings("Zo\u00e9")) == set(spellings("Zoe\u0301")) == {"Zo\u00e9", "Zoe\u0301"}


@given(TEXT)
def test_a_shortened_value_is_a_real_part_of_it(value: str) -> None:
    for part in shortened(value):
        assert part in value
        assert part != value
        assert len(part) > 1
        assert part.strip()


@given(st.text(alphabet="abAB@.", min_size=4, max_size=20))
def test_a_value_of_some_length_has_parts_that_lack_either_end(value: str) -> None:
    parts = shortened(value)
    assert any(value.startswith(part) for part in parts)
    assert any(value.endswith(part) for part in parts)


def test_long_names_and_ids_that_clients_send_are_not_remembered() -> None:
    before = remembered.cache_info().currsize, stripped.cache_info().currsize
    assert folded("\uff21" * (SHORT + 1)) == "a" * (SHORT + 1)
    assert bare("580:" + "a" * LONGEST_ID) == "a" * LONGEST_ID
    assert (remembered.cache_info().currsize, stripped.cache_info().currsize) == before
