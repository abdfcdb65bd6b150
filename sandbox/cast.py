"""The people that every generated company has, by name, because real companies have them: each is one way in which two systems disagree.

| who | what is the matter |
|---|---|
| Ann Lee, Joann Lee, Mary Ann Lee | one name, and one email, is part of another |
| Daniel Murphy (two workers, one account) | namesakes in workforce, and the account has no employee number to tell them apart |
| Sofia Rossi (one worker, two accounts) | namesakes in check-ins |
| James Smith (two workers, two accounts) | namesakes in both; their employee numbers tell them apart |
| Victor Stone | no check-ins account |
| Grace Whitfield, Peter Lang | check-ins users who are no field workers |
| Tom Barker | no employee number in either system |
| Liam Novak, Olga Petrova | one employee number, used again after Liam left |
| Emily Carter / Emily Walsh | married: workforce has the old surname, her email still has it too |
| Priya Nair | changed her email; nothing of her name is left in it |
| Kofi Mensah, Lena Fischer | share the mailbox of their site office |
| Sean O’Neil / Sean O'Neil | typographic apostrophe in workforce, a straight one in check-ins |
| Zoë Müller | one composed letter in workforce, letter and accent in check-ins |
| José Ángel Núñez, Олена Коваленко, 王小明, محمد الأحمد | accents and other scripts |

They work at `SITE` ("Old Mill Restoration"), every one of them today. Workforce knows the emails of their accounts, but for `MAILBOXES`.

Three more are in the directories only: the worker Ida Lindgren, who has no work; a second account named Tom Barker, which never checked
in; and the account of Hanna Virtanen, who has left.
"""  # noqa: RUF002 - the apostrophes and scripts are the point

from collections.abc import Mapping
from typing import NamedTuple

SITE = "Old Mill Restoration"
SHARED_MAILBOX = "site.office@example.com"


class Member(NamedTuple):
    """A person: their name as a worker, name and email of their account (None where they are not known), employee number on each side."""

    worker: str | None
    user: str | None = None
    email: str | None = None
    number: str | None = None
    property: str | None = None


CAST = (
    Member("Ann Lee", "Ann Lee", "ann@example.com", "C-001", "C-001"),
    Member("Joann Lee", "Joann Lee", "joann@example.com", "C-002", "C-002"),
    Member("Mary Ann Lee", "Mary Ann Lee", "mary.ann@example.com", "C-003", "C-003"),
    Member("Daniel Murphy", "Daniel Murphy", "daniel.murphy@example.com", "C-004"),
    Member("Daniel Murphy", number="C-005"),
    Member("Sofia Rossi", "Sofia Rossi", "sofia.rossi@example.com", "C-006"),
    Member(None, "Sofia Rossi", "sofia.rossi2@example.com"),
    Member("James Smith", "James Smith", "james.smith@example.com", "C-007", "C-007"),
    Member("James Smith", "James Smith", "james.smith2@example.com", "C-008", "C-008"),
    Member("Victor Stone", number="C-009"),
    Member(None, "Grace Whitfield", "grace.whitfield@example.com", property="C-010"),
    Member(None, "Peter Lang", "peter.lang@example.com"),
    Member("Tom Barker", "Tom Barker", "tom.barker@example.com"),
    Member("Liam Novak", "Liam Novak", "liam.novak@example.com", "C-011", "C-011"),
    Member("Olga Petrova", "Olga Petrova", "olga.petrova@example.com", "C-011", "C-011"),
    Member("Emily Carter", "Emily Walsh", "emily.carter@example.com", "C-012", "C-012"),
    Member("Priya Nair", "Priya Nair", "p.shah@example.com", "C-013", "C-013"),
    Member("Kofi Mensah", "Kofi Mensah", SHARED_MAILBOX, "C-014", "C-014"),
    Member("Lena Fischer", "Lena Fischer", SHARED_MAILBOX, "C-015", "C-015"),
    Member("Sean O’Neil", "Sean O'Neil", "sean.oneil@example.com", "C-016"),  # noqa: RUF001
    Member("Zoë Müller", "Zoe\u0308 Mu\u0308ller", "zoe.mueller@example.com", "C-017"),
    Member("José Ángel Núñez", "José Ángel Núñez", "jose.nunez@example.com", "C-018", "C-018"),
    Member("Олена Коваленко", "Олена Коваленко", "olena.kovalenko@example.com", "C-019"),
    Member("王小明", "王小明", "wang.xiaoming@example.com", "C-020"),
    Member("محمد الأحمد", "محمد الأحمد", "m.alahmad@example.com", "C-021"),
)

MAILBOXES: Mapping[str, str | None] = {
    "Priya Nair": "priya.nair@example.com",
    "Victor Stone": "victor.stone@example.com",
    "Sean O’Neil": None,  # noqa: RUF001
    "王小明": None,
}
"""What workforce has instead of the account's email: an old one, one without an account, or none."""
