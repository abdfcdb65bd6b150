"""Who may ask: exact Authorization headers, compared in constant time."""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from functools import partial
from secrets import compare_digest

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sandbox.options import Options

Endpoint = Callable[[Request], Awaitable[Response]]
Door = Callable[[Endpoint], Endpoint]


def checkins(options: Options) -> Door:
    """Check-ins take Basic credentials, where they are set."""
    accepted = basic(options.checkins_user, options.checkins_key)
    return partial(guard, accepted=accepted, challenge='Basic realm="check-ins"')


def workforce(options: Options) -> Door:
    """Workforce takes Basic or Bearer credentials, where they are set."""
    accepted = basic(options.workforce_user, options.workforce_key) + bearer(options.workforce_token)
    return partial(guard, accepted=accepted, challenge='Basic realm="workforce", Bearer realm="workforce"')


def basic(user: str | None, key: str | None) -> list[str]:
    """The header of a user and key; none when neither is set."""
    if user is None and key is None:
        return []
    return ["Basic " + b64encode(f"{user or ''}:{key or ''}".encode()).decode()]


def bearer(token: str | None) -> list[str]:
    """The header of a token; none when it is not set."""
    return [] if token is None else [f"Bearer {token}"]


def guard(endpoint: Endpoint, accepted: list[str], challenge: str) -> Endpoint:
    """The endpoint, behind a 401 unless the header is one of the accepted ones; open when there are none."""
    if not accepted:
        return endpoint

    async def guarded(request: Request) -> Response:
        given = _canonical(request.headers.get("authorization", ""))
        if not any(compare_digest(given.encode(), header.encode()) for header in accepted):
            raise HTTPException(401, "missing or wrong credentials", headers={"WWW-Authenticate": challenge})
        return await endpoint(request)

    return guarded


def _canonical(header: str) -> str:
    """The header with its scheme, which is not case-sensitive, written as ours."""
    scheme, _, rest = header.partition(" ")
    return f"{scheme.capitalize()} {rest.strip()}"
