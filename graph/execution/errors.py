"""The errors of one execution, of which only so many are kept and told."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError
from graphql.execution.executor import CollectedErrors
from graphql.pyutils import Path

from upstreams.errors import Fault


class Errors(CollectedErrors):
    """The first `most` errors; how many `more` there were is told beside them, since each leaves a null that is nothing else."""

    __slots__ = ("more", "most")

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.more = most, 0

    def add(self, error: GraphQLError, path: Path | None) -> None:
        """Keep or count the error of a place, unless it is within another that is null because of one."""
        if len(self._errors) < self.most:
            super().add(error, path)
        elif not self.has_nulled_position(path):
            self._error_positions.add(path)
            self.more += 1

    @property
    def told(self) -> dict[str, Any]:
        """What an answer says of its errors besides them: nothing where they are all there."""
        return {"errors": {"shown": len(self._errors), "more": self.more}} if self.more else {}


def bared(error: Exception) -> None:
    """Take the way that an error came out of it, which keeps all that was under way alive, where nobody will report it."""
    if isinstance(error, Fault) or (isinstance(error, GraphQLError) and error.path is not None):
        error.__traceback__ = None
