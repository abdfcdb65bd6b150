"""What a gateway asks for at once is estimated as if it asked for each by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.costs import roots
from graph.forecast import Many, View
from graph.limits import Limits
from graph.selection import Asked
from loaders.known import Known
from sandbox import Draft
from tests.apps import crewgraph
from tests.graphs import TODAY, timeless
from upstreams.ledger import Ledger

LISTED = ("w0", "w1", "7")


@pytest.fixture
async def known(tmp_path: Path) -> AsyncIterator[Known]:
    """What a graph knows that has read the directory, with three people in it."""
    draft = Draft()
    draft.project("Bridge", id="bridge")
    for own in LISTED:
        draft.worker(f"Worker {own}", id=own, employee_number=f"E-{own}")
        draft.assign(own, "bridge", TODAY - timedelta(days=9), TODAY + timedelta(days=9))
    draft.save(tmp_path / "c.sqlite")
    app = crewgraph(tmp_path / "c.sqlite", Limits(cache=timeless))
    async with app.router.lifespan_context(app):
        found: Known = app.state.service.known
        await found.directory(Ledger())
        yield found


def people(known: Known, *keys: dict[str, Any]) -> Many:
    """The people whom a gateway asks for, by the estimate."""
    of = [{"__typename": "Person", **one} for one in keys]
    _, found = roots.entities(View(known), Asked("Query", "_entities", {"representations": of}), Many("query", sure=True))
    return found.of("Person")


@pytest.mark.parametrize(
    ("ids", "likely", "known_ids"),
    [
        (["w0"], 1, {"w0"}),
        (["w0", "w1", "w0"], 2, {"w0", "w1"}),
        (["7", 7, "w1"], 2, {"7", "w1"}),
        (["w0", "nobody"], 2, {"w0", "nobody"}),
        ([" ", None, True, "w1"], 1, None),
        (["580:somebody"], 1, None),
    ],
)
async def test_people_of_the_directory_are_counted_once_and_known_by_their_ids(
    known: Known, ids: Sequence[Any], likely: int, known_ids: set[str] | None
) -> None:
    found = people(known, *({"id": own} for own in ids))
    assert (found.likely, found.ids) == (likely, known_ids)
    assert found.sure is (known_ids is not None and known_ids <= {*LISTED})


async def test_who_is_asked_for_by_another_key_is_beside_them(known: Known) -> None:
    found = people(known, {"id": "w0"}, {"employeeNumber": "E-w1"}, {"id": " ", "employeeNumber": "E-7"})
    assert (found.likely, found.ids) == (3, frozenset(LISTED))
    assert people(known, {"id": "w0"}, {"email": "ann@example.com"}).ids is None
