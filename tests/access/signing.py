"""An issuer of tokens with real keys, and the key server that it has, over real sockets."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import JWS_HEADER_REGISTRY, HeaderParameter, is_str
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graph.access.guard import Access
from graph.access.keyserver import KeyServer, KeySource
from graph.access.tokens import Tokens, Trust
from tests.clocks import Clock
from tests.graphs import noon
from tests.servers import served

ISSUER, AUDIENCE = "https://issuer.example.com", "crewgraph"
TRUST = Trust((ISSUER,), (AUDIENCE,))
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig", "alg": "RS256"})
ANY_USE = RSAKey.import_key(RSA.as_pem(private=True), {"kid": "rsa"})
"""The same private key, for whoever would sign with it by another algorithm."""
EC = ECKey.generate_key("P-256", {"kid": "ec"})
OTHER = RSAKey.generate_key(2048, {"kid": "rsa"})
NEW = RSAKey.generate_key(2048, {"kid": "new"})


NOW, LATER = int(noon().timestamp()), int(datetime(2099, 1, 1, tzinfo=UTC).timestamp())
"""When tokens are issued, and when they expire unless a test says otherwise: real servers take them on any day, too."""


def claims(**changed: Any) -> dict[str, Any]:
    """Good claims, with some changed; None leaves one out."""
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "user-1",
        "iat": NOW,
        "exp": LATER,
        "scope": "openid timeoff:read assignments:read",
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def signed(key: Any = RSA, algorithm: str = "RS256", head: Mapping[str, Any] | None = None, **changed: Any) -> str:
    """A token, whatever its head says."""
    kid, own = (
        {"kid": key.kid} if key.kid else {},
        {name: HeaderParameter("", is_str) for name in (head or {}).keys() - JWS_HEADER_REGISTRY.keys()},
    )
    return jwt.encode({"alg": algorithm, **kid, **(head or {})}, claims(**changed), key, registry=JWSRegistry(own, [algorithm]))


def plain(head: object, body: object, signature: str = "") -> str:
    """A token that nobody signed."""
    return ".".join([*(urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in (head, body)), signature])


def confused() -> str:
    """A token signed with the issuer's public key as if it were a shared secret."""
    body = plain({"alg": "HS256", "kid": "rsa"}, claims()).rstrip(".")
    signature = hmac.digest(RSA.as_pem(private=False), body.encode(), "sha256")
    return f"{body}.{urlsafe_b64encode(signature).decode().rstrip('=')}"


class Issuer:
    """The key server: says `keys`, or whatever `answer` is set to, and counts how often it was asked."""

    def __init__(self, *keys: Any) -> None:
        self.keys: tuple[Any, ...] = keys
        self.asked = 0
        self.answer: Response | None = None
        self.app = Starlette(routes=[Route("/keys", self.say), Route("/elsewhere", self.say)])

    async def say(self, _request: Request) -> Response:
        """The public keys."""
        self.asked += 1
        if self.answer is not None:
            return self.answer
        return Response(json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}), media_type="application/json")


@asynccontextmanager
async def issuing(*keys: Any, clock: Clock | None = None) -> AsyncIterator[tuple[Issuer, KeyServer]]:
    """An issuer on a socket, and what asks it."""
    issuer = Issuer(*keys)
    async with served(issuer.app) as address:
        server = KeyServer(f"{address}/keys", clock=clock or Clock(1_000.0))
        yield issuer, server
        await server.aclose()


def trusting(keys: KeySource, trust: Trust = TRUST, clock: Clock | None = None) -> Access:
    """Access by the tokens of the issuer."""
    return Access(Tokens(trust, keys, clock or Clock(NOW)), audited=True)


def said(answer: httpx.Response) -> tuple[int, str | None, str | None]:
    """The status, the code of the first error, and what the answer says about tokens."""
    errors = answer.json().get("errors") or [{"extensions": {"code": None}}]
    return answer.status_code, errors[0]["extensions"]["code"], answer.headers.get("www-authenticate")
