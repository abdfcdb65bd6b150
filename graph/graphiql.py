"""The bundled GraphiQL page: its built files held in memory and served under a strict policy; nothing here knows GraphQL."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

STATIC = Path(__file__).with_name("static")
MISSING = Path(__file__).with_name("missing.html")
CLOSED = Path(__file__).with_name("closed.html")

# Monaco, the page's editor, writes its theme into <style> elements and positions every line by a style attribute in the
# markup that it inserts; it knows no nonces. Without 'unsafe-inline' Chromium refuses 3 elements and 288 attributes as the
# page opens, and nothing is where it should be. It holds for styles only: scripts and workers are files of ours.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {"content-security-policy": POLICY, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}

# The query address answers programs too, so a cache must keep the page apart from their answers, and ask each time.
PAGE_HEADERS = HEADERS | {"cache-control": "no-cache", "vary": "accept"}

# The build puts a hash of its content into every file's name: a file never changes under its address.
ASSET_HEADERS = HEADERS | {"cache-control": "public, max-age=31536000, immutable"}

# Spelt out, because what the machine's own table says of .js differs from machine to machine.
TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml", ".ttf": "font/ttf"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One built file: its bytes, media type and quoted entity tag."""

    body: bytes
    media_type: str
    etag: str


@cache
def read(folder: Path = STATIC) -> Mapping[str, Asset]:
    """The built files by name, read from disk once per process; empty when the page was not built."""
    return {path.name: load(path) for path in folder.glob("*.*")}


def load(path: Path) -> Asset:
    """The file at ``path`` with the tag of its content."""
    body = path.read_bytes()
    return Asset(body, TYPES.get(path.suffix, "application/octet-stream"), f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def page(folder: Path = STATIC) -> Response:
    """The page itself, or, with status 404, one that says how to get it when it was not built."""
    index = read(folder).get("index.html")
    if index is None:
        return Response(MISSING.read_bytes(), 404, PAGE_HEADERS, "text/html")
    return Response(index.body, 200, PAGE_HEADERS, index.media_type)


def closed() -> Response:
    """What stands in the page's place where only listed operations run: it could not even read the schema."""
    return Response(CLOSED.read_bytes(), 403, PAGE_HEADERS, "text/html")


def assets(folder: Path = STATIC) -> Router:
    """An ASGI app to mount at ``static/`` below the page's own address, with every file but the page; it reads them now."""
    files = {name: asset for name, asset in read(folder).items() if name != "index.html"}

    async def serve(request: Request) -> Response:
        asset = files.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        return answer(asset, request.headers.get("if-none-match", ""))

    return Router([Route("/{name}", serve)], redirect_slashes=False)


def answer(asset: Asset, known: str) -> Response:
    """The asset, or a bare 304 when ``known``, the client's If-None-Match, holds its tag."""
    headers = ASSET_HEADERS | {"etag": asset.etag}
    if asset.etag in known:
        return Response(status_code=304, headers=headers)
    return Response(asset.body, 200, headers, asset.media_type)
