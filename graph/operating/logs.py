"""Log lines: one shape for all of them, ours and libraries', as JSON or for a terminal, with what is personal taken out."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from typing import Literal, TextIO

from structlog.contextvars import merge_contextvars
from structlog.dev import ConsoleRenderer
from structlog.processors import JSONRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.types import EventDict, Processor, WrappedLogger

from graph.operating.redaction import redact

FIELDS = ("kind", "outcome", "status", "source", "milliseconds", "calls", "codes", "audit")
"""What a line of ours may have beside its event; whatever else a library attaches is left out."""
Style = Literal["json", "console"]


def configure(style: Style | None, level: str, stream: TextIO = sys.stderr) -> None:
    """Write all lines of this process, from this level on, to a stream: for a terminal in words, else as JSON, unless `style` says."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(style or ("console" if stream.isatty() else "json"), colors=stream.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def formatter(style: Style, *, colors: bool = False) -> ProcessorFormatter:
    """The way from a record to its line."""
    steps: list[Processor] = [
        merge_contextvars,
        add_log_level,
        add_logger_name,
        ExtraAdder(allow=FIELDS),
        TimeStamper(fmt="iso"),
        places,
        terse,
        audited,
        redact,
    ]
    end: Processor = JSONRenderer() if style == "json" else ConsoleRenderer(colors=colors)
    return ProcessorFormatter(processors=[ProcessorFormatter.remove_processors_meta, end], foreign_pre_chain=steps)


def places(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """An exception by its type and the places it came through; its text may quote what somebody sent."""
    kind, _, trace = event.pop("exc_info", None) or (None, None, None)
    if kind is not None:
        event["error"] = kind.__name__
        event["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    return event


def terse(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """What asyncio tells without the tasks and arguments that it shows: they quote errors and values in their own words."""
    if event["logger"] == "asyncio":
        event["event"] = re.split(r"[\n(]", event["event"], maxsplit=1)[0]
    return event


def audited(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """A record of the audit by its fields, which also are its text."""
    if "audit" in event:
        event["event"] = "audit"
    return event
