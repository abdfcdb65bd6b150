"""How one deployment of an upstream is spoken to: address, credentials, parameter names, page size (upstreams.md, "Access")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import httpx

from upstreams.policy import Policy


@dataclass(frozen=True)
class Credentials:
    """One of: nothing, HTTP Basic (`user` and `key`), a Bearer `token`, or a `header` of its own with `token` as its value."""

    user: str | None = None
    key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    header: str | None = None

    def headers(self) -> dict[str, str]:
        """The request headers that carry these credentials."""
        if self.token is not None and self.header:
            return {self.header: self.token}
        if self.token is not None:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user is None:
            return {}
        basic = httpx.BasicAuth(self.user, self.key or "")
        return {"Authorization": next(basic.sync_auth_flow(httpx.Request("GET", "http://basic"))).headers["Authorization"]}


@dataclass(frozen=True)
class Dialect:
    """The settings of one upstream deployment.

    `base_url` is the address before the documented path; `parameters` renames documented query parameters
    (`{"startDay": "start_day"}` on the Procore host); `page_size` is how many rows the upstream gives a page at most;
    `policy` says how often, how long and how many at once it is asked. `proxy` is the address of what it is reached through, which may
    hold a password. `ca_file` holds authorities (PEM) that this deployment's certificate may be signed by, beside those of the system.
    """

    name: str
    base_url: str
    credentials: Credentials = field(default_factory=Credentials)
    extra_headers: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    page_size: int = 100
    most_pages: int = 5_000
    policy: Policy = field(default_factory=Policy)
    proxy: str | None = field(default=None, repr=False)
    ca_file: Path | None = None

    def parameter(self, documented: str) -> str:
        """This deployment's name of a documented query parameter."""
        return self.parameters.get(documented, documented)


def fingerprint(dialect: Dialect) -> str:
    """What tells deployments, credentials and spellings apart in a key, without showing them."""
    # a deployment ignores parameters that are spelt in another way, and answers another question (upstreams.md 5)
    settings = dialect.extra_headers, dialect.credentials.headers(), dialect.parameters
    shown = repr((dialect.name, dialect.base_url, *(sorted(one.items()) for one in settings)))
    return f"{dialect.name}:{sha256(shown.encode()).hexdigest()[:24]}"
