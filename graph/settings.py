"""Settings, from the environment, `.env` and flags: read once, all at once, and refused with the name of what is wrong."""

from __future__ import annotations

import os
import re
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from graph.limits import Limits
from loaders.known import Rules
from loaders.mapping import BrokenMapping
from loaders.stores import MemoryStore, RedisStore, SqliteStore, Store
from loaders.watched import Watched
from upstreams.cache import FORGETFUL, Cache, Life
from upstreams.calls import Kind
from upstreams.dialect import Credentials, Dialect
from upstreams.engine import BadAddress, Engine, Redis, client
from upstreams.errors import BadInput
from upstreams.values import segment

PREFIX = "CREWGRAPH_"
PROCORE = {"startDay": "start_day"}


class Unusable(Exception):
    """Settings that nothing can be served with; `problems` has a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """Every setting; the environment variable is the name in capitals after `CREWGRAPH_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    checkins_url: str | None = Field(None, description="Address of the check-ins API, such as `https://{region}.weekly10.net`.")
    checkins_user: str | None = Field(None, description="User name for HTTP Basic.")
    checkins_key: SecretStr | None = Field(None, description="API key for HTTP Basic.")
    checkins_token: SecretStr | None = Field(None, description="Bearer token, instead of user and key.")
    checkins_token_header: str | None = Field(
        None, description="Header that carries the token by itself, instead of `Authorization: Bearer`."
    )
    checkins_headers: dict[str, str] = Field({}, description="Extra request headers, as JSON.")
    checkins_page_size: int = Field(100, ge=1, le=1000, description="Most rows to ask for in one call.")
    workforce_url: str | None = Field(None, description="Address of the workforce API.")
    workforce_company: str | None = Field(None, description="Company id in the workforce API.")
    workforce_user: str | None = Field(None, description="Client id for HTTP Basic.")
    workforce_key: SecretStr | None = Field(None, description="Client secret for HTTP Basic.")
    workforce_token: SecretStr | None = Field(None, description="Bearer token, instead of user and key.")
    workforce_token_header: str | None = Field(
        None, description="Header that carries the token by itself, instead of `Authorization: Bearer`."
    )
    workforce_headers: dict[str, str] = Field({}, description="Extra request headers, as JSON, such as `Procore-Company-Id`.")
    workforce_dialect: Literal["laborchart", "procore"] = Field(
        "laborchart", description="Whose spelling to use: `startDay`, or `start_day` and `current` without a date."
    )
    upstream_timeout: float = Field(10.0, gt=0, le=120, description="Seconds for one upstream call.")
    upstream_concurrency: int = Field(16, ge=1, le=1024, description="Calls in flight to one upstream.")
    identity_file: Path | None = Field(None, description="Mapping file: CSV `person_id,email`, optionally `checkins_id`.")
    employee_number_property: str | None = Field(None, description="Check-ins property that holds the workforce employee number.")
    match_names: bool = Field(True, description="Whether a proved unique name may link a person.")
    time_zone: str = Field("UTC", description="The company's time zone, such as `Europe/London`.")
    look_back_days: int = Field(730, ge=1, le=3650, description="How far back an active window looks for beginnings.")
    directory_back_days: int = Field(730, ge=1, le=3650, description="How many days before today the directory covers.")
    directory_ahead_days: int = Field(180, ge=0, le=3650, description="How many days after today the directory covers.")
    search_years: int = Field(10, ge=1, le=30, description="How many years back an id is searched for.")
    most_searches: int = Field(25, ge=0, description="How many ids one request may search for year by year.")
    directory_seconds: float = Field(600, ge=0, description="How long the directory is remembered.")
    scan_seconds: float = Field(60, ge=0, description="How long any other scan of the company is remembered.")
    identity_seconds: float = Field(900, ge=0, description="How long it is remembered that somebody could not be linked.")
    link_days: float = Field(30, ge=0, description="How long a link is remembered, unless something contradicts it.")
    link_file: Path | None = Field(
        None, description="SQLite file that keeps the links; without it, `crewgraph/links.sqlite` in the user's folder for state."
    )
    people_directory: bool = Field(False, description="Whether to read workforce's list of people, for their emails.")
    users_directory: bool = Field(False, description="Whether to read check-ins' list of users, to see namesakes who never checked in.")
    calibration_seconds: float = Field(3600, ge=0, description="How long the exactness of the check-ins filters is remembered.")
    most_attributions: int = Field(1000, ge=1, description="Most check-ins to read one by one to prove whose they are.")
    most_calls: int = Field(500, ge=1, description="Most upstream calls that one operation may make.")
    trace: bool = Field(True, description="Whether a client may ask for a trace with the header `x-crewgraph-trace: 1`.")
    cache: bool = Field(True, description="Whether what the upstreams answered is remembered across requests.")
    cache_entries: int = Field(100_000, ge=1, description="Most answers to remember.")
    cache_megabytes: int = Field(256, ge=1, description="Most megabytes of answers, as the upstreams sent them, to remember.")
    cache_bookings_seconds: float = Field(60, ge=0, description="How long a project's or person's assignments are fresh.")
    cache_pages_seconds: float = Field(300, ge=0, description="How long a page of the company's assignments is fresh.")
    cache_rows_seconds: float = Field(30, ge=0, description="How long a list of check-ins is fresh.")
    cache_details_seconds: float = Field(300, ge=0, description="How long a check-in with its responses is fresh.")
    cache_stale_seconds: float = Field(60, ge=0, description="How much longer an answer is shown while it is renewed.")
    redis_url: SecretStr | None = Field(
        None, description="Redis or Valkey, such as `rediss://user:password@host:6379/0`, by which several servers share answers and links."
    )
    cors_origins: list[str] = Field(
        [], description='Web origins whose pages may ask from a browser, as JSON, such as `["https://app.example.com"]`.'
    )
    sandbox_people: int = Field(300, ge=1, le=1_000_000, description="People in the embedded sandbox.")
    sandbox_seed: int = Field(1, description="Seed of the embedded sandbox.")
    sandbox_file: Path | None = Field(None, description="Database file of the embedded sandbox; kept and used again.")

    @field_validator("time_zone")
    @classmethod
    def zone_exists(cls, name: str) -> str:
        """Refuse a zone that the time zone database does not have."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
            raise ValueError(f"{name!r} is no time zone; use a name such as Europe/London") from cause
        return name

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
            timeout=self.upstream_timeout,
            concurrency=self.upstream_concurrency,
        )

    def workforce(self) -> Dialect:
        """How workforce is spoken to."""
        return Dialect(
            name="workforce",
            base_url=self.workforce_url or "",
            credentials=credentials(self.workforce_user, self.workforce_key, self.workforce_token, self.workforce_token_header),
            extra_headers=self.workforce_headers,
            parameters=PROCORE if self.workforce_dialect == "procore" else {},
            timeout=self.upstream_timeout,
            concurrency=self.upstream_concurrency,
        )

    def rules(self) -> Rules:
        """How windows and identities are decided."""
        return Rules(
            zone=ZoneInfo(self.time_zone),
            look_back=self.look_back_days,
            directory_back=self.directory_back_days,
            directory_ahead=self.directory_ahead_days,
            search_years=self.search_years,
            most_searches=self.most_searches,
            employee_number_property=self.employee_number_property,
            match_names=self.match_names,
            directory_seconds=self.directory_seconds,
            scan_seconds=self.scan_seconds,
            identity_seconds=self.identity_seconds,
            link_seconds=self.link_days * 86_400,
            people_directory=self.people_directory,
            users_directory=self.users_directory,
            calibration_seconds=self.calibration_seconds,
            most_attributions=self.most_attributions,
            current_on_any_day=self.workforce_dialect != "procore",
        )

    def mapping(self) -> Watched | None:
        """The mapping file, read. Raises Unusable with its lines when it is broken."""
        if self.identity_file is None:
            return None
        try:
            return Watched(self.identity_file)
        except (OSError, UnicodeDecodeError) as cause:
            raise Unusable([f"{PREFIX}IDENTITY_FILE: {self.identity_file} cannot be read as UTF-8 text."]) from cause
        except BrokenMapping as cause:
            raise Unusable([f"{self.identity_file}, {problem}" for problem in cause.problems]) from cause

    def limits(self) -> Limits:
        """What an operation may cost, and what is remembered where."""
        return Limits(self.most_calls, self.trace, self.remembered, self.engine, self.links)

    def remembered(self) -> Cache:
        """The memory of answers."""
        lives = {kind: Life(seconds, self.cache_stale_seconds) for kind, seconds in self.seconds().items()}
        return Cache(lives if self.cache else FORGETFUL, self.cache_entries, self.cache_megabytes * 1_000_000)

    def seconds(self) -> dict[Kind, float]:
        """How long each kind of answer is fresh."""
        return {
            Kind.BOOKINGS: self.cache_bookings_seconds,
            Kind.PAGE: self.cache_pages_seconds,
            Kind.ROWS: self.cache_rows_seconds,
            Kind.DETAIL: self.cache_details_seconds,
            Kind.LISTED: self.cache_pages_seconds,
        }

    def engine(self) -> Engine | None:
        """The memory that servers share, if there is one."""
        return Redis(self.redis_url.get_secret_value()) if self.redis_url is not None else None

    def links(self) -> Store:
        """Where links outlive the process; those of the sandbox do not."""
        if self.redis_url is not None:
            return RedisStore(self.redis_url.get_secret_value(), self.namespace)
        return MemoryStore() if self.sandboxed else SqliteStore(self.link_file or state() / "links.sqlite", self.namespace)

    @property
    def namespace(self) -> str:
        """What tells the links of one pair of upstreams from those of another."""
        return sha256(
            repr((self.checkins_url, self.checkins_user, self.workforce_url, self.workforce_company, self.workforce_user)).encode()
        ).hexdigest()[:24]


def state() -> Path:
    """The user's folder for what a program keeps."""
    given, home = os.environ.get("XDG_STATE_HOME"), os.environ.get("HOME")
    base = Path(given) if given else Path(home) / ".local" / "state" if home else Path(tempfile.gettempdir())
    return base / "crewgraph"


def credentials(user: str | None, key: SecretStr | None, token: SecretStr | None, header: str | None) -> Credentials:
    """One upstream's credentials, unwrapped."""
    return Credentials(user, revealed(key), revealed(token), header)


def revealed(secret: SecretStr | None) -> str | None:
    """The text of a secret."""
    return secret.get_secret_value() if secret is not None else None


def load(**flags: object) -> Settings:
    """The settings, flags above environment above `.env`. Raises Unusable with everything that is wrong."""
    try:
        settings = Settings(**{name: value for name, value in flags.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as cause:
        raise Unusable([told(error["loc"], error["msg"]) for error in cause.errors(include_input=False)]) from cause
    except SettingsError as cause:  # its text names the field in quotes, and nothing of the value
        raise Unusable([told(tuple(re.findall(r'field "(\w+)"', str(cause))), "must be JSON")]) from cause
    if problems := gaps(settings):
        raise Unusable(problems)
    return settings


def told(place: tuple[int | str, ...], message: str) -> str:
    """One problem under the name of its environment variable."""
    name = str(place[0]).upper() if place else "SETTINGS"
    return f"{PREFIX}{name}: {message.removeprefix('Value error, ')}."


def gaps(settings: Settings) -> list[str]:
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
    if settings.redis_url is not None and (problem := bad_redis(settings.redis_url.get_secret_value())) is not None:
        problems.append(problem)
    return problems + [problem for name, url in addresses(settings) if (problem := bad_address(name, url))]


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


def addresses(settings: Settings) -> list[tuple[str, str]]:
    """The configured addresses by the names of their variables."""
    return [(name, url) for name, url in (("CHECKINS_URL", settings.checkins_url), ("WORKFORCE_URL", settings.workforce_url)) if url]


def bad_address(name: str, url: str) -> str | None:
    """What is wrong with an address, if anything."""
    try:
        address = httpx.URL(url)
        usable = address.scheme in ("http", "https") and address.host and not (address.userinfo or address.query or address.fragment)
    except httpx.InvalidURL:
        usable = False
    return None if usable and " " not in url else f"{PREFIX}{name}: must be an http or https address without credentials or a query."
