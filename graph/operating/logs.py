"""Log lines: one shape for all of them, ours and libraries', as JSON or for a terminal, with what is personal taken out."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal, TextIO

import msgspec
from structlog.dev import ConsoleRenderer
from structlog.processors import JSONRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.types import EventDict, Processor, WrappedLogger

from graph.operating.redaction import clean, redact
from graph.operating.visits import REQUEST, TOLD

FIELDS = (TOLD, "kind", "outcome", "status", "source", "milliseconds", "calls", "codes", "audit")
"""What a line of ours may have beside its event; whatever else a library attaches is left out."""
Style = Literal["json", "console"]


def configure(style: Style | None, level: str, stream: TextIO = sys.stderr) -> None:
    """Write all lines of this process, from this level on, to a stream: for a terminal in words, else as JSON, unless `style` says."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(style or ("console" if stream.isatty() else "json"), colors=stream.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # no line tells of these, and each takes its time


class Written(ProcessorFormatter):
    """Lines as JSON; the one of each operation, which holds nothing but our own words, without the detours of the others."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        told = record.__dict__.get(TOLD)
        if told is None:
            return super().format(record)
        when = f"{second(int(record.created))}.{int(record.created % 1 * 1_000_000):06}Z"
        named = {"request_id": clean("", REQUEST.get()), "level": record.levelname.lower(), "logger": record.name, "timestamp": when}
        return msgspec.json.encode({**told, **named, "event": record.msg}).decode()


@lru_cache(maxsize=1)
def second(since: int) -> str:
    """The second that began so many seconds after the beginning of 1970, to which many lines belong."""
    return datetime.fromtimestamp(since, UTC).replace(tzinfo=None).isoformat()


def formatter(style: Style, *, colors: bool = False) -> ProcessorFormatter:
    """The way from a record to its line."""
    steps: list[Processor] = [
        identified,
        add_log_level,
        add_logger_name,
        ExtraAdder(allow=FIELDS),
        unfolded,
        TimeStamper(fmt="iso"),
        places,
        terse,
        audited,
        redact,
    ]
    end: Processor = JSONRenderer() if style == "json" else ConsoleRenderer(colors=colors)
    kind = Written if style == "json" else ProcessorFormatter
    return kind(processors=[ProcessorFormatter.remove_processors_meta, end], foreign_pre_chain=steps)


def identified(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """With the id of the request that is being answered."""
    if (found := REQUEST.get()) is not None:
        event["request_id"] = found
    return event


def unfolded(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """What is told of an operation by its fields."""
    event.update(event.pop(TOLD, {}))
    return event


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
