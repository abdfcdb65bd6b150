"""What a client is told of an error that is this server's own, and what the log keeps of it."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLError, build_schema, graphql_sync

from graph.errors import formatted

SCHEMA = build_schema("type Query { whole: Int sure: Int! text: String kind: Kind takes(first: Int! = 1): Int } enum Kind { A }")
SECRET = "Ann Lee"


def answered(query: str, **root: Any) -> list[dict[str, Any]]:
    """The formatted errors of a query over some field values, with null for `$first`."""
    return formatted(graphql_sync(SCHEMA, query, root, variable_values={"first": None}).errors or (), "0")


def library(_: object) -> int:
    """A library fails in its own words."""
    raise GraphQLError(f"{SECRET} is no number")


def bug(_: object) -> int:
    """Anything else fails."""
    raise KeyError(SECRET)


@pytest.mark.parametrize(
    ("field", "value"),
    [("whole", SECRET), ("sure", None), ("text", {"name": SECRET}), ("kind", SECRET), ("whole", library), ("whole", bug)],
)
def test_a_value_of_ours_that_does_not_fit_is_told_and_logged_without_the_value(
    field: str, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    assert answered(f"{{ {field} }}", **{field: value}) == [
        {
            "message": "Something went wrong in this server.",
            "locations": [{"line": 1, "column": 3}],
            "path": [field],
            "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": "0"},
        }
    ]
    assert "in request 0" in caplog.text
    assert SECRET not in caplog.text


def test_a_mistake_of_ours_in_many_places_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    errors = answered("{ a: whole b: whole c: whole d: text }", whole=bug, text=library)
    assert [error["path"] for error in errors] == [["a"], ["b"], ["c"], ["d"]]
    assert sorted(str(record.args[0]) for record in caplog.records if isinstance(record.args, tuple)) == ["GraphQLError", "KeyError"]


def test_a_null_that_arrives_where_none_may_be_is_the_clients_own(caplog: pytest.LogCaptureFixture) -> None:
    (error,) = answered("query ($first: Int = 1) { takes(first: $first) }")
    assert (error["path"], error["extensions"]["code"]) == (["takes"], "BAD_USER_INPUT")
    assert error["message"].endswith("not to be null.")
    assert caplog.text == ""
