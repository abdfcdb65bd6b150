"""How windows and identities are decided."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from graph.settings.problems import PREFIX, Unusable
from graph.settings.upstreams import UpstreamSettings
from loaders.known import Rules
from loaders.mapping import BrokenMapping
from loaders.watched import Watched


class IdentitySettings(UpstreamSettings):
    """The company's calendar, and by what evidence a person of one upstream is one of the other."""

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
    people_directory: bool = Field(False, description="Whether to read workforce's list of people, for their emails.")
    users_directory: bool = Field(False, description="Whether to read check-ins' list of users, to see namesakes who never checked in.")
    calibration_seconds: float = Field(3600, ge=0, description="How long the exactness of the check-ins filters is remembered.")
    most_attributions: int = Field(1000, ge=1, description="Most check-ins to read one by one to prove whose they are.")

    @field_validator("time_zone")
    @classmethod
    def zone_exists(cls, name: str) -> str:
        """Refuse a zone that the time zone database does not have."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
            raise ValueError(f"{name!r} is no time zone; use a name such as Europe/London") from cause
        return name

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
