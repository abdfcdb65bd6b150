"""The audit of the reference implementation of GraphQL over HTTP, against the graph on a socket."""

from __future__ import annotations

from pathlib import Path

from tests.apps import crewgraph
from tests.node import Node
from tests.servers import served

AUDIT = Path(__file__).with_name("audit.mjs")


async def test_every_must_should_and_may_of_graphql_over_http_is_kept(node: Node, company: Path) -> None:
    async with served(crewgraph(company)) as origin:
        audits = await node.run(AUDIT, f"{origin}/graphql")
    assert {one["name"].split()[0] for one in audits} == {"MUST", "SHOULD", "MAY"}
    assert [one for one in audits if one["status"] != "ok"] == []
