"""The page and its files as an HTTP client sees them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Message, Scope

from graph import graphiql


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built page of three files, beside a file that is none of its business."""
    (tmp_path / "secret.txt").write_text("secret")
    built = tmp_path / "static"
    built.mkdir()
    (built / "index.html").write_text("<title>Crewgraph</title>")
    (built / "main-a1b2c3d4.js").write_text("export {}")
    (built / "icons-a1b2c3d4.ttf").write_bytes(b"\0\1")
    return built


@pytest_asyncio.fixture(loop_scope="function")
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[Mount("/graphql/static", graphiql.assets(folder))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def status(path: str, folder: Path) -> int:
    """The status for a path as a server hands it over, decoded and otherwise untouched."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": [], "query_string": b""}
    await Starlette(routes=[Mount("/graphql/static", graphiql.assets(folder))])(scope, receive, send)
    return int(sent[0]["status"])


def directives(policy: str) -> dict[str, list[str]]:
    """A policy's sources by directive."""
    return {name: sources for name, *sources in map(str.split, policy.split(";"))}


def test_the_page_is_asked_for_each_time_and_kept_apart_from_answers(folder: Path) -> None:
    page = graphiql.page(folder)
    assert page.status_code == 200
    assert page.body == b"<title>Crewgraph</title>"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["vary"] == "accept"


def test_without_a_built_page_one_says_how_to_get_it(tmp_path: Path) -> None:
    page = graphiql.page(tmp_path / "static")
    assert page.status_code == 404
    assert b"pip install" in bytes(page.body)
    assert page.headers["content-security-policy"] == graphiql.POLICY


async def test_without_a_built_page_there_are_no_files(tmp_path: Path) -> None:
    assert await status("/graphql/static/main-a1b2c3d4.js", tmp_path / "static") == 404


def test_the_policy_lets_nothing_in_from_elsewhere_and_no_inline_script() -> None:
    policy = directives(graphiql.POLICY)
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["script-src"] == policy["worker-src"] == policy["connect-src"] == policy["font-src"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "data:"]
    assert policy["style-src"] == ["'self'", "'unsafe-inline'"]


@pytest.mark.parametrize(("name", "kind"), [("main-a1b2c3d4.js", "text/javascript; charset=utf-8"), ("icons-a1b2c3d4.ttf", "font/ttf")])
async def test_a_file_has_its_type_and_may_be_kept_for_ever(client: httpx.AsyncClient, name: str, kind: str) -> None:
    answer = await client.get(f"/graphql/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-security-policy"] == graphiql.POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}'])
async def test_a_known_file_is_not_sent_again(client: httpx.AsyncClient, known: str) -> None:
    tag = (await client.get("/graphql/static/main-a1b2c3d4.js")).headers["etag"]
    answer = await client.get("/graphql/static/main-a1b2c3d4.js", headers={"if-none-match": known.format(tag)})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag


async def test_a_file_known_by_another_tag_is_sent(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql/static/main-a1b2c3d4.js", headers={"if-none-match": '"other"'})
    assert (answer.status_code, answer.content) == (200, b"export {}")


async def test_files_are_only_read(client: httpx.AsyncClient) -> None:
    assert (await client.head("/graphql/static/main-a1b2c3d4.js")).status_code == 200
    assert (await client.post("/graphql/static/main-a1b2c3d4.js")).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "..\\secret.txt",
        "%2e%2e/secret.txt",
        "./main-a1b2c3d4.js",
        "/etc/passwd",
        "static/../main-a1b2c3d4.js",
        "\0",
        "",
        "index.html",
    ],
)
async def test_nothing_outside_the_folder_is_reached_nor_the_page_under_a_second_address(folder: Path, path: str) -> None:
    assert await status(f"/graphql/static/{path}", folder) == 404


@pytest.fixture
def built() -> Mapping[str, graphiql.Asset]:
    """The page that the build made."""
    if not graphiql.read():
        pytest.skip("the GraphiQL page is not built")
    return graphiql.read()


def test_every_built_file_has_a_known_type_and_a_hashed_name(built: Mapping[str, graphiql.Asset]) -> None:
    assert {Path(name).suffix for name in built} <= set(graphiql.TYPES)
    assert [name for name in built if not re.search(r"-[\w-]{8}\.\w+$", name)] == ["index.html"]


def test_the_built_page_finds_its_files_below_its_own_address_wherever_that_is(built: Mapping[str, graphiql.Asset]) -> None:
    links = re.findall(r'(?:href|src)="([^"]+)"', built["index.html"].body.decode())
    assert links
    assert all(link.removeprefix("graphql/static/") in built for link in links)
