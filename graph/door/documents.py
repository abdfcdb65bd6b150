"""Which document a request means: its own text, one of a list, or one that a client taught the server before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from graph.door.asking import Asked
from graph.door.persisted import Persisted, digest
from graph.door.policy import Door, Trusted
from graph.http import Call, Refusal
from graph.limits import Limits

NOT_FOUND = (200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
"""Status and message are Apollo Server's: clients compare them, and send the text next."""
NOT_SUPPORTED = (200, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
MISMATCH = (400, "PERSISTED_QUERY_HASH_MISMATCH", "The hash is not the SHA-256 of the query.")
NOT_IN_LIST = (404, "PERSISTED_QUERY_NOT_IN_LIST", "This server runs listed operations only, and has none with this id.")
NOT_IN_SAFELIST = (403, "QUERY_NOT_IN_SAFELIST", "This server runs listed operations only, and this is none of them.")
ID_REQUIRED = (400, "PERSISTED_QUERY_ID_REQUIRED", "This server runs listed operations only: send the id of one.")
NOTHING = (400, "BAD_REQUEST", "`query` must be a GraphQL document.")


@dataclass(frozen=True)
class Documents:
    """The listed documents, and those that clients taught; without a store these are not taken."""

    trusted: Trusted
    listed_only: bool
    persisted: Persisted | None

    async def call(self, asked: Asked) -> Call:
        """The call that a request makes. Raises Refusal when its document is not known, or not allowed."""
        if (listed := self.trusted.text(asked.id, asked.query)) is not None:
            return Call(listed, asked.variables, asked.operation, trusted=True)
        if self.listed_only:
            raise unlisted(asked)
        if asked.query is None:
            return Call(await self.taught(asked.id), asked.variables, asked.operation)
        if asked.digest and self.persisted is None:
            raise Refusal(*NOT_SUPPORTED)
        if asked.digest and asked.id != digest(asked.query):
            raise Refusal(*MISMATCH)
        return Call(asked.query, asked.variables, asked.operation, teaches=asked.digest)

    async def taught(self, id: str | None) -> str:  # noqa: A002 - the word of the protocol
        """The text that a client taught under this id. Raises Refusal when there is none."""
        if id is None:
            raise Refusal(*NOTHING)
        if self.persisted is None:
            raise Refusal(*NOT_SUPPORTED)
        if (text := await self.persisted.get(id)) is None:
            raise Refusal(*NOT_FOUND)
        return text

    async def learn(self, call: Call) -> None:
        """Keep the document of a call that taught one; to be told only once it has run, so that no nonsense is kept."""
        if call.teaches and self.persisted is not None:
            await self.persisted.put(call.query)


def unlisted(asked: Asked) -> Refusal:
    """Why a request does not run where only listed documents do; the codes are Apollo Router's."""
    if asked.query is not None:
        return Refusal(*NOT_IN_SAFELIST)
    return Refusal(*(ID_REQUIRED if asked.id is None else NOT_IN_LIST))


@asynccontextmanager
async def documents(limits: Limits) -> AsyncIterator[Documents]:
    """The documents for as long as the process lives, with a lane to the shared engine that no answer waits in."""
    door: Door = limits.door
    engine = limits.engine() if door.persisted and not door.listed_only else None
    try:
        yield Documents(door.trusted or Trusted(), door.listed_only, Persisted(engine) if door.persisted else None)
    finally:
        if engine is not None:
            await engine.aclose()
