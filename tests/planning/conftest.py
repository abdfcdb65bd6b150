"""One company, and the ids that operations ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import build, landmarks
from tests.graphs import TODAY, graph

IDS = """query ($project: ID!) {
  project(id: $project) { people { id } }
  checkIns(first: 100, filter: { submittedBetween: { days: -7 } }) { nodes { id } }
}"""


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company of 120 people."""
    path = tmp_path_factory.mktemp("company") / "120.sqlite"
    build(path, people=120, seed=1, today=TODAY)
    return path


@pytest.fixture
async def ids(company: Path) -> dict[str, str]:
    """The ids of the company that operations have as variables."""
    places = landmarks(company)
    async with graph(company) as one:
        data = await one.data(IDS, project=places["Harbour Bridge"])
    return {
        "project": places["Harbour Bridge"],
        "group": places["North 1"],
        "person": data["project"]["people"][0]["id"],
        "checkIn": data["checkIns"]["nodes"][0]["id"],
        "manager": "sonia.fraser@example.com",
    }
