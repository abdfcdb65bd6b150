"""How settings that hold several values are written in an environment variable."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_settings import NoDecode


def parse_texts(given: object) -> object:
    """Return the values of a comma-separated list, or of a JSON list of texts. Other objects are returned as they are.

    Raises ValueError with an example.
    """
    if not isinstance(given, str):
        return given
    if not given.lstrip().startswith("["):
        return [text for part in given.split(",") if (text := part.strip())]
    found = _parse_json(given)
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return found
    raise ValueError('must be a list, such as `one,two` or `["one", "two"]`')


def parse_text_map(given: object) -> object:
    """Return the texts of a JSON object by their names. Other objects are returned as they are.

    Raises ValueError with an example that repeats nothing of what was given, which may be secret.
    """
    if not isinstance(given, str):
        return given
    found = _parse_json(given)
    if isinstance(found, dict) and all(isinstance(one, str) for one in found.values()):
        return found
    raise ValueError('must be a JSON object of texts, such as `{"X-Name": "value"}`')


def _parse_json(text: str) -> Any:
    """Return what a JSON text says, or None."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


TextList = Annotated[list[str], NoDecode, BeforeValidator(parse_texts)]
"""A list of texts: `one,two`, or JSON."""
TextMap = Annotated[dict[str, str], NoDecode, BeforeValidator(parse_text_map)]
"""Texts by name, as a JSON object."""
