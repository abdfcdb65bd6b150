"""The audit: one line for each operation, of who asked what, with which scopes, and how much of what was shown; no personal data.

It names the caller as their token or key does, and the operation by its own name and the hash of its document. Variables, ids,
names and emails are not in it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import msgspec

from graph.access.rights import Caller, Rights
from graph.http import Call, Refusal
from upstreams.ledger import Ledger

log = logging.getLogger("crewgraph.audit")


def audit(record: Mapping[str, Any]) -> None:
    """Write a record down: as JSON, and as the field `audit` of the log record."""
    log.info("%s", msgspec.json.encode(record).decode(), extra={"audit": record})


def operation(rights: Rights, call: Call, request_id: str, ledger: Ledger, errors: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The record of one operation, whose answer has these errors."""
    codes = Counter(error["extensions"]["code"] for error in errors)
    return {
        "requestId": request_id,
        "caller": rights.caller.name,
        "auth": rights.caller.auth,
        "operation": rights.operation,
        "document": sha256(call.query.encode("utf-8", "surrogatepass")).hexdigest(),
        "scopesUsed": sorted(rights.used),
        "scopesRefused": sorted(rights.refused),
        "entities": {name: len(ids) for name, ids in sorted(rights.shown.items())},
        "upstreamCalls": ledger.spent,
        "errors": dict(sorted(codes.items())),
    }


def repeated(record: Mapping[str, Any], caller: Caller, request_id: str) -> dict[str, Any]:
    """The record of an operation that was answered as one with this record was, without any upstream call."""
    return {**record, "requestId": request_id, "caller": caller.name, "auth": caller.auth, "upstreamCalls": 0}


def refusal(refused: Refusal, request_id: str) -> dict[str, Any]:
    """The record of a request that nobody was found behind, or that may not ask here."""
    return {"requestId": request_id, "status": refused.status, "errors": {refused.code: 1}}
