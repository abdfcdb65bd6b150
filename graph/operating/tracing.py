"""What the app tells a tracer, and what it does where there is none. The one of OpenTelemetry is loaded only where it is wanted."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, cast

from graph.operating.visits import Visit
from upstreams.observer import Observer, Silent

EXPORTERS = "opentelemetry_traces_exporter"
"""The group of entry points by which OpenTelemetry's packages offer exporters of spans."""

CERTIFICATES = ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE")
"""The variables that name a file of authorities for the collector's certificate; the first outranks the second."""


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


def choose_exporters() -> list[str]:
    """Return the names of the exporters that the standard variables ask for, as packages register them with OpenTelemetry.

    Raises ValueError with a sentence for what cannot be had.
    """
    if read_variable("OTEL_SDK_DISABLED").lower() == "true":
        return []
    wanted = [name.strip().lower() for name in (read_variable("OTEL_TRACES_EXPORTER") or "otlp").split(",")]
    chosen = [_choose_exporter(name) for name in wanted if name != "none"]
    return list(dict.fromkeys(chosen))


def _choose_exporter(wanted: str) -> str:
    """Return the name under which the exporter is registered. Raises ValueError."""
    variable, value, name = "OTEL_TRACES_EXPORTER", wanted, wanted
    if wanted == "otlp":
        specific = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
        variable = specific if read_variable(specific) else "OTEL_EXPORTER_OTLP_PROTOCOL"
        value = read_variable(variable).lower() or "http/protobuf"
        name = "otlp_proto_" + value.removesuffix("/protobuf")
    if importlib.metadata.entry_points(group=EXPORTERS, name=name):
        return name
    usable = "http/protobuf" if wanted == "otlp" else "otlp, console or none"
    package = "; for grpc, install opentelemetry-exporter-otlp-proto-grpc" if value == "grpc" else ""
    raise ValueError(f"{variable}={value} is not supported: use {usable}{package}")


def read_variable(name: str) -> str:
    """Return the value of an environment variable without blanks around it; an empty one is as good as none (OpenTelemetry's rule)."""
    return os.environ.get(name, "").strip()


def opentelemetry() -> Tracer:
    """The tracer that sends to where the `OTEL_*` variables say. Raises ModuleNotFoundError without the extra `otel`."""
    load = cast(Callable[[], Tracer], importlib.import_module("graph.operating.otel").from_environment)
    return load()
