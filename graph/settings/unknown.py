"""Variables that look like settings and are none: misspelt ones, of which nobody would hear otherwise."""

from __future__ import annotations

import os

from pydantic_settings import BaseSettings
from rapidfuzz import fuzz, process

from graph.settings.problems import PREFIX
from graph.settings.sources import ENV_FILE, DotEnvFile, is_secret

DEVELOPMENT = frozenset({"ARTIFACTS", "GRAPHIQL", "REQUIRE"})
"""What installing and testing the project read, after the prefix."""
MIN_LIKENESS = 70
"""From how many percent of likeness a name is suggested."""


def find_unknown_settings(settings: type[BaseSettings]) -> list[str]:
    """Return a sentence for each variable of the environment, and of the settings' `.env` file, that has our prefix and is no setting.

    A sentence has the name of the variable and that of the setting that is most like it, never a value.
    """
    fields = {name.upper(): field for name, field in settings.model_fields.items()}
    files = {f"{name}_FILE" for name, field in fields.items() if is_secret(field)}
    given = {name.upper(): "" for name in os.environ}
    for name, value in DotEnvFile(settings, ENV_FILE).env_vars.items():
        if value is not None:  # else the line has no `=`, and may be a value
            given.setdefault(name.upper(), " in .env")
    ours = {name.removeprefix(PREFIX): place for name, place in given.items() if name.startswith(PREFIX)}
    unknown = sorted(ours.keys() - fields.keys() - files - DEVELOPMENT - _find_service_variables(ours))
    return [f"{PREFIX}{name}{ours[name]} is no setting, and is ignored{_suggest(name, [*fields, *files])}" for name in unknown]


def _find_service_variables(names: dict[str, str]) -> set[str]:
    """Return what Kubernetes adds to the environment of every container for a service whose name begins with ours."""
    services = [name.removesuffix("SERVICE_HOST") for name in names if name.endswith("SERVICE_HOST")]
    added = tuple(f"{service}{kind}" for service in services for kind in ("SERVICE_", "PORT_"))
    return {name for name in names if f"{name}_".startswith(added)} if added else set()


def _suggest(name: str, known: list[str]) -> str:
    """Return the end of a sentence that suggests the known name that is most like this one, if any is."""
    found = process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=MIN_LIKENESS)
    return f"; did you mean {PREFIX}{found[0]}?" if found is not None else "."
