"""Where the two upstreams are, and how they are spoken to."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from graph.settings.policy import PolicySettings
from graph.settings.texts import TextMap
from upstreams.dialect import Credentials, Dialect

PROCORE = {"startDay": "start_day"}


class UpstreamSettings(PolicySettings):
    """Addresses, credentials and spellings of the two upstreams."""

    checkins_url: str | None = Field(None, description="Address of the check-ins API, such as `https://{region}.weekly10.net`.")
    checkins_user: str | None = Field(None, description="User name for HTTP Basic.")
    checkins_key: SecretStr | None = Field(None, description="API key for HTTP Basic.")
    checkins_token: SecretStr | None = Field(None, description="Bearer token, instead of user and key.")
    checkins_token_header: str | None = Field(
        None, description="Header that carries the token by itself, instead of `Authorization: Bearer`."
    )
    checkins_headers: TextMap = Field({}, description="Extra request headers, as JSON.")
    checkins_page_size: int = Field(100, ge=1, le=1000, description="Most rows to ask for in one call.")
    checkins_ca_file: Path | None = Field(
        None, description="Authorities (PEM) that check-ins' certificate may be signed by, beside those that the system trusts."
    )
    workforce_url: str | None = Field(None, description="Address of the workforce API.")
    workforce_company: str | None = Field(None, description="Company id in the workforce API.")
    workforce_user: str | None = Field(None, description="Client id for HTTP Basic.")
    workforce_key: SecretStr | None = Field(None, description="Client secret for HTTP Basic.")
    workforce_token: SecretStr | None = Field(None, description="Bearer token, instead of user and key.")
    workforce_token_header: str | None = Field(
        None, description="Header that carries the token by itself, instead of `Authorization: Bearer`."
    )
    workforce_headers: TextMap = Field({}, description="Extra request headers, as JSON, such as `Procore-Company-Id`.")
    workforce_ca_file: Path | None = Field(
        None, description="Authorities (PEM) that workforce's certificate may be signed by, beside those that the system trusts."
    )
    workforce_dialect: Literal["laborchart", "procore"] = Field(
        "laborchart", description="Whose spelling to use: `startDay`, or `start_day` and `current` without a date."
    )

    upstream_proxy: SecretStr | None = Field(
        None,
        description="Proxy in front of both upstreams, such as `http://user:password@proxy:3128`; those of the environment are not used.",
    )

    @property
    def sandboxed(self) -> bool:
        """Whether no upstream is configured, so that the sandbox is served."""
        return self.checkins_url is None and self.workforce_url is None

    def check_ins(self) -> Dialect:
        """How check-ins is spoken to."""
        return Dialect(
            name="checkins",
            base_url=self.checkins_url or "",
            credentials=credentials(self.checkins_user, self.checkins_key, self.checkins_token, self.checkins_token_header),
            extra_headers=self.checkins_headers,
            page_size=self.checkins_page_size,
            policy=self.policy(),
            proxy=revealed(self.upstream_proxy),
            ca_file=self.checkins_ca_file,
        )

    def workforce(self) -> Dialect:
        """How workforce is spoken to."""
        return Dialect(
            name="workforce",
            base_url=self.workforce_url or "",
            credentials=credentials(self.workforce_user, self.workforce_key, self.workforce_token, self.workforce_token_header),
            extra_headers=self.workforce_headers,
            parameters=PROCORE if self.workforce_dialect == "procore" else {},
            policy=self.policy(),
            proxy=revealed(self.upstream_proxy),
            ca_file=self.workforce_ca_file,
        )


def credentials(user: str | None, key: SecretStr | None, token: SecretStr | None, header: str | None) -> Credentials:
    """One upstream's credentials, unwrapped."""
    return Credentials(user, revealed(key), revealed(token), header)


def revealed(secret: SecretStr | None) -> str | None:
    """The text of a secret."""
    return secret.get_secret_value() if secret is not None else None
