"""What is remembered: for how long, how much, and where."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from pydantic import Field, SecretStr

from graph.answers import Answers
from graph.settings.folders import is_writable, list_folders
from graph.settings.upstreams import UpstreamSettings
from loaders.stores import MemoryStore, RedisStore, SqliteStore, Store
from upstreams.cache import FORGETFUL, Cache, Life
from upstreams.calls import Kind
from upstreams.engine import Engine, Redis


class SharingSettings(UpstreamSettings):
    """The memory of answers, and the store of links."""

    cache: bool = Field(True, description="Whether what the upstreams answered is remembered across requests.")
    cache_entries: int = Field(100_000, ge=1, description="Most answers to remember.")
    cache_megabytes: int = Field(256, ge=1, description="Most megabytes of answers, as the upstreams sent them, to remember.")
    cache_bookings_seconds: float = Field(60, ge=0, description="How long a project's or person's assignments are fresh.")
    cache_pages_seconds: float = Field(300, ge=0, description="How long a page of the company's assignments is fresh.")
    cache_rows_seconds: float = Field(30, ge=0, description="How long a list of check-ins is fresh.")
    cache_details_seconds: float = Field(300, ge=0, description="How long a check-in with its responses is fresh.")
    cache_stale_seconds: float = Field(60, ge=0, description="How much longer an answer is shown while it is renewed.")
    answer_seconds: float = Field(
        5, ge=0, le=3600, description="How long a whole answer is given to whoever asks the same with the same rights; 0 for not at all."
    )
    answer_megabytes: int = Field(64, ge=1, description="Most megabytes of whole answers to remember.")
    portion_megabytes: int = Field(
        64, ge=0, description="Most megabytes of parts of answers to remember, a person's check-ins for one; 0 for none."
    )
    redis_url: SecretStr | None = Field(
        None, description="Redis or Valkey, such as `rediss://user:password@host:6379/0`, by which several servers share answers and links."
    )
    link_file: Path | None = Field(
        None, description="SQLite file that keeps the links; without it, `crewgraph/links.sqlite` in the user's folder for state."
    )

    def remembered(self) -> Cache:
        """The memory of answers."""
        lives = {kind: Life(seconds, self.cache_stale_seconds) for kind, seconds in self.seconds().items()}
        return Cache(lives if self.cache else FORGETFUL, self.cache_entries, self.cache_megabytes * 1_000_000)

    def answers(self) -> Answers:
        """The memory of whole answers."""
        return Answers(self.answer_seconds, self.answer_megabytes * 1_000_000)

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
        """Where links outlive the process; those of the sandbox do not, nor those for which no folder can be written."""
        if self.redis_url is not None:
            return RedisStore(self.redis_url.get_secret_value(), self.namespace)
        if self.sandboxed or (path := self.link_file or default_link_file()) is None:
            return MemoryStore()
        return SqliteStore(path, self.namespace)

    def forgets_links(self) -> bool:
        """Whether links would be kept in a file, if there were a folder to write it to."""
        return self.redis_url is None and self.link_file is None and not self.sandboxed and default_link_file() is None

    @property
    def namespace(self) -> str:
        """What tells the links of one pair of upstreams from those of another."""
        return sha256(
            repr((self.checkins_url, self.checkins_user, self.workforce_url, self.workforce_company, self.workforce_user)).encode()
        ).hexdigest()[:24]


def default_link_file() -> Path | None:
    """The file of links in the user's folder for state; None where that cannot be written."""
    folder = next(list_folders("XDG_STATE_HOME", ".local/state"), None)
    return folder / "links.sqlite" if folder is not None and is_writable(folder) else None
