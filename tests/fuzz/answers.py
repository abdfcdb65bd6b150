"""What holds of every answer: it is JSON with a status that fits, its errors are coded and tell nothing, its data fits the schema."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any

import httpx
from graphql import GraphQLResolveInfo, build_schema, execute_sync, parse
from hypothesis import note

from graph.schema import sdl
from tests.fuzz.words import EMAILS, NAMES

SCHEMA = build_schema(sdl(), assume_valid_sdl=True)
"""The schema without what resolves it; its own scalars take anything."""
CODE = re.compile(r"[A-Z][A-Z_]+")
SHOWN = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z))?|\d{2}:\d{2}:\d{2}(\.\d+)?")
"""How the scalars `Date`, `DateTime` and `LocalTime` are written."""
SECRET = "sesame-open"
PRIVATE = ("//checkins", "//workforce", SECRET, base64.b64encode(f"crew:{SECRET}".encode()).decode(), "Traceback", *EMAILS, *NAMES)
"""What no error may tell whoever has not said it first, and no log at all."""


def sound(response: httpx.Response, said: str) -> Any:
    """The answer to what was said, if it is one that a client may ever get."""
    note(f"said: {said[:5000]!r}")
    assert response.headers["content-type"].startswith(("application/json", "application/graphql-response+json")), response.text
    assert response.status_code < 500, response.text
    answer = response.json()
    errors = answer.get("errors", [])
    assert answer.get("data") is not None or errors, answer
    assert response.status_code == 200 or ("data" not in answer and errors), answer
    for error in errors:
        assert CODE.fullmatch(error["extensions"]["code"]), error
        assert error["extensions"]["code"] != "INTERNAL_SERVER_ERROR", error
        assert error["message"], error
        assert error["extensions"]["requestId"], error
        lost(answer.get("data"), error.get("path", ()), error)
    discreet(json.dumps(errors, ensure_ascii=False), said)
    return answer


def refused(response: httpx.Response, said: str) -> Any:
    """The same of what cannot be run."""
    answer = sound(response, said)
    assert "data" not in answer, answer
    return answer


def lost(data: Any, path: Iterable[str | int], error: Any) -> None:
    """An error's path leads to a null."""
    for part in path:
        if data is None:
            return
        data = data[part]
    assert data is None, error


def discreet(text: str, said: str = "") -> None:
    """Nothing private is told that was not said."""
    told = [one for one in PRIVATE if one in text and one not in said]
    assert not told, (told, text)


def silent(records: Iterable[logging.LogRecord]) -> None:
    """Nothing private was logged, nothing that was not foreseen, and no task died unseen."""
    for record in records:
        discreet(str({**vars(record), "text": record.getMessage()}))
        assert record.levelno < logging.ERROR, record.getMessage()
        assert record.name != "asyncio", record.getMessage()


def valid(document: str, data: Any, variables: Mapping[str, Any] | None = None) -> None:
    """The data is what the schema promises for a document that selects every `__typename`: graphql-core, told the answer, gives the same."""
    again = execute_sync(
        SCHEMA,
        parse(document),
        data,
        variable_values=dict(variables or {}),
        field_resolver=given,
        type_resolver=lambda value, *_: value["__typename"],
    )
    assert again.errors is None, (again.errors, document)
    assert json.dumps(again.data) == json.dumps(data), document


def given(source: Any, info: GraphQLResolveInfo[Any], **_arguments: Any) -> Any:
    """What the answer has in this place; a day or a time must look like one."""
    value = source[info.path.key]
    if str(info.return_type).rstrip("!") in ("Date", "DateTime", "LocalTime"):
        assert value is None or SHOWN.fullmatch(value), value
    return value
