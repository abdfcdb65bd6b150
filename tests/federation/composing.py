"""Composition of the graph with three other teams' subgraphs, by the composers that gateways use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graph.schema import sdl
from tests.federation import teams
from tests.node import Node

HERE = Path(__file__).parent
COMPOSERS = ("apollo", "guild", "wundergraph")


@dataclass(frozen=True)
class Composed:
    """What a composer made of some subgraphs: a supergraph and its public schema, or errors."""

    errors: list[str]
    hints: list[str]
    supergraph: str | None = None
    api: str | None = None


async def compose(
    node: Node, composer: str, *, ours: str | None = None, graph: str = "http://crewgraph", others: str = "http://"
) -> Composed:
    """Our schema, served at `graph`, composed with the other teams', each served under its name at `others`."""
    subgraphs = [{"name": "crewgraph", "url": f"{graph}/graphql", "sdl": ours or sdl()}]
    subgraphs += [{"name": name, "url": f"{others}/{name}", "sdl": text} for name, text in teams.SDL.items()]
    return Composed(**await node.run(HERE / "compose.mjs", {"composer": composer, "subgraphs": subgraphs}))
