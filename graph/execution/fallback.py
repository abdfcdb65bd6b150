"""What is unusual about one value is graphql-core's matter, by itself: it makes the errors, their paths, and the nulls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError, GraphQLOutputType, GraphQLResolveInfo
from graphql.pyutils import Path

from graph.execution.batches import Batch
from graph.execution.counts import COUNTS
from graph.execution.planning import Planning
from graph.execution.plans import Site
from graph.execution.recording import Recording
from graph.execution.shapes import Details, shape, unwrapped
from graph.execution.strands import Strand, Strands

MADE = "made"
"""The key of the part in the batch above all others."""


@dataclass(eq=False)
class Wave:
    """The values of one site that have come, with the numbers of their objects."""

    batch: Batch
    site: Site
    numbers: list[int] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Whole:
    """One site of some objects, whose values come together."""

    batch: Batch
    site: Site


@dataclass(frozen=True, eq=False)
class Late:
    """Where a value belongs that graphql-core is still completing, and the field that fails with it."""

    batch: Batch
    site: Site
    number: int
    holder: Any
    key: Any


class Fallback:
    """One part of an answer, a list or an object; `failure` is why it is null."""

    def __init__(self, executor: Planning, of: GraphQLOutputType, details: Details, info: GraphQLResolveInfo[Any], path: Path) -> None:
        self.executor, self.info, self.path = executor, info, path
        self.strands: Strands[tuple[Wave, int] | Whole | Late] = Strands()
        self.failure: Exception | None = None
        self.recording: Recording | None = None
        self.top = Batch(None, (), ({MADE: None},), Site(MADE, details, of, shape=shape(of)))

    def wait(self) -> None:
        """Not everything is at hand."""
        if self.recording is not None:
            self.recording.waiting = True

    def place(self, batch: Batch, number: int, site: Site) -> Path:
        """Where a field of an object is in the answer."""
        return batch.path(number, site.key, self.path)

    def told(self, batch: Batch, site: Site, path: Path) -> GraphQLResolveInfo[Any]:
        """What graphql-core says of a field to whatever looks at its values."""
        if batch.plan is None or site.field is None:
            return self.info
        return self.executor.build_resolve_info(site.field, [one.node for one in site.details], batch.plan.of, path)

    def fail(self, batch: Batch, number: int, site: Site, error: Exception) -> None:
        """A field is null because of an error, or its object is, or what that is part of."""
        if self.recording is not None:
            self.recording.spoil(batch, number)
        if batch is self.top:
            self.failure = self.failure or error
            return
        try:
            self.executor.handle_field_error(error, site.type, site.details, self.place(batch, number, site))
            batch.made[number][site.key] = None
        except GraphQLError as located:
            self.lose(batch, number, located)

    def lose(self, batch: Batch, number: int, error: Exception) -> None:
        """An object is null because of an error, or the list that it is in."""
        up, site = batch.up, batch.site
        assert up is not None
        owner, index = batch.place(number)
        if index is not None:
            try:
                self.executor.handle_field_error(error, item(site), site.details, Path(self.place(up, owner, site), index, None))
                if (held := up.made[owner][site.key]) is not None:  # as a whole it may be null by now
                    held[index] = None
                return
            except GraphQLError as located:
                error = located
        self.fail(up, owner, site, error)

    def strange(self, batch: Batch, number: int) -> None:
        """Count an odd value."""
        COUNTS["odd"] += 1
        if self.recording is not None:
            self.recording.spoil(batch, number)

    def odd(self, batch: Batch, number: int, site: Site, value: Any) -> None:
        """Have one value of a field completed; one that was read may still be waited for, one that has come may not."""
        self.strange(batch, number)
        executor, path = self.executor, self.place(batch, number, site)
        waits = site.read is not None and executor.is_awaitable(value)
        complete = executor.complete_awaitable_value if waits else executor.complete_value
        try:
            completed = complete(site.type, site.details, self.told(batch, site, path), path, value, None)
        except Exception as error:  # any of them is an error of its field
            self.fail(batch, number, site, error)
            return
        self.put(completed, Late(batch, site, number, batch.made[number], site.key))

    def odd_item(self, batch: Batch, number: int, site: Site, index: int, value: Any) -> None:
        """Have one item of a list completed, unless another one has made the list null."""
        if (held := batch.made[number][site.key]) is None:
            return
        self.strange(batch, number)
        executor, path, slot = self.executor, self.place(batch, number, site), list[Any]()
        given = (item(site), site.details, self.told(batch, site, path), Path(path, index, None))
        try:
            if executor.is_awaitable(value):
                slot.append(executor.complete_awaitable_list_item_value(value, *given, None))
            else:
                executor.complete_list_item_value(value, slot, *given, None)
        except Exception as error:  # any of them is an error of its field
            self.fail(batch, number, site, error)
            return
        self.put(slot[0], Late(batch, site, number, held, index))

    def resolved(self, batch: Batch, site: Site) -> None:
        """Have a field resolved for each of these objects."""
        assert batch.plan is not None
        self.wait()
        for number, source in enumerate(batch.sources):
            try:
                completed = self.executor.execute_field(batch.plan.of, source, site.details, self.place(batch, number, site), None)
            except Exception as error:  # any of them is an error of its field
                self.fail(batch, number, site, error)
                continue
            self.put(completed, Late(batch, site, number, batch.made[number], site.key))

    def put(self, completed: Any, late: Late) -> None:
        """Put a completed value in its place, now or when it comes."""
        if not self.executor.is_awaitable(completed):
            late.holder[late.key] = completed
            return
        for strand in self.strands.run([self.strands.begin(completed, late)]):
            self.late(late, strand)

    def late(self, then: Late, strand: Strand[Any]) -> None:
        """It has come."""
        if strand.error is None:
            then.holder[then.key] = strand.value
        else:
            self.fail(then.batch, then.number, then.site, ordinary(strand.error))


def ordinary(error: BaseException) -> Exception:
    """An error of a field. Raises it if it is no such thing: something that was waited for has been cancelled."""
    if not isinstance(error, Exception):
        raise error
    return error


def item(site: Site) -> GraphQLOutputType:
    """The type of the items of a site's lists."""
    _, listed = unwrapped(site.type)
    of: GraphQLOutputType = listed.of_type  # type: ignore[union-attr]
    return of
