"""Objects with sites, breadth first: a site is called for all objects that are there, and what comes together goes on together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.declare import Bound
from graph.execution.at_hand import AtHand
from graph.execution.batches import Batch
from graph.execution.fallback import MADE, Late, Wave, Whole, ordinary
from graph.execution.plans import Kinds, Plan, Site
from graph.execution.shapes import Shape
from graph.execution.strands import Strand


class Waves(AtHand):
    """One part of an answer, and how it comes about."""

    def one(self, plan: Plan | Kinds, value: Any, made: list[Any]) -> Any:
        """An object whose attributes have been read, or an awaitable of it. Raises a located error where a null in it makes it one."""
        self.top.made[0][MADE] = made[0]
        self.below(plan, Batch(None, [value], made, self.top.site, self.top, [0]), None)
        return self.whole()

    def many(self, plan: Plan | Kinds, value: Sequence[Any]) -> Any:
        """A list, or an awaitable of it. Raises a located error where a null in it makes it one."""
        self.lists(plan, self.top, self.top.site, [0], [value])
        return self.whole()

    def whole(self) -> Any:
        """All of it, or an awaitable of that."""
        if self.failure is None:
            return self.finish() if self.strands.pending else self.top.made[0][MADE]
        self.leave()
        raise self.failure

    async def finish(self) -> Any:
        """All of it, when it has come."""
        try:
            while self.strands.pending and self.failure is None:
                self.go_on(await self.strands.next())
        finally:
            self.leave()
        if self.failure is not None:
            raise self.failure
        return self.top.made[0][MADE]

    def leave(self) -> None:
        """Leave what is still waited for to itself."""
        if self.strands.pending:
            self.executor.settle_in_background([self.strands.rest()])

    def go_on(self, ended: Sequence[Strand[tuple[Wave, int] | Whole | Late]]) -> None:
        """Go on with what has come, wave by wave."""
        waves: dict[Wave, None] = {}
        for strand in ended:
            if isinstance(strand.then, Late):
                self.late(strand.then, strand)
                continue
            if isinstance(strand.then, Whole):
                self.come(strand.then.batch, strand.then.site, self.parts(strand.then, strand))
                continue
            wave, number = strand.then
            if strand.error is not None:
                self.fail(wave.batch, number, wave.site, ordinary(strand.error))
                continue
            wave.numbers.append(number)
            wave.values.append(strand.value)
            waves[wave] = None
        for wave in waves:
            numbers, values, wave.numbers, wave.values = wave.numbers, wave.values, [], []
            self.values(wave.batch, wave.site, numbers, values)

    def begin(self, batch: Batch) -> None:
        """Read or call the sites of these objects: first those whose values are all at hand, which may help others to theirs."""
        assert batch.plan is not None
        asked = [(batch, site) for site in batch.plan.sites]
        waiting = self.not_at_hand(asked)
        if len(waiting) < len(asked):
            waiting = self.not_at_hand(waiting)
        for part, site in waiting:
            if site.read is not None:
                self.read(part, site)
            elif (call := self.executor.call(site)) is not None:
                self.called(part, site, call)
            else:
                self.resolved(part, site)

    def read(self, batch: Batch, site: Site) -> None:
        """An attribute of these objects; where some have none, graphql-core says so."""
        assert site.read is not None
        try:
            values = list(map(site.read, batch.sources))
        except Exception:  # whatever it is, it is raised again, in its place
            self.resolved(batch, site)
            return
        self.values(batch, site, range(len(values)), values)

    def parts(self, whole: Whole, strand: Strand[Any]) -> Sequence[Any]:
        """What came for each of the objects; it has failed for all of them if it has as a whole."""
        return strand.value if strand.error is None else [ordinary(strand.error)] * len(whole.batch.sources)

    def called(self, batch: Batch, site: Site, call: Bound) -> None:
        """A link of these objects; what does not wait goes on at once."""
        self.wait()
        if call.together is not None and (coming := call.together(batch.sources)) is not None:
            self.go_on(self.strands.run([self.strands.begin(coming, Whole(batch, site))]))
            return
        wave, awaitable = Wave(batch, site), self.executor.is_awaitable
        strands = []
        for number, source in enumerate(batch.sources):
            try:
                value = call.one(source)
            except Exception as error:  # any of them is an error of its field
                self.fail(batch, number, site, error)
                continue
            if awaitable(value):
                strands.append(self.strands.begin(value, (wave, number)))
            else:
                wave.numbers.append(number)
                wave.values.append(value)
        if strands:
            self.go_on(self.strands.run(strands))
        if wave.numbers:
            numbers, values, wave.numbers, wave.values = wave.numbers, wave.values, [], []
            self.values(batch, site, numbers, values)

    def values(self, batch: Batch, site: Site, numbers: Sequence[int], values: Sequence[Any]) -> None:
        """Values of a site, and what is asked of them."""
        if self.recording is not None and site.entity is not None:
            self.recording.shows(site.entity, batch, numbers, values)
        child = self.executor.plan(site.shape.named, site.details) if site.finish is None and site.shape is not None else None
        if site.finish is not None:
            self.finished(batch, site, numbers, values)
        elif child is None or site.shape is None:
            for number, value in zip(numbers, values, strict=True):
                self.odd(batch, number, site, value)
        elif site.shape.listed:
            self.lists(child, batch, site, numbers, values)
        else:
            self.objects(child, batch, site, numbers, values)

    def finished(self, batch: Batch, site: Site, numbers: Sequence[int], values: Sequence[Any]) -> None:
        """Values without sites of their own."""
        assert site.finish is not None
        context, key, into = self.executor.context_value, site.key, batch.made
        try:
            found = site.finish(values, context)
        except Exception:  # one of them is odd
            for number, value in zip(numbers, values, strict=True):
                try:
                    into[number][key] = site.finish([value], context)[0]
                except Exception:  # graphql-core says which
                    self.odd(batch, number, site, value)
            return
        for number, value in zip(numbers, found, strict=True):
            into[number][key] = value

    def objects(self, plan: Plan | Kinds, batch: Batch, site: Site, numbers: Sequence[int], values: Sequence[Any]) -> None:
        """Objects, one for each."""
        made, good, odd = self.sifted(plan, values, site.shape)
        for number, one in zip(numbers, made, strict=True):
            batch.made[number][site.key] = one
        for at in odd:
            self.odd(batch, numbers[at], site, values[at])
        self.below(plan, Batch(None, values, made, site, batch, numbers), good)

    def lists(self, plan: Plan | Kinds, batch: Batch, site: Site, numbers: Sequence[int], values: Sequence[Any]) -> None:
        """Lists of objects, one for each, all items side by side."""
        nullable = site.shape is not None and site.shape.nullable
        owners: list[int] = []
        starts: list[int] = []
        items: list[Any] = []
        for number, value in zip(numbers, values, strict=True):
            if type(value) is list or type(value) is tuple:
                owners.append(number)
                starts.append(len(items))
                items.extend(value)
            elif value is not None or not nullable:
                self.odd(batch, number, site, value)
        made, good, odd = self.sifted(plan, items, site.shape)
        for owner, start, end in zip(owners, starts, [*starts, len(items)][1:], strict=True):
            batch.made[owner][site.key] = made[start:end]
        whole = Batch(None, items, made, site, batch, owners, starts)
        for at in odd:
            owner, index = whole.place(at)
            self.odd_item(batch, owner, site, index or 0, items[at])
        self.below(plan, whole, good)

    def sifted(self, plan: Plan | Kinds, values: Sequence[Any], shape: Shape | None) -> tuple[list[Any], list[int] | None, list[int]]:
        """What objects are shown as, nulls for what is none; which of them are objects, None for all; and which are odd."""
        context = self.executor.context_value
        try:
            return plan.many(values, context), None, []
        except Exception:  # some are null, or odd
            made: list[Any] = [None] * len(values)
        good, odd = [], []
        nulls = shape is not None and (shape.holes if shape.listed else shape.nullable)
        for at, value in enumerate(values):
            if value is None and nulls:
                continue
            try:
                made[at] = plan.many([value], context)[0]
                good.append(at)
            except Exception:  # graphql-core says which
                odd.append(at)
        return made, good, odd

    def below(self, plan: Plan | Kinds, whole: Batch, good: Sequence[int] | None) -> None:
        """Begin with the sites of those objects that are good, or of all; where there are none, nothing is called or refused."""
        sources = whole.sources if good is None else [whole.sources[at] for at in good]
        for one, at in plan.parts(sources) if sources else ():
            if one.sites:
                self.begin(whole.part(one, good if at is None else at if good is None else [good[place] for place in at]))
