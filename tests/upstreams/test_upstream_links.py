"""A `next` that leads away (upstreams.md 33)."""

from __future__ import annotations

from typing import Any

import pytest

from upstreams.answers import leads_away

BASE = "https://uk.example.net/gateway"


@pytest.mark.parametrize(
    ("link", "away"),
    [
        ("https://uk.example.net/api/v2/checkins/?offset=5", False),
        ("https://UK.example.net:443/x", False),
        ("/api/v2/checkins/?offset=5", False),
        ("?offset=5", False),
        ("", False),
        (None, False),
        (7, False),
        ("http://uk.example.net/x", True),
        ("https://uk.example.net:8443/x", True),
        ("https://evil.example/x", True),
        ("//evil.example/x", True),
        ("https://uk.example.net@evil.example/x", True),
        ("javascript:alert(1)", True),
        ("https://[", True),
    ],
)
def test_a_link_leads_away_when_its_scheme_host_or_port_is_another(link: Any, away: bool) -> None:
    """F16."""
    assert leads_away(BASE, {"next": link}) is away


@pytest.mark.parametrize("raw", [None, [], ["next"], "next", 7, {}])
def test_what_has_no_link_leads_nowhere(raw: Any) -> None:
    assert not leads_away(BASE, raw)
