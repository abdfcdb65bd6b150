"""A generated company of any size, the same for the same seed: people, projects, work, time off and two years of check-ins."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random

from sandbox import documents, schema
from sandbox.cast import CAST, SITE
from sandbox.clocks import utc_now
from sandbox.draft import Draft
from sandbox.jobs import absences, career, crew
from sandbox.staff import STORY, Staff
from sandbox.weeks import weekly

HARBOUR_BRIDGE = "Harbour Bridge"
CREW = 40  # people on it today, or a fifth of a smaller company
PROJECTS = 20  # that a story of people shares
EFFORT = 100  # rows that a person takes, about
PLACES = (
    "Airport",
    "Canal",
    "Cathedral",
    "Central",
    "Dockside",
    "Eastgate",
    "Garden",
    "Hillside",
    "Lakeview",
    "Market",
    "Riverside",
    "Union",
)
KINDS = ("Tower", "Station", "School", "Depot", "Hospital Wing", "Water Works", "Car Park", "Library", "Housing", "Tunnel", "Stadium")
COLORS = ("#53A9FF", "#5bd043", "#F2994A", "#9B51E0", "#EB5757", "#FFD166")

Progress = Callable[[int, int], None]


def build(path: Path | str, *, people: int = 300, seed: int = 1, today: date | None = None, progress: Progress | None = None) -> None:
    """The file holds the company of `people` workers and `seed` as of `today` (default: this day in UTC) and the documents' records."""
    today = today or utc_now().date()
    meter = Meter(progress or _silent, people * EFFORT)
    draft, rng = Draft(today, seed=seed, people=people), Random(seed)  # noqa: S311 - the same company every time, nothing secret
    documents.add(draft)
    staff = Staff(draft, rng)
    staff.open(people)
    _hire(draft, rng, staff, today, meter)
    _unseen(draft)
    tenure = [staff.tenure.get(user.uid, 0) for user in draft.records.users.rows]
    draft.save(path, stream=weekly(rng, tenure, today), tick=meter)
    meter.finish()


class OtherFile(Exception):
    """A file that `ensure` leaves alone, because it is no company or another one."""


def ensure(path: Path | str, *, people: int, seed: int, today: date | None = None, progress: Progress | None = None) -> bool:
    """Build the company file if it is missing or of an earlier schema, and return whether that was so.

    With `today` the company must be one of that day, or have dates that never move. Raises OtherFile rather than replace or serve any
    other company.
    """
    if not Path(path).exists():
        build(path, people=people, seed=seed, today=today, progress=progress)
        return True
    kept = _kept(Path(path))
    if kept is None:
        raise OtherFile(f"{path} is no company of this sandbox; give another file, or delete it.")
    if kept[1:3] != (people, seed):
        raise OtherFile(
            f"{path} holds a company of {kept[1]} people made from seed {kept[2]}; ask for that one, give another file, or delete it."
        )
    built = kept[3]
    if today is not None and built is not None and built != today.toordinal():
        made = date.fromordinal(built)
        raise OtherFile(f"{path} holds a company made on {made}, not on {today}; ask for no day, give another file, or delete it.")
    if kept[0] != schema.VERSION:
        build(path, people=people, seed=seed, today=today, progress=progress)
        return True
    return False


def landmarks(path: Path | str) -> dict[str, str]:
    """Ids worth knowing, by name: the projects Harbour Bridge and Old Mill Restoration, and every group."""
    with closing(sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)) as db:
        projects = db.execute("SELECT name, uid FROM projects WHERE name IN (?, ?)", (HARBOUR_BRIDGE, SITE))
        return dict([*projects, *db.execute("SELECT name, uid FROM groups")])


class Meter:
    """Counts work done towards an estimate of all of it."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def __call__(self, count: int) -> None:
        self.done = min(self.done + count, self.total)
        self.progress(self.done, self.total)

    def finish(self) -> None:
        """All is done, whatever the estimate was."""
        self.progress(self.total, self.total)


def _hire(draft: Draft, rng: Random, staff: Staff, today: date, meter: Meter) -> None:
    """The cast, then ordinary people up to the wanted size, all of them with their work."""
    bridge = draft.project(HARBOUR_BRIDGE, number="HB-1000", color="#2D9CDB")
    site = draft.project(SITE, number="OM-1001", color="#27AE60")
    for number, member in enumerate(CAST):
        if worker := staff.member(number, member):
            _employ(draft, rng, worker, [site], site, today)
    ordinary = draft.records.people - sum(member.worker is not None for member in CAST)
    hands = min(CREW, draft.records.people // 5)
    projects: list[str] = []
    for number in range(ordinary):
        if number % STORY == 0:
            projects = [_project(draft, number // STORY * PROJECTS + n) for n in range(PROJECTS)]
        worker = staff.ordinary(number, plain=number < hands)
        _employ(draft, rng, worker, projects, bridge if number < hands else None, today)
        if number % 100 == 99:
            meter(1000)


def _unseen(draft: Draft) -> None:
    """Whom only the directories show; they come last, so that nobody else's id depends on them."""
    draft.worker("Ida Lindgren", employee_number="C-022", email="ida.lindgren@example.com")
    draft.user("Tom Barker", "tom.barker2@example.com")
    draft.user("Hanna Virtanen", "hanna.virtanen@example.com", active=False)


def _employ(draft: Draft, rng: Random, worker: str, projects: list[str], post: str | None, today: date) -> None:
    """The work and absences of a field worker, with a post where they are today."""
    career(draft, rng, worker, projects, today, until=today if post else None)
    if post:
        crew(draft, rng, worker, post, today)
    absences(draft, rng, worker, today)


def _project(draft: Draft, number: int) -> str:
    phase, place = divmod(number, len(PLACES) * len(KINDS))
    name = f"{PLACES[place % len(PLACES)]} {KINDS[place % len(KINDS)]}" + (f" {phase + 1}" if phase else "")
    return draft.project(name, number=f"P-{20000 + number}", color=COLORS[number % len(COLORS)])


def _kept(path: Path) -> tuple[int, int, int, int | None] | None:
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            found: tuple[int, int, int, int | None] | None = db.execute("SELECT version, people, seed, built FROM meta").fetchone()
            return found
    except sqlite3.DatabaseError:
        return None


def _silent(done: int, total: int) -> None:
    """Nobody watches."""
