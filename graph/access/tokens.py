"""JSON Web Tokens: who signed them, for whom, until when, and whom they are about. Nothing of a token is ever logged."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyCurveError,
    InvalidKeyTypeError,
    JoseError,
    MissingClaimError,
)
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry
from starlette.requests import Request

from graph.access.keyserver import KeySource
from graph.access.rights import Caller
from graph.access.scopes import known
from graph.access.who import LONGEST, NotAuthenticated, expired, token
from loaders.memory import Remembered

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Signatures by a key pair: `none` proves nothing, and what a shared secret signs could be signed by whoever reads the public key."""
SCOPE_CLAIMS = ("scope", "scp", "permissions", "roles")
MALFORMED = (JoseError, ValueError, TypeError, KeyError, OverflowError, RecursionError)
"""What reading a text can raise that is no token."""
MOST, SECONDS = 10_000, 60.0
"""How many tokens are remembered as verified, and for how long at most."""
FOREVER = 1 << 40
"""A time, in seconds since 1970, by which nothing else lasts."""


@dataclass(frozen=True)
class Trust:
    """What a token must say: one of the issuers, one of the audiences; `leeway` is seconds that clocks may differ (faults.md F20).

    `scopes` are the claims whose values are the token's scopes, all of them together; a name that no claim has is a path to one within
    others, such as `realm_access.roles`. A token has at most `longest` bytes.
    """

    issuers: tuple[str, ...]
    audiences: tuple[str, ...]
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256")
    leeway: int = 30
    scopes: tuple[str, ...] = SCOPE_CLAIMS
    email: str = "email"
    longest: int = LONGEST


class Tokens:
    """Callers by the tokens that they carry."""

    def __init__(self, trust: Trust, keys: KeySource, clock: Callable[[], float] = time.time) -> None:
        self.trust, self.keys, self.clock = trust, keys, clock
        self.headers = JWSRegistry(algorithms=list(trust.algorithms), strict_check_header=False)  # issuers have fields of their own
        self.verified: Remembered[tuple[int, bytes], Caller] = Remembered(seconds=SECONDS, size=MOST)
        required: Any = {"essential": True}
        wanted: Any = {"iss": {**required, "values": list(trust.issuers)}, "aud": {**required, "values": list(trust.audiences)}}
        self.claims = JWTClaimsRegistry(now=self.now, leeway=trust.leeway, exp=required, sub=required, **wanted)

    def now(self) -> int:
        """The time in whole seconds since 1970."""
        return int(self.clock())

    async def caller(self, request: Request) -> Caller:
        """Whose token a request carries; one that was verified lately, by the same keys, is believed until it expires. Raises Refusal."""
        text = token(request, longest=self.trust.longest)
        digest = sha256(text.encode()).digest()
        if (found := self.verified.peek((self.keys.changes, digest))) is not None:
            return found
        claims = await self.read(text)
        left = min(claims["exp"], FOREVER) + self.trust.leeway - self.clock()
        caller = described(claims, self.trust)
        self.verified.keep((self.keys.changes, digest), caller, age=SECONDS - min(left, SECONDS))
        return caller

    async def read(self, text: str) -> Mapping[str, Any]:
        """The claims of a token that is good. Raises Refusal."""
        try:
            kid, algorithm = header(text)
        except MALFORMED:
            raise NotAuthenticated("malformed") from None
        if algorithm not in self.trust.algorithms:
            raise NotAuthenticated("algorithm")
        keys = await self.keys.find(kid, algorithm)
        if not keys:
            raise NotAuthenticated("unknown-key")
        try:
            claims = self.verify(text, keys)
            self.claims.validate(claims)
        except ExpiredTokenError:
            raise expired() from None
        except MissingClaimError as cause:
            raise NotAuthenticated("missing-claim", claim=cause.claim) from None
        except ClaimError as cause:
            raise NotAuthenticated("claim", claim=cause.claim) from None
        except (BadSignatureError, InvalidKeyCurveError, InvalidKeyTypeError):
            raise NotAuthenticated("signature") from None
        except MALFORMED:
            raise NotAuthenticated("malformed") from None
        return claims

    def verify(self, text: str, keys: Sequence[Key]) -> dict[str, Any]:
        """The claims of a token that one of these keys has signed. Raises BadSignatureError where none has, or another of MALFORMED."""
        for key in keys[:-1]:
            with suppress(BadSignatureError, InvalidKeyCurveError, InvalidKeyTypeError):  # the latter two: of another curve
                return jwt.decode(text, key, registry=self.headers).claims
        return jwt.decode(text, keys[-1], registry=self.headers).claims

    async def watch(self) -> None:
        """Whatever the keys need."""
        await self.keys.watch()

    async def aclose(self) -> None:
        """Let the keys go."""
        await self.keys.aclose()


def header(text: str) -> tuple[str | None, str]:
    """The key id and the algorithm that a token names, neither of which is proved yet. Raises one of MALFORMED."""
    first, *rest = text.split(".")
    raw = json.loads(urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    kid, algorithm = (raw.get(one) for one in ("kid", "alg")) if isinstance(raw, dict) else (None, None)
    if len(rest) != 2 or not isinstance(algorithm, str) or not (kid is None or isinstance(kid, str)):
        raise ValueError("no token")
    return kid, algorithm


def described(claims: Mapping[str, Any], trust: Trust) -> Caller:
    """Whom a token is about. An email that the issuer calls unverified is none: anybody could have written it."""
    email = look_up(claims, trust.email)
    verified = f"{trust.email.rpartition('.')[0]}.email_verified".removeprefix(".")  # beside the email, wherever that is
    unsure = any(look_up(claims, name) in (False, "false") for name in ("email_verified", verified))
    return Caller(claims["sub"], "jwt", known(scopes(claims, trust.scopes)), email if isinstance(email, str) and not unsure else None)


def scopes(claims: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The scopes that a token grants, of all these claims together; each is text with blanks, or a list."""
    found: list[str] = []
    for name in names:
        value = look_up(claims, name)
        listed = value.split() if isinstance(value, str) else value
        found += [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    return found


def look_up(claims: Mapping[str, Any], name: str) -> object:
    """The claim of this very name, which may be an address with dots in it, else what the path leads to; None where there is neither."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
