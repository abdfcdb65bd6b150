"""What it costs to find projects, people and other entities by their keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from graph.costs import given
from graph.costs.bookings import Costs, Found, sought
from graph.costs.check_ins import one
from graph.forecast import Cost, Many, Need, View
from graph.selection import Asked
from loaders.accounts import HEAD
from loaders.names import alphabetical, folded
from loaders.proofs import PROOF
from loaders.window import on
from resolvers.people import TENANT
from upstreams.check_ins import Filter, askable
from upstreams.values import bare


def project(view: View, asked: Asked, parents: Many) -> Found:
    """One project, by its id or in the directory by its number."""
    own, number = given.text(asked, "id"), given.text(asked, "number")
    if own is not None:
        return (
            ([], nobody(asked))
            if number is not None or not own.strip()
            else sought(view, "project", own, ("project", own), sure=parents.sure)
        )
    found = view.directory.project_numbers.get(folded(number), ()) if view.directory is not None else ()
    key = ("project number", number)
    return [], Many(key, ids=frozenset([found[0].id]), sure=parents.sure) if len(found) == 1 else Many(key)


def person(view: View, asked: Asked, parents: Many) -> Found:
    """One person, by one of their keys."""
    keys = [name for name in ("id", "email", "employeeNumber") if name in asked.arguments]
    value = (given.text(asked, keys[0]) or "").strip() if len(keys) == 1 else ""
    if not value:
        return [], nobody(asked)
    if keys == ["id"]:
        return by_id(view, given.text(asked, "id") or "", sure=parents.sure)
    if keys == ["email"]:
        return by_email(view, given.text(asked, "email") or "", sure=parents.sure)
    found = view.directory.with_number(value) if view.directory is not None else ()
    certain = view.directory is not None and view.directory.everybody
    return [], Many(("number", value), ids=frozenset([found[0].id]), sure=certain) if len(found) == 1 else Many(("number", value))


def by_id(view: View, own: str, *, sure: bool) -> Found:
    """A person by id: whom the directory or a check-in showed is free."""
    if view.directory is not None and own in view.directory.people:
        return [], Many(("person", own), ids=frozenset([own]), sure=sure)
    if TENANT.match(own) or view.known.accounts.peek(bare(own)) is not None:
        return [], Many(("account", own), linked=True)
    return sought(view, "person", own, ("person", own), sure=sure)


def by_email(view: View, email: str, *, sure: bool) -> Found:
    """A person by the email that check-ins has: their check-ins, whose they are, and whether they are that person's alone."""
    if "@" not in email or not askable(email):
        return [], Many(("email", email), 0)
    head = view.rows(Filter(person_email=email), HEAD, sure=sure)
    return [Cost("check-ins of the email", (head, Need(("email", email), PROOF - 1)), waves=PROOF)], Many(("email", email))


def nobody(asked: Asked) -> Many:
    """What a refused argument finds."""
    return Many((asked.coordinate, "refused"), 0)


def people(view: View, asked: Asked, parents: Many) -> Found:
    """A page of the directory's people."""
    size, name, directory = given.first(asked, 0), given.text(asked, "name"), view.directory
    key = ("people", name, str(asked.arguments.get("onLeave")), given.text(asked, "after"), size)
    if directory is None:
        return [], Many(key, min(size, 1) if name is not None else size)
    found = directory.people_by_name if name is None else alphabetical(directory.named.get(folded(name), ()))
    if (wanted := asked.arguments.get("onLeave")) is not None:
        today = on(view.known.today())
        away = {own for own, absences in directory.time_off.items() if any(today.keeps(one.start, one.end) for one in absences)}
        found = tuple(one for one in found if (one[1].id in away) is wanted)
    if "after" in asked.arguments:
        return [], Many(key, min(size, len(found)))
    return [], shown(key, (thing.id for _, thing in found[:size]), sure=parents.sure)


def projects(view: View, asked: Asked, parents: Many) -> Found:
    """A page of the directory's projects."""
    size, directory, key = given.first(asked, 0), view.directory, ("projects", str(asked.arguments))
    if directory is None or "after" in asked.arguments:
        return [], Many(key, size if directory is None else min(size, len(directory.projects)))
    return [], shown(key, (thing.id for _, thing in directory.projects_by_name[:size]), sure=parents.sure)


def entries(view: View, asked: Asked, parents: Many) -> Found:
    """A page of the report on identities: with a status only people of whom it is remembered."""
    size, directory, status = given.first(asked, 0), view.directory, given.text(asked, "status")
    key = ("entries", status, given.text(asked, "after"), size)
    if directory is None or status is not None or "after" in asked.arguments or view.known.rules.people_directory:
        return [], Many(key, size, linked=status is not None)
    return [], shown(key, (thing.id for _, thing in directory.people_by_name[:size]), sure=parents.sure)


def shown(key: object, ids: Iterable[str], *, sure: bool) -> Many:
    """Values that are known by their ids."""
    found = frozenset(ids)
    return Many(key, len(found), found, sure)


def entities(view: View, asked: Asked, parents: Many) -> Found:
    """What a gateway asks for, each by its key as if it were a root's argument; equal ones are asked once."""
    representations = asked.arguments.get("representations", [])
    given_ones = representations if isinstance(representations, list) else [representations]
    costs: Costs = []
    people, others = listed(view, [each for each in given_ones if isinstance(each, Mapping)])
    found: dict[str, dict[object, Many]] = {"Person": {"listed": shown("listed", people, sure=parents.sure)}} if people else {}
    for each in others:
        name = str(each.get("__typename"))
        own, values = entity(view, name, each, parents)
        costs += own
        found.setdefault(name, {})[values.key] = values
    merged = Cost("lookups by key", tuple(need for cost in costs for need in cost.needs), max((cost.waves for cost in costs), default=1))
    types = {name: together((asked.coordinate, name), list(ones.values())) for name, ones in found.items()}
    return [merged] if costs else [], Many(asked.coordinate, len(given_ones), types=types)


def listed(view: View, given_ones: Sequence[Mapping[str, object]]) -> tuple[set[str], list[Mapping[str, object]]]:
    """The ids of those people whom the directory shows, who are free, and all that is not asked for so."""
    people = view.directory.people if view.directory is not None else {}
    found, others = set[str](), list[Mapping[str, object]]()
    for each in given_ones:
        own = each.get("id")
        own = str(own) if type(own) is int else own
        if type(own) is str and own in people and own.strip() and each.get("__typename") == "Person":
            found.add(own)
        else:
            others.append(each)
    return found, others


KEYS: Mapping[str, tuple[str, ...]] = {"Person": ("id", "email", "employeeNumber"), "Project": ("id", "number"), "CheckIn": ("id",)}
"""The entities that a rule looks up by, and their keys in the order in which they are preferred."""


def entity(view: View, name: str, representation: Mapping[str, object], parents: Many) -> Found:
    """One entity by the first of its keys that is given."""
    key = next((key for key in KEYS.get(name, ()) if str(representation.get(key) or "").strip()), None)
    if key is None:
        return [], Many((name, str(representation.get("id"))), int(name not in KEYS))
    rule = {"Person": person, "Project": project, "CheckIn": one}[name]
    return rule(view, Asked("Query", name, {key: representation[key]}), parents)


def together(key: object, many: list[Many]) -> Many:
    """Values that are asked for one by one, as one; of which it is not known which they are, if that is so of any."""
    ids = [one.ids for one in many]
    known = None if None in ids else frozenset(own for each in ids for own in each or ())
    return Many(key, sum(one.likely for one in many), known, all(one.sure for one in many), linked=all(one.linked for one in many))
