"""Any JSON in any place of any answer: an error has its code, nobody is shown anything of somebody else, and what is intact is shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.faults.bent import at, bent, within
from tests.graphs import Graph, codes, kind
from tests.sharing.firms import CREW, firm

WALK = """{
  project(id: "bridge") { people { id name employeeNumber timeOff { reason startDay } identity { status } ...Rows } }
  person(id: "w1") { id assignments { id startDay workDays { monday } status { name } } ...Rows }
  checkIn(id: "a0-0") { id people { id name } }
  currentAssignments(first: 100) { totalCount nodes { id endDay person { id } } }
  people(first: 100) { totalCount nodes { id } }
}
fragment Rows on Person { checkIns(first: 50) { totalCount nodes { id deadline responses { id personName person { id } } } } }"""
ENDPOINTS = ["check-ins", "check-in", "company", "projects", "people", "current", "users"]

TEXT = st.text(max_size=8) | st.sampled_from(["", " ", "\ud800", "\x00", "\u202e", "2026-03-04", "0", "next", "id"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.integers(-3, 50)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6)


@dataclass(frozen=True)
class Damage:
    """Every answer of an endpoint from the `since`-th on has this value at a place, found by steps into whatever there is."""

    where: str
    steps: tuple[int, ...]
    value: Any
    since: int


DAMAGE = st.builds(
    Damage, st.sampled_from(ENDPOINTS), st.lists(st.integers(0, 30), max_size=6).map(tuple), VALUES, st.sampled_from([0, 0, 0, 1, 2])
)


def endpoint(request: httpx.Request) -> str:
    """Which of the endpoints was asked."""
    return "users" if request.url.path == "/api/v2/users/" else kind(request.url.raw_path.decode())


@dataclass
class Damaging:
    """The bend that does all this damage."""

    damages: list[Damage]

    def __post_init__(self) -> None:
        self.seen = dict.fromkeys(ENDPOINTS, 0)

    def __call__(self, request: httpx.Request, content: Any) -> Any:
        where = endpoint(request)
        number, self.seen[where] = self.seen.get(where, 0), self.seen.get(where, 0) + 1
        for damage in self.damages:
            if damage.where == where and damage.since <= number:
                content = put(content, damage.steps, damage.value)
        return content


def put(content: Any, steps: tuple[int, ...], value: Any) -> Any:
    """The content with the value at a place."""
    if not steps or not isinstance(content, list | dict) or not content:
        return value
    keys = sorted(content) if isinstance(content, dict) else range(len(content))
    chosen: Any = keys[steps[0] % len(keys)]
    items = content.items() if isinstance(content, dict) else enumerate(content)
    changed = [(key, put(one, steps[1:], value) if key == chosen else one) for key, one in items]
    return dict(changed) if isinstance(content, dict) else [one for _, one in changed]


OWNERS = {f"w{number}": f"a{number}-" for number in range(len(CREW))} | {"twin-1": "t", "twin-2": "t", "only": "only-"}


def foreign(person: dict[str, Any]) -> list[str]:
    """The check-ins, and the people behind responses, that are known to be somebody else's than the person's."""
    own = OWNERS.get(person["id"])
    rows = (person.get("checkIns") or {}).get("nodes") or []
    shown = [row["id"] for row in rows if any(row["id"].startswith(prefix) for prefix in OWNERS.values() if prefix != own)]
    people = [one["person"]["id"] for row in rows for one in row["responses"] or () if one["person"]]
    return shown + [one for one in people if one in OWNERS and one != person["id"] and own is not None]


async def well_told(graph: Graph, query: str) -> dict[str, Any]:
    """An answer of which every error has a code, none of them the server's own fault."""
    response = await graph.client.post("/graphql", json={"query": query})
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    assert {code for code, _ in codes(answer)} <= {"UPSTREAM_BAD_RESPONSE", "IDENTITY_AMBIGUOUS", "QUERY_TOO_EXPENSIVE", "BAD_USER_INPUT"}
    return answer


@settings(max_examples=30, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(DAMAGE, min_size=1, max_size=2), st.booleans())
async def test_no_damage_to_any_answer_breaks_the_graph_or_shows_anybody_what_is_somebody_elses(damages: list[Damage], users: bool) -> None:
    """(faults.md F8, F10, F11, F12, F18, F32)"""
    with TemporaryDirectory() as folder:
        firm(path := Path(folder) / "firm.sqlite")
        async with bent(path, Damaging(damages), most_pages=20, users_directory=users) as one:
            data = (await well_told(one, WALK))["data"]
            people = [
                *((data["project"] or {}).get("people") or ()),
                *([data["person"]] if data["person"] else ()),
            ]
            assert [found for person in people for found in foreign(person)] == []
            responsible = {person["id"] for person in (data["checkIn"] or {}).get("people") or ()}
            assert responsible & OWNERS.keys() <= {"w0"}


LISTS = [
    ("check-ins", "{ it: checkIns(first: 100) { nodes { id deadline submittedAt overdue } } }", None, "api_id"),
    ("current", "{ it: currentAssignments(first: 100) { nodes { id startDay endDay project { id name } } } }", "assignments", "id"),
]


@settings(max_examples=80, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.sampled_from(LISTS), st.integers(0, 40), st.lists(st.integers(0, 30), max_size=4).map(tuple), VALUES)
async def test_one_damaged_row_costs_no_other_row(
    case: tuple[str, str, str | None, str], row: int, steps: tuple[int, ...], value: Any
) -> None:
    """Unless the whole answer cannot be read, and then there is an error (faults.md F11, F12)."""
    where, query, inner, key = case
    lost: set[str] = set()

    def damage(content: Any) -> Any:
        rows = within(content)
        at_hand = row % len(rows)
        lost.update(one[key] for one in ([rows[at_hand]] if inner is None else rows[at_hand][inner]))
        rows[at_hand] = put(rows[at_hand], steps, value)
        return content

    with TemporaryDirectory() as folder:
        firm(path := Path(folder) / "firm.sqlite")
        async with bent(path) as one:
            before = {node["id"]: node for node in (await one.data(query))["it"]["nodes"]}
            one.bending.bend = at(where, damage)
            answer = await well_told(one, query)
    if "errors" in answer:
        assert answer["data"] == {"it": None}
        return
    after = {node["id"]: node for node in answer["data"]["it"]["nodes"]}
    intact = before.keys() - lost
    assert {own: after.get(own) for own in intact} == {own: before[own] for own in intact}
