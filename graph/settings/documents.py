"""What a document may be, and what one operation may cost in points."""

from __future__ import annotations

from pydantic import BaseModel, Field

from graph.weights.bounds import Bounds, CostMode


class DocumentSettings(BaseModel):
    """The limits of documents, fragments counted as often as they are spread."""

    most_depth: int = Field(20, ge=1, le=150, description="Most levels of fields in a document; GraphiQL reads the schema with 15.")
    most_fields: int = Field(2_000, ge=1, description="Most fields in a document.")
    most_aliases: int = Field(50, ge=0, description="Most aliases in a document.")
    most_root_fields: int = Field(50, ge=1, description="Most fields of the query type in a document.")
    most_directives: int = Field(50, ge=0, description="Most directives in a document.")
    most_tokens: int = Field(10_000, ge=1, description="Most tokens in a document, comments among them.")
    introspection: bool = Field(True, description="Whether clients may read the schema; a gateway's `_service` always may.")
    suggestions: bool = Field(True, description="Whether errors suggest names that the schema has; never without introspection.")
    cost_mode: CostMode = Field("enforce", description="Whether costs in points are `off`, told (`measure`), or also limited (`enforce`).")
    most_cost: int = Field(50_000, ge=1, description="Most points that one operation may cost.")
    most_values: int = Field(
        100_000, ge=1, description="Most values that an answer may have, by the sizes of lists that the schema assumes."
    )
    most_errors: int = Field(1_000, ge=1, description="Most errors that an answer lists; of further ones it says how many.")

    def documents(self) -> Bounds:
        """What a document may be."""
        return Bounds(
            depth=self.most_depth,
            fields=self.most_fields,
            aliases=self.most_aliases,
            roots=self.most_root_fields,
            directives=self.most_directives,
            tokens=self.most_tokens,
            introspection=self.introspection,
            suggestions=self.suggestions,
            mode=self.cost_mode,
            cost=self.most_cost,
            values=self.most_values,
            errors=self.most_errors,
        )
