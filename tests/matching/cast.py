"""A company with one person of each kind that matching must tell apart."""

from __future__ import annotations

from pathlib import Path

from sandbox import Draft
from tests.graphs import TODAY
from tests.identity.companies import Company

EMAILS = "example.com"
MAPPING = "person_id,email\nw-mapped,mapped@example.com\n"


def cast() -> Company:
    """Ann is linked by name, Mo by the mapping file; John is misspelt, Maria has married, Nur shows a number, Zed never checked in.

    There are two Bob Rays on each side. Its dates move with the clock, so that it can be served today.
    """
    company = Company(Draft(TODAY, seed=1, people=300))
    for name, key, number in (
        ("Ann Lee", "w-ann", None),
        ("Bob Ray", "w-bob-1", None),
        ("Bob Ray", "w-bob-2", None),
        ("John Smith", "w-john", None),
        ("Maria Lopez", "w-maria", None),
        ("Mo Mapped", "w-mapped", None),
        ("Nur Aziz", "w-nur", "4711"),
        ("=Zed Quill", "w-zed", None),
    ):
        company.worker(name, key, number=number)
    for name, email, key in (
        ("Ann Lee", "ann@example.com", "a-ann"),
        ("Bob Ray", "bob@example.com", "a-bob-1"),
        ("Bob Ray", "bob.ray@example.com", "a-bob-2"),
        ("Jon Smith", "office@example.com", "a-john"),
        ("Maria Garcia", "maria.lopez@example.com", "a-maria"),
        ("Muhammad M.", "mapped@example.com", "a-mapped"),
        ("Visitor", "office@example.com", "a-visitor"),
    ):
        company.user(name, email, key)
    company.user("N. A.", "na@example.com", "a-nur", properties={"No": "4711"})
    return company


def kept(folder: Path, company: Company | None = None) -> Path:
    """The company as a file that the embedded sandbox takes up."""
    path = folder / "company.sqlite"
    (company or cast()).draft.save(path)
    return path
