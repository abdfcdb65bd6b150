"""Waves of check-in calls: pages of rows, of which the longest answers those that begin alike, and details, once each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from loaders.accounts import HEAD, Source
from loaders.base import settled
from loaders.plans import Head, heads
from upstreams import check_ins
from upstreams.calls import Call
from upstreams.check_ins import Filter
from upstreams.errors import BadInput
from upstreams.records import CheckIn, Listing
from upstreams.values import bare


async def listings(source: Source, keys: Sequence[Head[Filter]]) -> Mapping[Head[Filter], Listing | Exception]:
    """Pages of rows. Raises TooExpensive when the operation cannot pay for all of them."""
    plan = heads(keys, most=max(key.limit for key in keys))
    asked = {key: remembered(source, call if call.offset == key.offset else key) for key, call in plan.answers.items()}
    calls = list(dict.fromkeys(asked.values()))
    remembers = source.check_ins.calls.remembers
    source.ledger.afford(sum(not remembers(check_ins.rows(call.where, call.limit, call.offset)) for call in calls))
    read = await source.check_ins.listings([(call.where, call.limit, call.offset) for call in calls])
    found = dict(zip(calls, map(settled, read), strict=True))
    return {key: first(found[call], key.limit) for key, call in asked.items()}


def remembered(source: Source, page: Head[Filter]) -> Head[Filter]:
    """A longer page that begins alike and needs no call, if there is one: proofs of identity read such pages."""
    remembers, longer = source.check_ins.calls.remembers, (HEAD, source.check_ins.page_size)
    for limit in (page.limit, *(one for one in longer if one > page.limit)):
        if remembers(check_ins.rows(page.where, limit, page.offset)):
            return replace(page, limit=limit)
    return page


async def details(source: Source, keys: Sequence[str]) -> Mapping[str, CheckIn | Exception | None]:
    """Check-ins with their responses, and what they teach about their owners; what was learnt already is not learnt from an older copy.

    Raises TooExpensive when the operation cannot pay for all of them.
    """
    calls = {key: asked(key) for key in keys}
    possible = [key for key, call in calls.items() if isinstance(call, Call)]
    old = {key for key, call in calls.items() if isinstance(call, Call) and source.check_ins.calls.remembers(call)}
    source.ledger.afford(len(possible) - len(old))
    found = dict(zip(possible, map(settled, await source.check_ins.check_ins(possible)), strict=True))
    for key, one in found.items():
        if isinstance(one, CheckIn) and not (key in old and source.known.owners.peek(bare(key))):
            source.known.note(one)
    return {key: call if isinstance(call, BadInput) else found[key] for key, call in calls.items()}


def asked(check_in_id: str) -> Call | BadInput:
    """The call for a check-in, or why it cannot be asked for."""
    try:
        return check_ins.detail(check_in_id)
    except BadInput as error:
        return error


def at_hand(source: Source, keys: Sequence[str]) -> Mapping[str, CheckIn | Exception | None] | None:
    """The same of check-ins that are all remembered, at once."""
    found = source.check_ins.at_hand(keys)
    if found is None:
        return None
    owners = source.known.owners
    for key, one in zip(keys, found, strict=True):
        if not owners.peek(bare(key)):
            source.known.note(one)
    return dict(zip(keys, found, strict=True))


def first(found: Listing | Exception, limit: int) -> Listing | Exception:
    """The first rows of a page that was read, or why it was not."""
    return start(found, limit) if isinstance(found, Listing) else found


def start(head: Listing, limit: int) -> Listing:
    """The first `limit` rows of a head."""
    if len(head.items) <= limit:
        return head
    return replace(head, items=head.items[:limit], places=head.places[:limit], taken=head.places[limit - 1] + 1 - head.offset, more=True)
