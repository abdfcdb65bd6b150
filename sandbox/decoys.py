"""Private details that the directories give away beside what is wanted of them: made up from a person's id, always the same for one id.

They are there to be looked for: whoever reads a directory must neither show nor keep nor log any of them.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

ELDEST = date(1955, 1, 1)
CHOICES = 16_000  # days of birth


def worker(uid: str) -> Mapping[str, Any]:
    """What workforce knows beside a person's work, under the names of its reference."""
    number = _number(uid)
    return {
        "phone": _phone(number),
        "hourly_wage": _wage(number),
        "dob": f"{_born(number)}T00:00:00.000Z",
        "is_male": bool(number & 1),
        "address_1": _address(number),
        "city_town": f"Decoyville {number % 1000:03}",
        "zipcode": f"{number % 90_000 + 10_000}",
        "emergency_contact_name": f"Next-of-Kin {number % 100_000:05}",
        "emergency_contact_number": _phone(number >> 20),
        "emergency_contact_email": f"kin{number % 100_000:05}@example.org",
    }


def user(uid: str) -> Mapping[str, str]:
    """What a company may have put into the properties of an account."""
    number = _number(uid)
    return {
        "Date of birth": _born(number),
        "Hourly wage": f"{_wage(number):.2f}",
        "Home address": _address(number),
        "Private phone": _phone(number),
    }


def _number(uid: str) -> int:
    return int.from_bytes(sha256(uid.encode()).digest()[:8])


def _born(number: int) -> str:
    return (ELDEST + timedelta(days=number % CHOICES)).isoformat()


def _wage(number: int) -> float:
    return 18 + number % 6199 / 100


def _address(number: int) -> str:
    return f"{number % 997} Decoy Street"


def _phone(number: int) -> str:
    return f"+1-555-{number % 10_000_000:07}"
