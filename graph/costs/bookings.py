"""What assignments, absences and their people cost: nothing where a scan shows them, else a list each or a scan of the company."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from graph.costs import given
from graph.forecast import Cost, Many, Need, View
from graph.selection import Asked
from loaders.bookings import Part, current, parts
from loaders.directory import Whose
from loaders.window import Days, Window, on
from upstreams.errors import BadInput
from upstreams.records import Bookings
from upstreams.workforce import ALWAYS, COMPANY, Route, Starts

PEOPLE, JOBS = 10, 2
"""What is expected where nothing is known: people on a project, assignments of a person in a window."""
Costs = list[Cost]
Found = tuple[Costs, Many]


def sought(view: View, whose: Whose, own_id: str, key: object, *, sure: bool) -> Found:
    """A project or person by its id: by its newest assignment around today, where no scan shows it."""
    newest = on(view.known.today()).starts(view.known.rules.look_back)[0]
    shown = view.booked(whose, own_id, [newest])
    if shown is not None and shown[0].items:
        return [], Many(key, ids=frozenset([own_id]), sure=sure)
    needs = () if view.reads or shown is not None else (view.listed(whose, own_id, newest, sure=sure),)
    return [Cost(f"list of the {whose}", needs)] if needs else [], Many(key, ids=frozenset([own_id]))


def team(view: View, asked: Asked, parents: Many) -> Found:
    """The people or assignments of projects."""
    window, changed = given.window(asked, view.known.today()), given.changed(asked)
    if window is None or changed is None:
        return [], Many((parents.key, "team"), 0)
    ranges = window.starts(view.known.rules.look_back)
    shown = [view.booked("project", own, ranges) for own in parents.ids or ()] if changed == ALWAYS else [None]
    if parents.ids is None or None in shown:
        return lists(view, "project", parents, ranges, plain=changed == ALWAYS), Many(
            (parents.key, "team", window), parents.likely * PEOPLE
        )
    people = frozenset(within(window, (one for each in shown for one in each or ())))
    return [], Many((parents.key, "team", window), len(people), people, parents.sure)


def within(window: Window, found: Iterable[Bookings]) -> Iterable[str]:
    """Who is booked in a window."""
    return (one.person.id for each in found for one in each.items if window.keeps(one.start, one.end))


def jobs(view: View, asked: Asked, parents: Many) -> Found:
    """The assignments or projects of people."""
    today = view.known.today()
    window = given.working_day(asked, today) if asked.name == "currentProjects" else given.window(asked, today)
    changed = given.changed(asked)
    values = Many((parents.key, "jobs", window), parents.likely * JOBS)
    if window is None or changed is None:
        return [], replace(values, likely=0)
    return lists(view, "person", parents, window.starts(view.known.rules.look_back), plain=changed == ALWAYS), values


def lists(view: View, whose: Whose, parents: Many, ranges: list[Days], *, plain: bool) -> Costs:
    """The lists of these parents, or, where that takes fewer calls, scans of the company; none of what scans have."""
    lacking = [days for days in ranges if not (plain and view.covered(days))]
    each, scans = parents.likely * len(lacking), view.pages(lacking)
    if not each:
        return []
    if plain and scans < each:
        needs = tuple(Need(("scan", days), view.pages([days])) for days in lacking)
        return [Cost("scan of the company", needs, waves=2, instead=f"a list each: {each}")]
    one_by_one = tuple(Need(("lists", whose, parents.key, days), parents.likely) for days in lacking)
    return [Cost(f"list of each {whose}", one_by_one, instead=f"a scan of the company: {scans}" if plain and each > 1 else None)]


def absences(view: View, asked: Asked, parents: Many) -> Found:
    """Time off: only scans show it, one for everybody."""
    today = view.known.today()
    window = given.working_day(asked, today) if asked.name == "onLeave" else given.window(asked, today)
    values = Many((parents.key, "time off", window), parents.likely)
    if window is None or not parents.likely:
        return [], values
    lacking = [days for days in window.starts(view.known.rules.directory_back) if not (view.covered(days) or view.listed_free(days))]
    needs = tuple(Need(("scan", days), view.pages([days])) for days in lacking)
    return [Cost("scan of the company", needs, waves=2)] if needs else [], values


def color(view: View, _asked: Asked, parents: Many) -> Found:
    """A project's colour, which only the list of one of its people shows."""
    newest = on(view.known.today()).starts(view.known.rules.look_back)[0]
    return lists(view, "person", parents, [newest], plain=True), parents


def paged(view: View, asked: Asked, these: list[Part], *, sure: bool) -> Costs:
    """A page of the client's in upstream pages: the first of the first part, or all of all parts for a total."""
    if not these or not (given.reads_page(asked) or given.counts(asked)):
        return []
    certain = sure and "after" not in asked.arguments
    heads = [view.page(part.route, part.question, sure=certain) for part in (these if given.counts(asked) else these[:1])]
    days = [(part.question.first, part.question.last) for part in these if isinstance(part.question, Starts) and part.route == COMPANY]
    rest = [Need(("pages", one), max(view.pages([one]) - 1, 0)) for one in days if given.counts(asked)]
    return [Cost("pages", (*heads, *rest), waves=1 + bool(rest))]


def company(view: View, asked: Asked, parents: Many) -> Found:
    """The company's assignments."""
    window, changed, size = given.window(asked, view.known.today()), given.changed(asked), given.first(asked, 0)
    if window is None or changed is None or not size:
        return [], Many((parents.key, "assignments"), 0)
    these = parts(COMPANY, window, changed, view.known)
    return paged(view, asked, these, sure=parents.sure), Many((parents.key, "assignments", window), size)


def working(view: View, asked: Asked, parents: Many) -> Found:
    """The company's assignments with a working day on a day."""
    changed, size, today = given.changed(asked), given.first(asked, 0), view.known.today()
    window = given.working_day(asked, today)
    try:
        these = current(window.first, changed, view.known.rules, today) if window is not None and changed is not None else []
    except BadInput:
        these = []
    return paged(view, asked, these if size else [], sure=parents.sure), Many((parents.key, "current", window), size)


def group(view: View, asked: Asked, parents: Many) -> Found:
    """One group, known by the first page of today's window."""
    own = given.text(asked, "id") or ""
    first = parts(Route("group", own), on(view.known.today()), ALWAYS, view.known)[0]
    return [Cost("page", (view.page(first.route, first.question, sure=parents.sure),))], Many(
        (parents.key, "group", own), ids=frozenset([own])
    )


def in_group(view: View, asked: Asked, parents: Many) -> Found:
    """The people, for whom all pages are read, or the assignments of a group."""
    window, changed, size = given.window(asked, view.known.today()), given.changed(asked), given.first(asked, 0)
    values = Many((parents.key, asked.name, window), size)
    if window is None or changed is None or not size:
        return [], values
    these = [part for own in parents.ids or () for part in parts(Route("group", own), window, changed, view.known)]
    if asked.name == "people":
        return [Cost("pages", tuple(view.page(part.route, part.question, sure=False) for part in these))], values
    return paged(view, asked, these, sure=False), values


def changes(view: View, asked: Asked, parents: Many) -> Found:
    """What changed in the directory's days: its newest pages, of what was created and of what was updated."""
    size = given.first(asked, 0)
    pages = (Need((parents.key, "changes"), 2),) if size and given.reads_page(asked) else ()
    return [Cost("pages", pages)] if pages else [], Many((parents.key, "changed"), size)
