"""The calendar of this machine. Code that needs the time takes a clock as a parameter, and this is the default; nothing else reads it."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)
