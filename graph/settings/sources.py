"""Where settings come from beside the environment: the file `.env`, and files that hold a secret each."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from dotenv import dotenv_values
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, PydanticBaseSettingsSource

from graph.settings.problems import PREFIX, Unusable

SINGLE_QUOTED = re.compile(r"^\s*(?:export\s+)?([^\s=#]+)\s*=\s*'", re.MULTILINE)
"""The names whose values stand in single quotes."""
ENV_FILE, FILE = ".env", "_FILE"


class DotEnvFile(DotEnvSettingsSource):
    """`.env` as a shell reads it: what stands in single quotes is literal, elsewhere `${NAME}` is replaced."""

    def _read_env_file(self, file_path: Path) -> Mapping[str, str | None]:
        """Return the variables of the file. Raises Unusable for one that is not UTF-8, with or without a byte order mark."""
        try:
            text = file_path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as cause:
            raise Unusable([f"{file_path} must be UTF-8 text; save it in that encoding."]) from cause
        literal, found = set(SINGLE_QUOTED.findall(text)), dotenv_values(stream=io.StringIO(text))
        plain = dotenv_values(stream=io.StringIO(text), interpolate=False)
        values = {name: plain[name] if name in literal else value for name, value in found.items()}
        return {name.lower(): value for name, value in values.items() if value or not self.env_ignore_empty}


class SecretFiles(PydanticBaseSettingsSource):
    """Each secret from the file that `CREWGRAPH_<NAME>_FILE` names, as Docker and Kubernetes give them."""

    def __init__(self, settings_cls: type[BaseSettings], *sources: EnvSettingsSource) -> None:
        super().__init__(settings_cls)
        self.sources = sources

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the secret of a field, if its file is named. Raises Unusable with a sentence that repeats nothing of the file."""
        variable = f"{PREFIX}{field_name}{FILE}".upper()
        for source in self.sources:
            if (path := source.env_vars.get(variable.lower())) is not None:
                if any(f"{PREFIX}{field_name}".lower() in one.env_vars for one in self.sources):
                    raise Unusable([f"{variable} and {variable.removesuffix(FILE)} are both set: set one of them."])
                return _read_secret(variable, Path(path.strip())), field_name, False
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return all secrets whose files are named."""
        secrets = {name: field for name, field in self.settings_cls.model_fields.items() if is_secret(field)}
        found = {name: self.get_field_value(field, name)[0] for name, field in secrets.items()}
        return {name: value for name, value in found.items() if value is not None}


def is_secret(field: FieldInfo) -> bool:
    """Whether a setting is a secret."""
    return SecretStr in (field.annotation, *get_args(field.annotation))


def _read_secret(variable: str, path: Path) -> str:
    """Return what a file holds but for blanks around it. Raises Unusable."""
    try:
        secret = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as cause:
        raise Unusable([f"{variable}: {path} cannot be read as UTF-8 text."]) from cause
    if not secret:
        raise Unusable([f"{variable}: {path} is empty."])
    return secret
