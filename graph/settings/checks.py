"""What is wrong with settings that are right one by one: what is configured by half, or could never be reached."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
from pydantic import SecretStr

from graph.operating.tracing import CERTIFICATES, read_variable
from graph.settings.operating import OperatingSettings
from graph.settings.problems import PREFIX
from graph.settings.sharing import SharingSettings
from upstreams.engine import BadAddress, client
from upstreams.errors import BadInput
from upstreams.tls import holds_certificates
from upstreams.values import segment

NAME, VALUE = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII), re.compile(r"([!-~]([ -~]*[!-~])?)?")
"""What HTTP takes for the name and for the value of a header."""


def gaps(settings: SharingSettings) -> list[str]:
    """What is configured by half: one upstream without the other, or half of its credentials."""
    problems = []
    if (settings.checkins_url is None) != (settings.workforce_url is None):
        there, lacking = ("CHECKINS", "WORKFORCE") if settings.checkins_url else ("WORKFORCE", "CHECKINS")
        problems.append(f"{PREFIX}{there}_URL is set and {PREFIX}{lacking}_URL is not: set both, or neither to serve the sandbox.")
    if settings.workforce_url is not None:
        problems += company_problems(settings.workforce_company)
    for name, user, key in (
        ("CHECKINS", settings.checkins_user, settings.checkins_key),
        ("WORKFORCE", settings.workforce_user, settings.workforce_key),
    ):
        if (user is None) != (key is None):
            problems.append(f"{PREFIX}{name}_USER and {PREFIX}{name}_KEY belong together: one of them is not set.")
    problems += unsendable("CHECKINS", settings.checkins_token, settings.checkins_token_header, settings.checkins_headers)
    problems += unsendable("WORKFORCE", settings.workforce_token, settings.workforce_token_header, settings.workforce_headers)
    if settings.redis_url is not None and (problem := bad_redis(settings.redis_url.get_secret_value())) is not None:
        problems.append(problem)
    if (problem := bad_proxy("UPSTREAM_PROXY", settings.upstream_proxy)) is not None:
        problems.append(problem)
    return problems + [problem for name, url in addresses(settings) if (problem := bad_address(name, url))]


def find_open_origins(origins: Sequence[str], guarded: bool) -> list[str]:
    """Return a sentence if pages of every origin may ask while everybody may see everything."""
    if guarded or "*" not in origins:
        return []
    return [
        f"{PREFIX}CORS_ORIGINS=*: every web page could ask for everything, because {PREFIX}AUTH is none. List origins, set {PREFIX}AUTH "
        f"to api-key or jwt, set {PREFIX}GATEWAY_SECRET, or say {PREFIX}OPEN_TO_ALL=true."
    ]


def find_unreadable_authorities(settings: OperatingSettings) -> list[str]:
    """Return a sentence for each file of certificate authorities that holds none, by a setting or by a standard variable."""
    fields = [name for name in type(settings).model_fields if name.endswith("_ca_file")]
    files = {f"{PREFIX}{name.upper()}": file for name in fields if (file := getattr(settings, name)) is not None}
    standard = ["SSL_CERT_FILE", *(CERTIFICATES if settings.opentelemetry else ())]
    files |= {name: Path(file) for name in standard if (file := read_variable(name))}
    return [f"{name}: {file} is no readable file of certificates in PEM." for name, file in files.items() if not holds_certificates(file)]


def unsendable(name: str, token: SecretStr | None, header: str | None, more: Mapping[str, str]) -> list[str]:
    """What no request can carry, of settings that may be secret and are not repeated."""
    found = []
    if token is not None and not VALUE.fullmatch(token.get_secret_value()):
        found.append(f"{PREFIX}{name}_TOKEN: must be ASCII without line breaks or blanks around it.")
    if header and not NAME.fullmatch(header):
        found.append(f"{PREFIX}{name}_TOKEN_HEADER: must be the name of an HTTP header.")
    if not all(NAME.fullmatch(key) and VALUE.fullmatch(value) for key, value in more.items()):
        found.append(
            f"{PREFIX}{name}_HEADERS: must have names of HTTP headers, and values in ASCII without line breaks or blanks around them."
        )
    return found


def company_problems(company: str | None) -> list[str]:
    """What is wrong with the company id."""
    if company is None:
        return [f"{PREFIX}WORKFORCE_COMPANY is not set: the workforce API needs a company id."]
    try:
        segment("company", company)
    except BadInput as refusal:
        return [f"{PREFIX}WORKFORCE_COMPANY: {refusal.problem}."]
    return []


def bad_redis(url: str) -> str | None:
    """What is wrong with the address of Redis, if anything; it holds a password, and is not repeated."""
    try:
        client(url, 1)
    except BadAddress as refusal:
        return f"{PREFIX}REDIS_URL: {refusal}."
    return None


def bad_proxy(name: str, url: SecretStr | None) -> str | None:
    """What is wrong with the address of a proxy, if there is one; it may hold a password, and is not repeated."""
    address = web(url.get_secret_value()) if url is not None else None
    if url is None or (address is not None and address.raw_path == b"/"):
        return None
    return f"{PREFIX}{name}: must be the http or https address of a proxy, without a path or a query."


def addresses(settings: SharingSettings) -> list[tuple[str, str]]:
    """The configured addresses by the names of their variables."""
    return [(name, url) for name, url in (("CHECKINS_URL", settings.checkins_url), ("WORKFORCE_URL", settings.workforce_url)) if url]


def bad_address(name: str, url: str) -> str | None:
    """What is wrong with an address, if anything."""
    address = web(url)
    if address is not None and not (address.userinfo or address.query):
        return None
    return f"{PREFIX}{name}: must be an http or https address without credentials or a query."


def web(url: str) -> httpx.URL | None:
    """An http or https address, without a fragment; None for anything else."""
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        return None
    return address if address.scheme in ("http", "https") and address.host and not address.fragment and " " not in url else None
