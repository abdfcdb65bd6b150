"""The figures as a picture: a panel for each state, a bar for each side, every panel on a scale of its own that begins at zero.

An SVG of its own making, with a background of its own too, so that it can be read on light pages and on dark ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from bench.results import Row
from bench.sides import State
from bench.table import figure

WIDTH, PANEL, BAR, GAP, EDGE, TOP = 960, 460, 18, 8, 24, 78
NAMES, VALUES = 185, 60
"""Pixels for names left of the bars, and for figures right of the longest."""
TITLES: Mapping[State, str] = {
    "cold": "Just started, nothing remembered",
    "known": "Warm, who is who known or taken on trust",
    "data": "Data remembered",
    "answer": "Answer remembered",
}
STYLE = """
    .page { fill: #ffffff; } .text { fill: #1f2328; } .faint { fill: #59636e; } .ours { fill: #0969da; } .others { fill: #b3bcc6; }
    text { font: 12px system-ui, sans-serif; } .head { font-size: 15px; font-weight: 600; } .title { font-weight: 600; }
    @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117; } .text { fill: #f0f6fc; } .faint { fill: #9198a1; } .ours { fill: #4493f8; } .others { fill: #4d5763; }
    }
"""


def picture(rows: Sequence[Row]) -> str:
    """CPU an operation of the largest walk with responses, over upstreams without latency."""
    most = max(one.people for one in rows if one.question == "walk + responses")
    shown = [one for one in rows if (one.question, one.people, one.latency) == ("walk + responses", most, 0)]
    panels = [found for state in TITLES if (found := [one for one in shown if one.state == state])]
    drawn, top = list[str](), TOP
    for pair in (panels[index : index + 2] for index in range(0, len(panels), 2)):
        drawn += [line for index, one in enumerate(pair) for line in panel(one, EDGE + index * PANEL, top)]
        top += max(map(len, pair)) * (BAR + GAP) + 52
    height = top - EDGE
    head = f"A project of {most} people, {rows[0].check_ins} check-ins of each, and their responses"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(head)}">',
            f"  <style>{STYLE}  </style>",
            f'  <rect class="page" width="{WIDTH}" height="{height}" rx="8"/>',
            text(EDGE, 34, head, "text head"),
            text(EDGE, 53, "milliseconds of CPU an operation; every panel has a scale of its own", "faint"),
            *drawn,
            "</svg>\n",
        ]
    )


def panel(rows: Sequence[Row], left: int, top: int) -> list[str]:
    """The sides in one state, the least first."""
    most = max(one.typical for one in rows)
    lines = [text(left, top + 14, TITLES[rows[0].state], "text title")]
    for index, one in enumerate(sorted(rows, key=lambda one: one.typical)):
        y, long = top + 28 + index * (BAR + GAP), max(1.0, (PANEL - EDGE - NAMES - VALUES) * one.typical / most)
        kind = "ours" if one.side == "ours" else "others"
        lines += [
            text(left, y + 13, one.title, "faint"),
            f'  <rect class="{kind}" x="{left + NAMES}" y="{y}" width="{long:.1f}" height="{BAR}" rx="2"/>',
            text(left + NAMES + long + 6, y + 13, figure(one.typical), "text"),
        ]
    return lines


def text(x: float, y: float, words: str, kind: str) -> str:
    """Some words, from a place on to the right."""
    return f'  <text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'
