"""Who may ask, and how they are told apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

import httpx
from pydantic import BaseModel, Field, SecretStr

from graph.access.guard import Access, Gateway, loopback
from graph.access.keys import Keys
from graph.access.keys import parse as parse_keys
from graph.access.keyserver import KeyFile, KeyServer, KeySource
from graph.access.keyserver import parse as parse_set
from graph.access.reread import Broken, Reread
from graph.access.tokens import ALGORITHMS, SCOPE_CLAIMS, Tokens, Trust
from graph.access.who import LONGEST, Anybody, Who
from graph.settings.checks import bad_proxy
from graph.settings.problems import PREFIX, Unusable
from graph.settings.texts import TextList

T = TypeVar("T")
TELLING = ("key_file", "jwt_issuer", "jwt_audience", "jwt_keys_url", "jwt_keys_file")
"""Settings by which callers are told apart, where they are."""
REVOKED_SECONDS = 0.5
"""How often the file of keys is looked at: a revoked key is refused soon after."""
SHORTEST = 16
"""The fewest characters of a gateway's secret."""


class AccessSettings(BaseModel):
    """How callers are told apart, and whether only a gateway may ask."""

    auth: Literal["none", "api-key", "jwt"] = Field("none", description="How callers are told apart; `none` lets everybody see everything.")
    open_to_all: bool = Field(False, description="Whether `none` may be served to other machines too, and to web pages of every origin.")
    key_file: Path | None = Field(None, description="TOML file of API keys, as `crewgraph keys new` writes it.")
    jwt_issuer: TextList = Field([], description="What the claim `iss` of a token must be; any of several with commas between.")
    jwt_audience: TextList = Field([], description="What the claim `aud` of a token must be, or hold; any of several with commas between.")
    jwt_keys_url: str | None = Field(None, description="Address of the issuer's public keys (JWKS).")
    jwt_keys_file: Path | None = Field(None, description="File of the issuer's public keys (JWKS), instead of an address.")
    jwt_keys_ca_file: Path | None = Field(
        None, description="Authorities (PEM) that the key server's certificate may be signed by, beside those that the system trusts."
    )
    jwt_keys_proxy: SecretStr | None = Field(
        None,
        description="Proxy in front of the key server, such as `http://user:password@proxy:3128`; those of the environment are not used.",
    )
    jwt_algorithms: TextList = Field(
        ["RS256", "PS256", "ES256"], description="Signatures that are accepted, with commas between; never `none` or shared secrets."
    )
    jwt_leeway: int = Field(30, ge=0, le=600, description="Seconds by which clocks may differ.")
    jwt_scope_claim: TextList = Field(
        list(SCOPE_CLAIMS),
        description="The claims that hold scopes, together; one may be a path into another, such as `realm_access.roles`.",
    )
    max_token_bytes: int = Field(LONGEST, ge=1_000, le=24_000, description="Most bytes of a token.")
    jwt_email_claim: str = Field("email", description="The claim that holds the email by which check-ins know the caller.")
    jwt_keys_interval: float = Field(30, ge=1, description="Fewest seconds between two calls to the key server.")
    jwt_keys_seconds: float = Field(600, ge=1, description="After how many seconds the keys are read anew.")
    gateway_secret: SecretStr | None = Field(None, description="Secret that every request must carry: then only a gateway can ask.")
    gateway_header: str = Field("x-crewgraph-gateway", description="Header that carries the secret.")
    audit: bool | None = Field(
        None, description="Whether each operation is logged for an audit; without it, wherever callers are told apart."
    )

    def access(self) -> Access:
        """Who is let in. Raises Unusable when a file cannot be used."""
        secret = self.gateway_secret.get_secret_value() if self.gateway_secret is not None else None
        gateway = Gateway(self.gateway_header, secret) if secret is not None else None
        audited = self.auth != "none" if self.audit is None else self.audit
        return Access(self.who(), gateway, audited, local=not self.guarded)

    @property
    def guarded(self) -> bool:
        """Whether somebody decides who may ask, if only whoever said that everybody may."""
        return self.auth != "none" or self.gateway_secret is not None or self.open_to_all

    def who(self) -> Who:
        """How callers are told apart."""
        if self.auth == "api-key" and self.key_file is not None:
            return Keys(opened("KEY_FILE", lambda path: Reread(path, parse_keys, every=REVOKED_SECONDS), self.key_file))
        if self.auth == "jwt":
            trust = Trust(
                tuple(self.jwt_issuer),
                tuple(self.jwt_audience),
                tuple(self.jwt_algorithms),
                self.jwt_leeway,
                tuple(self.jwt_scope_claim),
                self.jwt_email_claim,
                self.max_token_bytes,
            )
            return Tokens(trust, self.public_keys())
        return Anybody()

    def public_keys(self) -> KeySource:
        """Where the keys of tokens come from."""
        if self.jwt_keys_file is not None:
            return KeyFile(opened("JWT_KEYS_FILE", lambda path: Reread(path, parse_set), self.jwt_keys_file))
        proxy = self.jwt_keys_proxy.get_secret_value() if self.jwt_keys_proxy is not None else None
        timing = self.jwt_keys_interval, self.jwt_keys_seconds
        return KeyServer(self.jwt_keys_url or "", *timing, ca_file=self.jwt_keys_ca_file, proxy=proxy)


def opened(name: str, read: Callable[[Path], T], path: Path) -> T:
    """What a file says. Raises Unusable with what is wrong with it."""
    try:
        return read(path)
    except (OSError, UnicodeDecodeError) as cause:
        raise Unusable([f"{PREFIX}{name}: {path} cannot be read as UTF-8 text."]) from cause
    except Broken as cause:
        raise Unusable([f"{path}, {problem}." for problem in cause.problems]) from cause


def unsafe(settings: AccessSettings) -> list[str]:
    """What is configured by half, or would let in whoever asks."""
    problems = []
    if settings.auth == "api-key" and settings.key_file is None:
        problems.append(f"{PREFIX}AUTH=api-key needs {PREFIX}KEY_FILE: make one with `crewgraph keys new NAME --scope SCOPE --file FILE`.")
    if settings.auth == "jwt":
        problems += untrusted(settings)
    if settings.auth == "none":
        given = [f"{PREFIX}{name.upper()}" for name in TELLING if getattr(settings, name)]
        problems += [f"{name} is set and {PREFIX}AUTH is none: nobody would be told apart by it." for name in given]
    if settings.gateway_secret is not None and len(settings.gateway_secret.get_secret_value()) < SHORTEST:
        problems.append(f"{PREFIX}GATEWAY_SECRET: must have at least {SHORTEST} characters.")
    if not re.fullmatch(r"[A-Za-z0-9-]+", settings.gateway_header):
        problems.append(f"{PREFIX}GATEWAY_HEADER: must be the name of a header.")
    return problems


def untrusted(settings: AccessSettings) -> list[str]:
    """What is missing to know whether a token is to be trusted."""
    problems = [f"{PREFIX}AUTH=jwt needs {PREFIX}{name.upper()}." for name in ("jwt_issuer", "jwt_audience") if not getattr(settings, name)]
    if (settings.jwt_keys_url is None) == (settings.jwt_keys_file is None):
        problems.append(f"{PREFIX}AUTH=jwt needs either {PREFIX}JWT_KEYS_URL or {PREFIX}JWT_KEYS_FILE.")
    if settings.jwt_keys_url is not None and not secure(settings.jwt_keys_url):
        problems.append(f"{PREFIX}JWT_KEYS_URL: must be an https address without credentials; http is for this machine only.")
    if (problem := bad_proxy("JWT_KEYS_PROXY", settings.jwt_keys_proxy)) is not None:
        problems.append(problem)
    if settings.jwt_keys_proxy is not None and (settings.jwt_keys_url or "").startswith("http:"):
        problems.append(
            f"{PREFIX}JWT_KEYS_URL: must be an https address where {PREFIX}JWT_KEYS_PROXY is set: a proxy could give keys of its own."
        )
    if not settings.jwt_algorithms or not set(settings.jwt_algorithms) <= set(ALGORITHMS):
        problems.append(f"{PREFIX}JWT_ALGORITHMS: must be some of {', '.join(ALGORITHMS)}.")
    return problems


def secure(url: str) -> bool:
    """Whether nobody on the way can put keys of their own in the place of those at an address."""
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    trusted = address.scheme == "https" or (address.scheme == "http" and loopback(address.host))
    return trusted and bool(address.host) and not address.userinfo


def exposed(settings: AccessSettings, host: str) -> None:
    """Raises Unusable for an address that other machines can reach while everybody may see everything."""
    if not settings.guarded and not loopback(host):
        raise Unusable(
            [
                f"--host {host}: other machines could ask for everything, because {PREFIX}AUTH is none. Set it to api-key or jwt, "
                f"set {PREFIX}GATEWAY_SECRET, or say {PREFIX}OPEN_TO_ALL=true."
            ]
        )
