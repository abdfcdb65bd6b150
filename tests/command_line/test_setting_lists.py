"""Settings that hold several values: what is read from a text, and what a text that cannot be read is answered with."""

from __future__ import annotations

from pathlib import Path
from typing import get_origin

import pytest

from graph.settings import Settings, Unusable, load
from tests.servers import finished

LISTS = [name for name, field in Settings.model_fields.items() if get_origin(field.annotation) is list]
MAPS = [name for name, field in Settings.model_fields.items() if get_origin(field.annotation) is dict]


@pytest.mark.parametrize("text", ["RS256,ES256", " RS256 , ES256 ", '["RS256", "ES256"]', "RS256,ES256,"])
def test_a_list_is_read_from_commas_and_from_json(text: str) -> None:
    assert load(jwt_algorithms=text).jwt_algorithms == ["RS256", "ES256"]


def test_a_map_is_read_from_json() -> None:
    assert load(checkins_headers='{"X-One": "1"}').checkins_headers == {"X-One": "1"}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("text", ["[", "[1]", '["a", null]', "[[]]", "[" * 100_000])
def test_a_broken_list_is_answered_with_an_example(name: str, text: str) -> None:
    with pytest.raises(Unusable, match=f'^CREWGRAPH_{name.upper()}: must be a list, such as `one,two` or `\\["one", "two"\\]`.$'):
        load(**{name: text})


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("text", ["{bad", "s3cret", '["s3cret"]', '{"X-Key": 1}', '{"X-Key": ["s3cret"]}'])
def test_a_broken_map_is_answered_with_an_example_and_without_its_values(name: str, text: str) -> None:
    with pytest.raises(Unusable) as caught:
        load(**{name: text})
    assert str(caught.value) == f'CREWGRAPH_{name.upper()}: must be a JSON object of texts, such as `{{"X-Name": "value"}}`.'


async def test_the_environment_is_read_in_the_same_way(tmp_path: Path) -> None:
    """All settings that hold several values at once: each gets a sentence with an example, and none is decoded before that."""
    given = {f"CREWGRAPH_{name.upper()}": "[" for name in LISTS + MAPS}
    ended = await finished("serve", home=tmp_path, **given)
    assert ended.status == 2
    assert ended.err.count(", such as `") == len(LISTS + MAPS) >= 4
    assert "Traceback" not in ended.err
