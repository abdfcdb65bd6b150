"""What the graph says of everybody in a company, and what must hold of it whatever the company."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.names import folded
from tests.graphs import Graph
from tests.identity.companies import PROJECT, Company, Modes, served


@dataclass(frozen=True)
class Shown:
    """What the graph says of one person: `rows` are the check-ins shown, None for a null; `codes` are those of errors right there."""

    id: str
    status: str
    method: str | None
    account: str | None
    candidates: frozenset[str]
    rows: frozenset[str] | None
    total: int | None
    complete: bool
    codes: tuple[str, ...]

    @property
    def verdict(self) -> tuple[str, str | None, str | None, frozenset[str] | None]:
        """The part that must be the same wherever the person is asked for."""
        return self.status, self.method, self.account, self.rows


FIELDS = """
fragment Fields on Person {
  id identity { status method checkInsId candidates { id } }
  checkIns(first: 100) { totalCount nodes { id } completeness { complete } pageInfo { hasNextPage endCursor } }
}"""
PEOPLE = "{ people(first: 100) { nodes { ...Fields } } }" + FIELDS
PROJECTED = "{ project(id: %r) { people { ...Fields } } }".replace("%r", f'"{PROJECT}"') + FIELDS
MORE = "query ($id: ID!, $after: String!) { person(id: $id) { checkIns(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }"
BY_EMAIL = "query ($email: String!) { person(email: $email) { ...Fields } }" + FIELDS
ANSWERED = (
    """query ($id: ID!) {
  checkIn(id: $id) { people { ...Fields } responses { person { id checkIns(first: 100) { nodes { id } } } } }
}"""
    + FIELDS
)


async def everybody(graph: Graph, query: str = PEOPLE, *path: str) -> dict[str, Shown]:
    """What the graph shows of everybody that a query finds, by id."""
    path = path or ("people", "nodes")
    answer = await graph.ask(query)
    found: Any = answer["data"]
    for step in path:
        found = found[step]
    shown = [await paged(graph, understood(answer, one, [*path, index])) for index, one in enumerate(found)]
    return {one[0].id: one[0] for one in shown}


def understood(answer: dict[str, Any], raw: dict[str, Any], path: Iterable[str | int]) -> tuple[Shown, str | None]:
    """One person of an answer, and the cursor where their check-ins go on."""
    assert raw["identity"] is not None, answer["errors"]
    identity, listed = raw["identity"], raw["checkIns"]
    errors = [one["extensions"]["code"] for one in answer.get("errors", ()) if one["path"] == [*path, "checkIns"]]
    rows = frozenset(one["id"] for one in listed["nodes"]) if listed else None
    shown = Shown(
        id=raw["id"],
        status=identity["status"],
        method=identity["method"],
        account=identity["checkInsId"],
        candidates=frozenset(one["id"] for one in identity["candidates"]),
        rows=rows,
        total=listed["totalCount"] if listed else None,
        complete=bool(listed and listed["completeness"]["complete"]),
        codes=tuple(errors),
    )
    after: str | None = listed["pageInfo"]["endCursor"] if listed and listed["pageInfo"]["hasNextPage"] else None
    return shown, after


async def paged(graph: Graph, begun: tuple[Shown, str | None]) -> tuple[Shown, None]:
    """The person with all pages of their check-ins, as far as they are given: a link may be found out between two pages."""
    shown, after = begun
    rows = set(shown.rows or ())
    while after is not None:
        listed = (await graph.ask(MORE, id=shown.id, after=after))["data"]["person"]["checkIns"]
        if listed is None:
            break
        fresh = {one["id"] for one in listed["nodes"]}
        assert not fresh & rows, "no check-in is on two pages"
        rows |= fresh
        after = listed["pageInfo"]["endCursor"] if listed["pageInfo"]["hasNextPage"] else None
    whole = Shown(**{**vars(shown), "rows": frozenset(rows) if shown.rows is not None else None})
    return whole, None


def harmless(company: Company, people: Mapping[str, Shown]) -> None:
    """What holds even in the answer in which a link is found to hold no more: nobody is shown check-ins of another account."""
    for one in people.values():
        rows = frozenset(company.rows.get(one.account or one.id, ()))
        assert (one.rows or set()) <= rows, f"{one.id} is shown check-ins of somebody else: {set(one.rows or ()) - rows}"


def hold(company: Company, people: Mapping[str, Shown]) -> None:
    """What must hold of everybody, whatever the company: see each line."""
    harmless(company, people)
    for one in people.values():
        rows = frozenset(company.rows.get(one.account or one.id, ()))
        assert not one.complete or one.rows == rows, f"{one.id} lacks check-ins without being told: {rows - set(one.rows or ())}"
        assert one.rows is None or one.total in (None, len(rows)), f"{one.id} has {len(rows)} check-ins and is told {one.total}"
        if one.id not in company.workers:
            continue
        if one.status == "AMBIGUOUS":
            assert (one.rows, one.codes, one.method, one.account) == (None, ("IDENTITY_AMBIGUOUS",), None, None), one
        if one.status == "UNMATCHED":
            assert (one.rows, one.codes, one.method, one.account) == (None, (), None, None), one
        if one.status == "MATCHED":
            assert one.rows is not None, one
            assert one.codes == (), one
            assert one.method, one
    linked = [one.account for one in people.values() if one.status == "MATCHED" and one.account]
    assert len(linked) == len(set(linked)), f"an account is linked to two people: {linked}"


async def consistent(company: Company, graph: Graph) -> dict[str, Shown]:
    """Everybody by `people`, after checking that every other way to them says the same, now and once all check-ins have been seen."""
    people = await everybody(graph)
    hold(company, people)
    projected = await everybody(graph, PROJECTED, "project", "people")
    hold(company, projected)
    assert {key: one.verdict for key, one in projected.items()} == {key: people[key].verdict for key in projected}
    await answered(company, graph, people, whole=False)
    again = await everybody(graph)
    hold(company, again)
    for key, one in again.items():
        assert one.verdict == people[key].verdict or one.status == "AMBIGUOUS", "what is learned later may cost a link, and makes none"
    await answered(company, graph, again, whole=True)
    return again


async def answered(company: Company, graph: Graph, people: Mapping[str, Shown], *, whole: bool) -> None:
    """From check-ins back to people: never another worker, and when the `whole` company has been seen, always the linked one."""
    holder = {one.account: one.id for one in people.values() if one.status == "MATCHED" and one.account}
    for row, accounts in company.answered.items():
        answerers = {holder.get(one, one): one for one in accounts}
        allowed = answerers if whole else {**answerers, **{one: one for one in accounts}}
        found = (await graph.ask(ANSWERED, id=row))["data"]["checkIn"]
        for one in [*found["people"], *(answer["person"] for answer in found["responses"])]:
            assert one["id"] in allowed, f"{row} of {accounts} is said to be by {one['id']}"
            shown = {each["id"] for each in (one["checkIns"] or {"nodes": ()})["nodes"]}
            theirs = company.rows[allowed[one["id"]]]
            assert shown <= theirs, f"{one['id']} is shown check-ins of somebody else: {shown - theirs}"


async def by_email(company: Company, graph: Graph, people: Mapping[str, Shown]) -> None:
    """An email finds whoever its one account belongs to; one that several accounts are seen to share finds nobody, with an error."""
    holder = {one.account: one.id for one in people.values() if one.status == "MATCHED" and one.account}
    for email in sorted({one for one in company.emails.values() if one}):
        sharing = [key for key, one in company.emails.items() if folded(one) == folded(email) and key in company.seen]
        answer = await graph.ask(BY_EMAIL, email=email)
        person = answer["data"]["person"]
        if len(sharing) > 1:
            assert person is None, f"{email} is shared by {sharing} and finds {person['id']}"
            assert [one["extensions"]["code"] for one in answer["errors"]] == ["IDENTITY_AMBIGUOUS"]
        if person is not None:
            shown, _ = understood(answer, person, ["person"])
            assert [shown.id] == [holder.get(one, one) for one in sharing]
            assert (shown.rows or frozenset()) <= company.rows[sharing[0]]


async def decided(company: Company, folder: Path, modes: Modes, **rules: Any) -> dict[str, Shown]:
    """Everybody, after every way to them was found to agree."""
    async with served(company, folder, modes, **rules) as graph:
        people = await consistent(company, graph)
        await by_email(company, graph, people)
        return people


def said(people: dict[str, Shown]) -> dict[str, tuple[str, str | None]]:
    """Each person's status and account."""
    return {key: (one.status, one.account) for key, one in people.items()}
