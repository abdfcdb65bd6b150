"""The second line of defence of the logs: nothing personal should be written, and what looks like it is taken out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from structlog.types import EventDict, WrappedLogger

GONE = "[redacted]"
KEYS = re.compile(
    r"authorization|cookie|token|secret|password|api.?key|email|e-mail|reason|first.?name|last.?name|full.?name", re.IGNORECASE
)
"""Fields whose values are never shown."""
VALUES = re.compile(
    r"(?<![\w.+%'\u2019-])[\w.+%'\u2019-]+(?:@|%(?:25)*40|\\u0040)[\w-]+(?:\.[\w-]+)+"  # an email, also within an address, or as JSON
    r"|\b(?:Bearer|Basic|Negotiate)\s+[\w.~+/=-]+"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JSON web token
    r"|(?<=://)[^/\s@]+@"  # the credentials of an address
    r"|(?i:(?:authorization|token|password|secret|api[_-]?key|email)\b[\"']?\s*[:=]\s*)(?:(?:Bearer|Basic|Negotiate)\s+\S+|\"[^\"]*\"|'[^']*'|[^\s,;&]+)",
)
"""Parts of texts that are never shown."""
SUSPECT = re.compile(r"[@%\\:=\s]|eyJ")
"""What every such part has something of; it is looked for first, since most texts have nothing of it, and that is found out sooner."""


def redact(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """The line without what its keys or its values say is personal or secret."""
    for key, value in event.items():
        if not key.startswith("_"):
            event[key] = clean(key, value)
    return event


def clean(key: str, value: Any) -> Any:
    """One value, however deep."""
    if isinstance(key, str) and KEYS.search(key):
        return GONE
    if isinstance(value, str):
        return VALUES.sub(GONE, value) if SUSPECT.search(value) else value
    if isinstance(value, Mapping):
        return {name: clean(name, one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [clean("", one) for one in value]
    return value if isinstance(value, int | float | None) else clean("", str(value))
