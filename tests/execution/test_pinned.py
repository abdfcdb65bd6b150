"""What compiled execution overrides is not public: these are the methods, and their parameters, that it was written against."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path

import pytest
from graphql.execution.collect_fields import CollectedFields, FieldDetails
from graphql.execution.executor import CollectedErrors, Executor
from graphql.language.location import get_locations
from graphql.language.source import Source
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as Stock

from graph.execution.executor import Compiled
from graph.execution.planning import Planning

COMPLETING = ["return_type", "field_details_list", "info", "path", "result", "position_context"]
OVERRIDDEN = {
    "execute_collected_root_fields": ["root_type", "root_value", "grouped_field_set", "serially", "new_defer_usages"],
    "execute_fields": ["parent_type", "source_value", "path", "grouped_field_set", "position_context"],
    "complete_object_value": COMPLETING,
    "complete_list_value": COMPLETING,
    "handle_field_error": ["raw_error", "return_type", "field_details_list", "path"],
}
CALLED = {
    "execute_field": ["parent_type", "source", "field_details_list", "path", "position_context"],
    "complete_value": COMPLETING,
    "complete_awaitable_value": COMPLETING,
    "complete_list_item_value": ["item", "complete_results", "item_type", "field_details_list", "info", "item_path", "position_context"],
    "complete_awaitable_list_item_value": ["item", "item_type", "field_details_list", "info", "item_path", "position_context"],
    "build_resolve_info": ["field_def", "field_nodes", "parent_type", "path"],
    "collect_subfields": ["return_type", "field_details_list"],
    "settle_in_background": ["awaitables"],
    "track_async_work": ["values"],
}


@pytest.mark.parametrize(("name", "parameters"), [*OVERRIDDEN.items(), *CALLED.items()])
def test_graphql_core_has_the_methods_that_are_overridden_and_called(name: str, parameters: list[str]) -> None:
    assert [*inspect.signature(getattr(Stock, name)).parameters][1:] == parameters


def test_no_other_method_is_overridden() -> None:
    own = {name for name, value in {**vars(Planning), **vars(Compiled)}.items() if inspect.isfunction(value) and hasattr(Executor, name)}
    assert own - {"__init__"} == OVERRIDDEN.keys()


def test_what_is_kept_of_an_operation_is_what_graphql_core_collects() -> None:
    assert CollectedFields._fields == ("grouped_field_set", "new_defer_usages", "forbidden_directive_instances")
    assert FieldDetails._fields == ("node", "defer_usage", "fragment_variable_values")
    assert "_relevant_sub_fields" in inspect.getsource(Executor.__init__)


def test_what_keeps_errors_and_finds_lines_is_what_graphql_core_asks() -> None:
    assert {*CollectedErrors.__slots__} == {"_errors", "_error_positions"}
    assert [*inspect.signature(CollectedErrors.add).parameters] == ["self", "error", "path"]
    assert [*inspect.signature(Source.get_location).parameters] == ["self", "position"]
    assert "source.get_location(" in inspect.getsource(get_locations)


def test_both_are_pinned() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert {"graphql-core==3.3.2", "strawberry-graphql==0.341.2"} <= {*project["project"]["dependencies"]}
