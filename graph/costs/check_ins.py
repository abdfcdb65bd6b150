"""What check-ins and identities cost: a proof for each person who was not decided before, a list for each who is linked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from graph.costs import given
from graph.costs.bookings import Costs, Found, team
from graph.forecast import Cost, Many, Need, View
from graph.selection import Asked
from loaders import plans
from loaders.accounts import HEAD
from loaders.names import spellings
from loaders.proofs import PROOF, unlinkable
from loaders.rows import Rows, rows_of, widened
from loaders.submitted import FEWEST
from loaders.window import Window
from upstreams.check_ins import Filter, askable

REPORTS = 8
"""How many reports a manager is taken to have."""
FAR = 90
"""Days back from today that the first look at somebody's check-ins is taken to reach."""


def proof(view: View, parents: Many) -> Costs:
    """Who these people are in check-ins, where that is not remembered: a list by name, a detail, a list by name and email."""
    if parents.linked:
        return []
    if parents.ids is None:
        calls = round(parents.likely * view.strangers * PROOF)
        needs = [Need(("proof", parents.key), calls)] if calls else []
    else:
        needs = [need for own in sorted(parents.ids) if view.outcome(own) is None for need in proved(view, own, sure=parents.sure)]
    return [Cost("proof of identity", tuple(needs), waves=PROOF)] if needs else []


def proved(view: View, person_id: str, *, sure: bool) -> list[Need]:
    """The proof of one person: at the least a look at each spelling of the name, or at the email that the mapping file gives."""
    entry, directory = view.known.register.by_person.get(person_id), view.directory
    if entry is not None:
        looks = [Filter(person_email=entry.email)] if entry.email else []
    elif directory is None:
        looks = []
    elif (person := directory.people.get(person_id)) is None or unlinkable(view.known, person, directory):
        return []
    else:
        looks = [Filter(person_name=one) for one in spellings(person.name or "") if askable(one)]
    certain = sure and (entry is not None or not view.known.rules.people_directory)
    return [*(view.rows(one, HEAD, sure=certain) for one in looks), Need(("proof", person_id), max(PROOF - len(looks), PROOF - 1))]


def identified(view: View, _asked: Asked, parents: Many) -> Found:
    """What rests on the identity alone."""
    return proof(view, parents), parents


def listed(view: View, asked: Asked, parents: Many) -> Found:
    """A page of people's check-ins, or how many there are."""
    size, days = given.first(asked, 0), given.submitted(asked, view.known.today())
    if not size or (days is None and "submittedBetween" in asked.arguments):
        return [], Many((parents.key, "refused"), 0)
    limit = size if given.reads_page(asked) else 1 if given.counts(asked) else 0
    costs = rows(view, parents, limit, days, after=given.text(asked, "after"))
    weekly = max((days.last - days.first).days // 7, 1) if days is not None else size
    return costs, Many((parents.key, days, size), parents.likely * min(size, weekly), read=newly(view, parents), linked=True)


def newly(view: View, parents: Many) -> int:
    """How many people are proved now, for which a check-in of each is read in detail."""
    if parents.ids is None:
        return 0 if parents.linked else round(parents.likely * view.strangers)
    return sum(view.outcome(one) is None for one in parents.ids)


def newest(view: View, asked: Asked, parents: Many) -> Found:
    """What the newest check-ins of people say."""
    few = asked.name == "overdueCheckIns" and not given.first(asked, 1)
    costs = [] if few else rows(view, parents, HEAD, None)
    return costs, Many((parents.key, asked.name), parents.likely, linked=True)


def rows(view: View, parents: Many, limit: int, days: Window | None, *, after: str | None = None) -> Costs:
    """The lists of people's check-ins, or a scan of the days where that is cheaper; a proof made now has read the newest `HEAD` rows."""
    costs = proof(view, parents)
    if not limit or not parents.likely:
        return costs
    beyond = days is not None or after is not None or limit > HEAD
    decided = [view.outcome(one) for one in sorted(parents.ids or ())]
    if parents.ids is None:
        strangers = 0 if parents.linked else round(parents.likely * view.strangers)
        needs = [Need(("rows", parents.key, days, after), parents.likely - (0 if beyond else strangers))]
    else:
        owned = [one.owned for one in decided if one is not None and one.owned is not None]
        needs = own_rows(view, [rows_of(one, days) for one in owned], limit, after, sure=parents.sure and days is None)
        lacking = sum(one is None for one in decided)
        needs += [Need(("rows", parents.key, days, after), lacking)] if beyond and lacking else []
    asked = sum(need.likely for need in needs)
    return [*costs, *(cheaper(view, tuple(needs), asked, days) if asked else [])]


def own_rows(view: View, wanted: Sequence[Rows], limit: int, after: str | None, *, sure: bool) -> list[Need]:
    """The lists of people who are linked; those of certain days may be answered by a scan, those of a later page are other calls."""
    if after is not None:
        return [Need(("rows", one.where, after)) for one in wanted]
    return view.heads([(one.where, view.most if one.sifted else min(limit, view.most)) for one in wanted], sure=sure)


def cheaper(view: View, needs: tuple[Need, ...], people: int, days: Window | None) -> Costs:
    """A list each, or the pages of the days and the details of the rows whose owner is not known."""
    lists = "list of each person's check-ins"
    where = widened(Filter(), days)
    attributed = view.known.attributed(where.date_from, where.date_to) if where.date_from and where.date_to else 0
    if not attributed or people < FEWEST:
        return [Cost(lists, needs)]
    count = view.known.counts.peek(where) or attributed
    pages, unknown = -(-count // view.most), max(count - attributed, 0)
    choice = plans.check_ins(people, pages, unknown)
    if choice.by == "lists":
        return [Cost(lists, needs, instead=f"a scan of the days: {choice.scan}")]
    return [Cost("scan of the days", (Need(("days", where), choice.scan),), waves=2, instead=f"a list each: {choice.lists}")]


def summary(view: View, asked: Asked, parents: Many) -> Found:
    """How a project's people kept to their check-ins: the newest rows of each, all of them in list calls."""
    between = given.span(asked.arguments.get("between"), view.known.today())
    if between is None:
        return [], parents
    costs, people = team(view, asked, parents)
    far = (view.known.today() - between.first).days > FAR
    return [*costs, *rows(view, people, view.most if far else HEAD, None)], parents


def details(view: View, asked: Asked, parents: Many) -> Found:
    """The responses of check-ins, or who gave them: a call each, but for those that a proof has read."""
    if parents.ids is not None:
        needs = tuple(view.detail(one, sure=parents.sure) for one in sorted(parents.ids))
    else:
        needs = (Need(("details", parents.key), max(parents.likely - parents.read, 0)),)
    answered = replace(parents, key=(parents.key, "answered"), ids=None, sure=False)
    costs = [Cost("detail of each check-in", needs)] if any(need.likely for need in needs) else []
    return [*costs, *(proof(view, answered) if asked.name == "people" else [])], answered


def answerer(view: View, _asked: Asked, parents: Many) -> Found:
    """Who responded, as a workforce person."""
    return proof(view, parents), parents


def one(view: View, asked: Asked, parents: Many) -> Found:
    """One check-in by its id."""
    own = given.text(asked, "id") or ""
    return [Cost("detail", (view.detail(own, sure=parents.sure),))], Many(("check-in", own), ids=frozenset([own]))


def found(view: View, asked: Asked, parents: Many) -> Found:
    """The check-ins that a filter finds."""
    size, wanted = given.first(asked, 0), given.filters(asked, view.known.today())
    if not size or wanted is None:
        return [], Many((parents.key, "refused"), 0)
    where, days = wanted
    return first_page(view, asked, where, days, sure=parents.sure), Many(("check-ins", where), size)


def first_page(view: View, asked: Asked, where: Filter, days: Window | None, *, sure: bool) -> Costs:
    """The first page of a filter; days are sifted from whole pages, and a count alone takes one row."""
    whole, limit = view.most, given.first(asked, 0) if given.reads_page(asked) else 1
    if not (given.reads_page(asked) or given.counts(asked)):
        return []
    if "after" in asked.arguments:
        return [Cost("page", (Need(("rows", where, given.text(asked, "after"))),))]
    return [Cost("page", (view.rows(where, whole if days is not None else min(limit, whole), sure=sure),))]


def changed(view: View, asked: Asked, parents: Many) -> Found:
    """The check-ins submitted since a day."""
    days, size = parents.days, given.first(asked, 0)
    if days is None or not size:
        return [], Many((parents.key, "refused"), 0)
    where = widened(Filter(), days)
    return first_page(view, asked, where, days, sure=parents.sure), Many(("check-ins", where), size)


def reports(view: View, asked: Asked, parents: Many) -> Found:
    """A manager's reports: all of their check-ins of some days, and whose these are, each by its detail until that is known."""
    email, days = given.text(asked, "managerEmail"), given.submitted(asked, view.known.today(), -28)
    if email is None or "@" not in email or not askable(email) or days is None or not given.first(asked, 0):
        return [], Many((parents.key, "refused"), 0)
    where = widened(Filter(manager_email=email), days)
    known = view.known.attributed(days.first, days.last)
    owners = max(REPORTS * max((days.last - days.first).days // 7, 1) - known, 0)
    people = Many(("reports", where), REPORTS, linked=not owners)
    pages = Cost("page", (view.rows(where, view.most, sure=parents.sure),))
    unknown = [Cost("detail of each check-in", (Need(("owners", where), owners),))] if owners else []
    return [pages, *unknown, *proof(view, people)], people
