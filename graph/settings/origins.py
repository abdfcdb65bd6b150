"""Web origins as browsers spell them (RFC 6454): a scheme, a host, and a port unless it is the scheme's own."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

EXAMPLE = "an origin, such as https://app.example.com or http://localhost:3000"


def normalize_origins(given: Sequence[str]) -> list[str]:
    """Return the origins in the spelling of browsers. Raises ValueError with a sentence for one that no browser would send."""
    if "*" in given and len(given) > 1:
        raise ValueError("must be `*` alone, for pages of every origin, or a list of origins without it")
    return [text if text == "*" else normalize_origin(text) for text in given]


def normalize_origin(text: str) -> str:
    """Return an origin in the spelling of browsers. Raises ValueError, which quotes it unless it may hold a password."""
    if "@" in text:
        raise ValueError(f"an origin has no user and no password; use {EXAMPLE}")
    if "*" in text:
        raise ValueError(f"{text!r} has a wildcard, which no browser matches; list every origin, or `*` alone")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as cause:
        raise ValueError(f"{text!r} is no origin; use {EXAMPLE}") from cause
    if not url.scheme or not url.host:
        raise ValueError(f"{text!r} has no scheme or no host; use {EXAMPLE}")
    if url.raw_path.strip(b"/") or url.query or url.fragment:
        raise ValueError(f"{text!r} has more than a scheme, a host and a port; use {EXAMPLE}")
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
