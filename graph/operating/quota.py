"""How much each client may ask for: a bucket of points that fills again by the minute."""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache

MINUTE = 60.0


class Exhausted(Exception):
    """The client has spent its points; there are enough again in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass
class Quota:
    """`points` a minute for each client, a minute's worth at once; 0 is as many as they like.

    What costs more than a whole bucket may run when the bucket is full, and is paid off later. Of at most `clients` it is remembered
    what they have; who was seen last is kept.
    """

    points: int
    clients: int = 10_000
    buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, client: str, points: int, now: float, paid: int = 0) -> float | None:
        """None when the client has paid, else in how many seconds it can; `now` is in seconds on any steady clock.

        `paid` is what of these points it has paid before.
        """
        if not self.points:
            return None
        held, needed = self.held(client, now), min(points, self.points)
        if held + paid < needed:
            self.buckets.move_to_end(client)
            return (needed - held - paid) * MINUTE / self.points
        self.buckets[client] = (held + paid - points, now)
        self.buckets.move_to_end(client)
        if len(self.buckets) > self.clients:
            self.buckets.popitem(last=False)
        return None

    def held(self, client: str, now: float) -> float:
        """The points that a client has now; below 0 while it pays off."""
        held, at = self.buckets.get(client, (float(self.points), now))
        return min(held + (now - at) * self.points / MINUTE, float(self.points))

    def headers(self, client: str, now: float) -> dict[str, str]:
        """What a client is told of its quota (draft-ietf-httpapi-ratelimit-headers): points left, and seconds until it is whole."""
        if not self.points:
            return {}
        held = self.held(client, now)
        whole = math.ceil((self.points - held) * MINUTE / self.points)
        return {"RateLimit-Policy": f'"points";q={self.points};w={MINUTE:.0f}', "RateLimit": f'"points";r={max(int(held), 0)};t={whole}'}


@lru_cache(maxsize=1_000)
def network(address: str) -> str:
    """Whose an address is: an IPv4 address is one client, and so are all IPv6 addresses of one /64, which one household or host has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
