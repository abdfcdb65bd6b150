"""What the app tells a tracer, and what it does where there is none. The one of OpenTelemetry is loaded only where it is wanted."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, cast

from graph.operating.visits import Visit
from upstreams.observer import Observer, Silent


class Tracer(Observer, Protocol):
    """An observer of the upstreams that knows of operations too."""

    def operation(self, headers: Mapping[str, str], visit: Visit) -> AbstractContextManager[object]:
        """Around one operation; `headers` say what it is part of, `visit` at its end how it went."""

    async def aclose(self) -> None:
        """End; what was not sent is sent, if that can be done soon."""


class Untraced(Silent):
    """Nobody traces."""

    def operation(self, _headers: Mapping[str, str], _visit: Visit) -> AbstractContextManager[object]:
        """Not noted."""
        return nullcontext()

    async def aclose(self) -> None:
        """Nothing to end."""


def installed() -> bool:
    """Whether the extra `otel` is there."""
    try:
        return all(importlib.util.find_spec(f"opentelemetry.{name}") is not None for name in ("sdk", "exporter.otlp.proto.http"))
    except ModuleNotFoundError:
        return False


def opentelemetry() -> Tracer:
    """The tracer that sends to where the `OTEL_*` variables say. Raises ModuleNotFoundError without the extra `otel`."""
    load = cast(Callable[[], Tracer], importlib.import_module("graph.operating.otel").from_environment)
    return load()
