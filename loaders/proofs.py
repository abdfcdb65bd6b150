"""Identities in waves: remembered as long as nothing contradicts them, proved as far as the operation can pay for all of a wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loaders.accounts import HEAD, Source, trusted
from loaders.base import attempted
from loaders.directory import Directory
from loaders.evidence import Evidence, holds, number_is_key
from loaders.identity import hopeless, identity
from loaders.known import Known
from loaders.links import Identity, Status
from loaders.names import folded
from upstreams.check_ins import askable
from upstreams.records import Person

PROOF = 3
"""The calls that prove one identity by name where filters are exact: rows by name, a detail, rows by name and email."""
UNPROVED = (
    "Who these people are in check-ins must be proved once, three calls each: "
    "ask for fewer people at once, or have the operator run `crewgraph people match`."
)


async def identities(source: Source, people: Sequence[Person]) -> Mapping[Person, Identity | Exception]:
    """Who these people are in check-ins. Raises TooExpensive when too many must be proved for one operation."""
    await attempted([source.known.roll("people", source.ledger), source.known.roll("users", source.ledger)])  # what `holds` looks at
    directory = source.known.directories.peek("company")
    unknown = [person for person in people if source.known.outcome(person.id) is None]
    provable = len(
        [one for one in unknown if directory is None or not unlinkable(source.known, directory.people.get(one.id, one), directory)]
    )
    source.ledger.afford(provable * PROOF if provable > 1 else 0, UNPROVED)
    return dict(zip(people, await attempted([identified(source, person) for person in people]), strict=True))


def unlinkable(known: Known, person: Person, directory: Directory) -> bool:
    """Whether it is certain without any call that nothing links this person."""
    evidence = Evidence(person, directory)
    if person.id in known.register.by_person or number_is_key(known, evidence) or known.rules.people_directory:
        return False
    return not directory.everybody or hopeless(known, evidence) is not None or not (askable(person.name) and folded(person.name))


async def identified(source: Source, person: Person) -> Identity:
    """Who a workforce person is in check-ins; that nothing links them is not remembered when the mapping file changed meanwhile."""
    remembered, register = await recalled(source, person.id), source.known.register
    found = remembered or await identity(source, person)
    lasting = person.name is not None and register is source.known.register
    if remembered is None and (lasting or found.status is Status.MATCHED):
        source.known.decided(person.id, found)
    method = found.method.value if found.method is not None else None
    source.ledger.identified(person.id, found.status.value, method, remembered=remembered is not None)
    return found


async def recalled(source: Source, person_id: str) -> Identity | None:
    """What is remembered of a person; what something contradicts by now is forgotten."""
    found = source.known.outcome(person_id)
    if found is None or (holds(source.known, person_id, found) and await believable(source, found)):
        return found
    source.known.unlink(person_id)
    return None


async def believable(source: Source, found: Identity) -> bool:
    """Whether the rows of a link can still be told by its filter alone, if that is how they are told."""
    own = found.owned
    if own is None or not own.direct or await trusted(source, own):
        return True
    return not (await source.rows(own.where, limit=HEAD)).items
