"""Settings, from the environment, `.env` and flags: read once, all at once, and refused with the name of what is wrong."""

from __future__ import annotations

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from graph.limits import Limits
from graph.settings.access import AccessSettings, unsafe
from graph.settings.checks import find_open_origins, find_unreadable_authorities, gaps
from graph.settings.documents import DocumentSettings
from graph.settings.door import DoorSettings
from graph.settings.embedded import EmbeddedSettings
from graph.settings.identity import IdentitySettings
from graph.settings.operating import OperatingSettings
from graph.settings.problems import PREFIX, Unusable, told
from graph.settings.sharing import SharingSettings
from graph.settings.sources import ENV_FILE, DotEnvFile, SecretFiles

__all__ = ["PREFIX", "Settings", "Unusable", "load"]


class Settings(
    EmbeddedSettings,
    AccessSettings,
    DocumentSettings,
    OperatingSettings,
    DoorSettings,
    SharingSettings,
    IdentitySettings,
    BaseSettings,
):
    """Every setting; the environment variable is the name in capitals after `CREWGRAPH_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read flags, the environment, `.env`, and the files that either of these names, in this order."""
        environment, dotenv = EnvSettingsSource(settings_cls), DotEnvFile(settings_cls, ENV_FILE)
        return init_settings, environment, SecretFiles(settings_cls, environment, dotenv), dotenv

    @field_validator("*", mode="before")
    @classmethod
    def strip_blanks(cls, given: object) -> object:
        """Take blanks and line breaks from around a text: files and secret stores end theirs with one."""
        return given.strip() if isinstance(given, str) else given

    def limits(self) -> Limits:
        """What an operation may cost, and what is remembered where."""
        return Limits(
            calls=self.most_calls,
            trace=self.trace,
            cache=self.remembered,
            engine=self.engine,
            store=self.links,
            answers=self.answers,
            portions=self.portion_megabytes * 1_000_000,
            deadline=self.deadline,
            door=self.door(),
            documents=self.documents(),
            compiled=self.compiled_execution,
        )


def load(**flags: object) -> Settings:
    """The settings, flags above environment above `.env`. Raises Unusable with everything that is wrong."""
    try:
        settings = Settings(**{name: value for name, value in flags.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as cause:
        raise Unusable([told(error["loc"], error["msg"]) for error in cause.errors(include_input=False)]) from cause
    problems = [*gaps(settings), *find_unreadable_authorities(settings), *unsafe(settings)]
    if problems := problems + find_open_origins(settings.cors_origins, settings.guarded):
        raise Unusable(problems)
    return settings
