"""Ids that are computed, not stored: a row's number and its UUID turn into each other, so millions of rows need neither text nor index."""

from enum import IntEnum

# 122 bits are what a version 4 UUID leaves free; two rounds of multiply and fold spread a small number over all of them.
SPACE = 1 << 122
HALF = 61
FACTORS = (0x2B7E151628AED2A6ABF7158809CF4F3, 0x13198A2E03707344A4093822299F31D)
INVERSES = tuple(pow(factor, -1, SPACE) for factor in FACTORS)
TENANT = "580:"  # seed A:64: every check-ins id carries the number of its tenant


class Kind(IntEnum):
    """What a number counts; equal numbers of different kinds have unrelated ids."""

    GROUP = 1
    TITLE = 2
    STATUS = 3
    CATEGORY = 4
    SUBCATEGORY = 5
    PROJECT = 6
    WORKER = 7
    ASSIGNMENT = 8
    USER = 9
    CHECK_IN = 10
    RESPONSE = 11


TENANTED = frozenset({Kind.USER, Kind.CHECK_IN, Kind.RESPONSE})


def derive(kind: Kind, number: int, seed: int) -> str:
    """The id of row `number` (0 to 2^48 - 1) in the company of `seed`; check-ins ids are prefixed as in seed A:64."""
    value = (number << 72) | (kind << 64) | (seed & 0xFFFF_FFFF_FFFF_FFFF)
    for factor in FACTORS:
        value = value * factor % SPACE
        value ^= value >> HALF
    text = _uuid(value)
    return TENANT + text if kind in TENANTED else text


def number(kind: Kind, text: str, seed: int) -> int | None:
    """The row whose id is exactly `text`, or None: `derive` backwards."""
    value = _value(text.removeprefix(TENANT))
    if value is None:
        return None
    for inverse in reversed(INVERSES):
        value ^= value >> HALF
        value = value * inverse % SPACE
    found = value >> 72
    return found if found < 1 << 48 and derive(kind, found, seed) == text else None


def _uuid(value: int) -> str:
    digits = f"{value >> 74:012x}4{(value >> 62) & 0xFFF:03x}{(0b10 << 62) | (value & ((1 << 62) - 1)):016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _value(text: str) -> int | None:
    digits = text.replace("-", "")
    if len(digits) != 32 or not digits.isascii() or not digits.isalnum():
        return None
    try:
        low = int(digits[16:], 16) & ((1 << 62) - 1)
        return (int(digits[:12], 16) << 74) | (int(digits[13:16], 16) << 62) | low
    except ValueError:
        return None
