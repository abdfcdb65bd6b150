"""What is done with a document before it runs: it is read as far as it may be long, measured, and only then validated."""

from __future__ import annotations

from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, ValidationRule, parse, specified_rules, validate
from graphql.validation.rules import max_introspection_depth_rule, overlapping_fields_can_be_merged
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from graph.execution.documents import DOCUMENTS
from graph.execution.places import lined
from graph.schema import schema
from graph.weights.bounds import Bounds
from graph.weights.measure import refusals
from graph.weights.rules import together

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


ALWAYS = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
WAIVED, OPEN, CLOSED = together(*ALWAYS), together(Sparing, *ALWAYS), together(Unshown, *ALWAYS)
"""The rules for a gateway, which may read the schema as it likes, for clients who may, and for those who may not."""


def read(text: str, limits: Bounds) -> tuple[DocumentNode, bool]:
    """A document, and whether it is known to be valid, so that it is not read again. Raises GraphQLError.

    No more tokens are read than there may be, and none of a text that is too long for them.
    """
    if len(text) > (most := limits.tokens * LETTERS):
        sentence = f"The document has {len(text)} characters; {most} are allowed."
        raise GraphQLError(sentence, extensions={"code": "MAX_CHARACTERS_LIMIT", "found": len(text), "limit": most})
    if (known := DOCUMENTS.find(text, limits)) is not None:
        return known, True
    try:
        document = parse(text, max_tokens=limits.tokens)
    except GraphQLError as error:
        if f"more than {limits.tokens} tokens" in error.message:
            error.extensions = {"code": "MAX_TOKENS_LIMIT", "limit": limits.tokens}
        raise
    lined(document)
    return document, False


def wrong(document: DocumentNode, text: str, limits: Bounds) -> list[GraphQLError]:
    """What a document has too much of, else what the schema does not allow in it; one without faults is known from then on."""
    found = refusals(document, limits) or invalid(document, limits)
    if not found:
        DOCUMENTS.learn(text, limits, document)
    return found


def invalid(document: DocumentNode, limits: Bounds) -> list[GraphQLError]:
    """What the schema does not allow in a document."""
    rules = WAIVED if limits.waives else OPEN if limits.introspection else CLOSED
    return validate(schema._schema, document, (rules,), MOST_ERRORS, limits.mute)
