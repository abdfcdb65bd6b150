"""The records that the two documents print, verbatim: they keep their ids, names, spellings and dates for ever."""

from datetime import date, datetime

from sandbox.draft import Draft
from sandbox.records import Answer

CHECK_INS = ("580:ce417c60-30ca-4e39-967e-b258d496be30", "580:c9b26b5e-f9b5-4b5f-8525-5b706ce891ba")  # seed A:64, A:72
MICHAEL_TEST = "580:f88ab8b9-4e41-4025-ad77-519006ba855f"  # seed A:139
AARON_KELLY = "ce7da5a6-c908-4506-a251-16fcbf5e96d7"  # seed B:61
HUNTER_GRAY = "f6470e8b-013d-4145-b1b0-df05bceddad5"  # seed B:225
AIRPORT_CONCOURSE = "446e7813-02f0-4629-b2b7-81dd942a8941"  # seed B:79
PURPLE_LINE = "6288f5f8-8419-4b02-aaa9-846e57c51ba1"  # seed B:105
CHILDRENS_MERCY = "c805906e-8fe2-45ee-8525-72f1b4b58e58"  # seed B:227
GROUP = "73db4d87-bb24-48af-9fa5-c2319abf4200"  # no document names a group: this one holds their two workers


def add(draft: Draft) -> None:
    """The draft holds the documents' records besides what it held, and they never move."""
    draft.fixed = True
    _workers(draft)
    _kelly(draft)
    _gray(draft)
    _test(draft)
    draft.fixed = False


def _workers(draft: Draft) -> None:
    title = ("abe0afa9-c5be-4cee-8805-1adc88880d09", "Apprentice-4", "#5bd043")
    draft.group("The documents", id=GROUP)
    draft.worker("Aaron Kelly", id=AARON_KELLY, employee_number="123-a234s-456", job_title=title, groups=[GROUP])
    draft.worker("Hunter Gray", id=HUNTER_GRAY, groups=[GROUP])
    draft.project("Airport Concourse", id=AIRPORT_CONCOURSE, number="112233", color="#53A9FF")
    draft.project("Purple Line Expansion", id=PURPLE_LINE, number="987654321", color="#9B51E0")
    draft.project("Children’s Mercy Hospital - Labor & Delivery Unit", id=CHILDRENS_MERCY, number="8203824", color="#F2994A")  # noqa: RUF001


def _kelly(draft: Draft) -> None:
    """Seed B:60-137."""
    draft.assign(
        AARON_KELLY,
        AIRPORT_CONCOURSE,
        date(2018, 6, 25),
        date(2018, 6, 29),
        id="6bf79bbe-2038-423f-8fee-f890abcbd929",
        status=("COMP", "#FFFB23", "c80148f1-1f29-4595-b552-08fbf16fdb30", "Complete"),
        created=date(2018, 6, 24),
    )
    draft.assign(
        AARON_KELLY,
        PURPLE_LINE,
        date(2018, 7, 2),
        date(2018, 7, 6),
        id="c2866ae9-7d9e-4b9d-9aaa-b848c2ec10b7",
        category=("8a57a460-2b05-481f-99bf-4772aa761492", "Phase 2"),
        subcategory=("5f0b9e08-b791-4fe9-9078-6d3800b000e3", "North Lot"),
        created=date(2018, 6, 30),
        updated=date(2018, 7, 1),
    )
    draft.time_off(AARON_KELLY, date(2018, 7, 9), date(2018, 7, 13), reason="family")


def _gray(draft: Draft) -> None:
    """Seed B:220-247."""
    draft.assign(
        HUNTER_GRAY,
        CHILDRENS_MERCY,
        date(2018, 6, 25),
        date(2018, 6, 29),
        id="1a52e827-3b4e-4dff-903d-a321b378eb6c",
        category=("0c29fe4a-c183-4bec-a509-f8b7c694804c", "Apprentice"),
        subcategory=("f87cbeb6-84e0-428d-b231-139e8e7180f4", "North Lot"),
        created=date(2018, 6, 20),
    )


def _test(draft: Draft) -> None:
    """Seed A:63-78 and A:134-144; the second response is not printed there, so it follows the first one's manner."""
    draft.user(
        "Michael Test",
        "mtest@test.com",
        id=MICHAEL_TEST,
        department="Research and Development",
        manager_name="Joanne Stefani",  # seed A:34
        manager_email="joanne.stefani@test.com",
    )
    _check_in(draft, CHECK_INS[0], "2025-04-12T00:59:59+01:00", "2025-04-11T12:06:00.882601+01:00", "2025-04-11T12:06:01.046509+01:00")
    _check_in(draft, CHECK_INS[1], "2025-04-11T12:00:00+01:00", "2025-04-11T12:19:00.405628+01:00", "2025-04-11T12:19:00.569536+01:00")


def _check_in(draft: Draft, uid: str, deadline: str, submitted: str, responded: str) -> None:
    first = uid == CHECK_INS[0]
    response = "580:62a8f61c-88ba-40b6-816a-bf2625db106a" if first else "580:0d4c1f52-6a0b-4c3e-9f57-2b8e61d7a943"
    draft.check_in(
        MICHAEL_TEST,
        datetime.fromisoformat(deadline),
        id=uid,
        submitted=datetime.fromisoformat(submitted),
        is_adhoc=first,
        responses=[Answer(MICHAEL_TEST, datetime.fromisoformat(responded), response)],
    )
