"""What is done with a document before it runs: it is read as far as it may be long, measured, and only then validated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, ValidationRule, validate
from graphql.validation.rules import max_introspection_depth_rule, overlapping_fields_can_be_merged
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from graph.execution.documents import DOCUMENTS
from graph.execution.places import lined
from graph.weights.bounds import Bounds
from graph.weights.measure import refusals

LETTERS = 20
"""How many characters there may be for each token, blanks and comments among them: reading them takes as long as reading tokens."""
MOST_ERRORS = 5
"""How many things validation finds wrong before it ends."""

# Fields of one name in one place are compared with one another in pairs. graphql-core's own budget for that holds the process for more
# than two seconds; this one is used up in a tenth of that, and no document that a person or a tool writes comes near it.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 50_000

# Lists within lists of what the schema says of itself multiply; graphql-core takes the fields of the types of fields: 20,000 of them here.
max_introspection_depth_rule.MAX_LIST_DEPTH = 2

SCHEMA = ("__schema", "__type")
MOST_READ = 10
"""How often a document reads the schema, or one type of it. What the schema says of itself costs no points, so it is not repeated."""


class Unshown(ValidationRule):
    """The schema may not be read: `__schema` and `__type` are refused, while `__typename` and a gateway's `_service` are not."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Refuse a field that reads the schema."""
        if node.name.value in SCHEMA:
            sentence = f"`{node.name.value}` is not answered here: introspection is turned off."
            self.report_error(GraphQLError(sentence, node, extensions={"code": "INTROSPECTION_DISABLED"}))


class Sparing(ValidationRule):
    """The schema is read a few times, and nothing of it twice under two aliases."""

    left = MOST_READ

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Count a field that begins to read, or that reads again what was read."""
        parent = self.context.get_parent_type()
        again = node.alias is not None and parent is not None and parent.name.startswith("__")
        if self.left < 0 or not (again or node.name.value in SCHEMA):
            return
        self.left = -1 if again else self.left - 1
        if self.left < 0:
            sentence = f"The schema is read {MOST_READ} times at the most, and what it says of itself without aliases."
            self.report_error(GraphQLError(sentence, node, extensions={"code": "MAX_INTROSPECTION_LIMIT"}))


class Checked(SchemaExtension):
    """Documents that are too large, or that are wrong, are refused in time that their limits bound."""

    known: DocumentNode | None = None

    @property
    def limits(self) -> Bounds:
        """What documents of this request may be."""
        found: Bounds = self.execution_context.context.documents
        return found

    def on_operation(self) -> Iterator[None]:
        """Read no more tokens than there may be, none of a text that is too long for them, and no text again. Raises GraphQLError."""
        running, text = self.execution_context, self.execution_context.query or ""
        if len(text) > (most := self.limits.tokens * LETTERS):
            sentence = f"The document has {len(text)} characters; {most} are allowed."
            raise GraphQLError(sentence, extensions={"code": "MAX_CHARACTERS_LIMIT", "found": len(text), "limit": most})
        running.parse_options["max_tokens"] = self.limits.tokens
        running.graphql_document = self.known = DOCUMENTS.find(text, self.limits)
        yield

    def on_parse(self) -> Iterator[None]:
        """Tell a document that was too long from one that cannot be read; where things are in one is looked up."""
        yield
        document = self.execution_context.graphql_document
        if document is not None and document is not self.known:
            lined(document)
        for error in self.execution_context.pre_execution_errors or ():
            if f"more than {self.limits.tokens} tokens" in error.message:
                error.extensions = {"code": "MAX_TOKENS_LIMIT", "limit": self.limits.tokens}

    def on_validate(self) -> Iterator[None]:
        """Measure, then validate."""
        running, document = self.execution_context, self.execution_context.graphql_document
        if document is not None and not running.pre_execution_errors:
            running.pre_execution_errors = [] if document is self.known else refusals(document, self.limits) or self.wrong()
            if not running.pre_execution_errors:
                DOCUMENTS.learn(running.query or "", self.limits, document)
        yield

    def wrong(self) -> list[GraphQLError]:
        """What the schema does not allow in the document."""
        running = self.execution_context
        assert running.graphql_document is not None
        reading = () if self.limits.waives else (Sparing if self.limits.introspection else Unshown,)
        rules = (*reading, *running.validation_rules, MaybeNullValidationRule, OneOfInputValidationRule)
        return validate(running.schema._schema, running.graphql_document, rules, MOST_ERRORS, self.limits.mute)
