"""What executing a query costs in CPU, with plans and without them, side by side: `python bench/execution.py`.

Shapes of the same answer, 500 people with 8 check-ins each: everything is there already and only attributes are read; or every list,
and one field of every check-in, is fetched by a resolver that awaits a loader for each, or for all of them at once where there are
plans; or that field is at hand. Rounds of both executors alternate, and medians are printed; garbage is collected between rounds, as
the server does it when nobody waits.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import DocumentNode, execute, parse
from msgspec import Struct
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as Stock
from strawberry.utils.await_maybe import await_maybe

from graph.access.rights import Rights
from graph.declare import link, says, shows
from graph.execution.executor import Compiled
from graph.execution.scopes import KEPT
from loaders.base import Loader

PEOPLE, EACH, ROUNDS = 500, 8, 15


class Account(Struct, frozen=True):
    """Whose check-in it is."""

    id: str
    name: str | None


class CheckIn(Struct, frozen=True):
    """One of a person's check-ins."""

    id: str
    submitted: str | None
    overdue: bool
    score: float
    account: Account


class Person(Struct, frozen=True):
    """Somebody, with what is read of them and what is fetched."""

    id: str
    name: str
    age: int
    check_ins: list[CheckIn]


def person(number: int) -> Person:
    """One of them."""
    account = Account(f"a{number}", f"Account {number}")
    own = [CheckIn(f"c{number}-{one}", "2026-03-04T12:00:00+00:00" if one % 3 else None, one == 2, one / 8, account) for one in range(EACH)]
    return Person(f"p{number}", f"Person {number}", number % 90, own)


STAFF = [person(number) for number in range(PEOPLE)]
LISTS = {one.id: one.check_ins for one in STAFF}
ACCOUNTS = {own.id: own.account for one in STAFF for own in one.check_ins}


async def lists(keys: list[str]) -> Mapping[str, Any]:
    """The check-ins of some people."""
    return {key: LISTS[key] for key in keys}


async def accounts(keys: list[str]) -> Mapping[str, Any]:
    """The accounts of some check-ins."""
    return {key: ACCOUNTS[key] for key in keys}


class Loaders:
    """The loaders of one execution."""

    def __init__(self) -> None:
        self.lists: Loader[str, list[CheckIn]] = Loader(lists)
        self.accounts: Loader[str, Account] = Loader(accounts)
        self.known: Loader[str, Account] = Loader(accounts, lambda keys: {key: ACCOUNTS[key] for key in keys})


@dataclass
class Context:
    """What one execution carries."""

    loaders: Loaders
    rights: Rights = field(default_factory=Rights)


async def fetched_lists(person: Person, loaders: Loaders) -> list[CheckIn] | None:
    """The check-ins of a person."""
    return await loaders.lists.load(person.id)


async def fetched_account(check_in: CheckIn, loaders: Loaders) -> Account | None:
    """The account of a check-in."""
    return await loaders.accounts.load(check_in.id)


async def fetched_accounts(check_ins: Sequence[CheckIn], loaders: Loaders) -> list[Any]:
    """The accounts of many check-ins."""
    return await loaders.accounts.load_all([one.id for one in check_ins])


async def known_account(check_in: CheckIn, loaders: Loaders) -> Account | None:
    """The same from what is remembered."""
    return await loaders.known.load(check_in.id)


def known_accounts(check_ins: Sequence[CheckIn], loaders: Loaders) -> list[Any] | None:
    """The same of many check-ins at once."""
    return loaders.known.at_hand([one.id for one in check_ins])


async def everybody(loaders: Loaders) -> list[Person]:
    """All people."""
    return STAFF


@shows(Account, "An account.", name="Account")
class AccountType:
    """As the graph shows it."""

    id: strawberry.ID = says("The id.")
    name: str | None = says("The name.")


@shows(CheckIn, "A check-in.", keys=("id",), name="CheckIn")
class CheckInType:
    """As the graph shows it."""

    id: strawberry.ID = says("The id.")
    submitted: str | None = says("When.")
    overdue: bool = says("Whether it is overdue.")
    score: float = says("A number.")
    account: AccountType = says("Whose it is.")
    fetched: AccountType | None = link(fetched_account, says="Whose it is, fetched.")
    together: AccountType | None = link(fetched_account, says="The same, for many at once.", together=fetched_accounts)
    known: AccountType | None = link(known_account, says="Whose it is, as it is remembered.", at_hand=known_accounts)


@shows(Person, "A person.", keys=("id",), name="Person")
class PersonType:
    """As the graph shows it."""

    id: strawberry.ID = says("The id.")
    name: str = says("The name.")
    age: int = says("The age.")
    check_ins: list[CheckInType] = says("Their check-ins.")
    fetched: list[CheckInType] | None = link(fetched_lists, says="Their check-ins, fetched.")


@strawberry.type
class Query:
    """The root."""

    people: list[PersonType] = link(everybody, says="Everybody.")


SHAPES = {
    "attributes only": "{ people { id name age checkIns { id submitted overdue score account { id name } } } }",
    "a loaded list for each person": "{ people { id name age fetched { id submitted overdue score account { id name } } } }",
    "the same, and a loaded object for each item": "{ people { id name age fetched { id submitted overdue score fetched { id name } } } }",
    "the same, asked for all at once": "{ people { id name age fetched { id submitted overdue score together { id name } } } }",
    "the same, where that object is remembered": "{ people { id name age fetched { id submitted overdue score known { id name } } } }",
}


async def once(schema: strawberry.Schema, document: DocumentNode, executor: type) -> Any:
    """One execution."""
    context = Context(Loaders())
    given: Any = {"context_value": context, "executor_class": executor, "is_awaitable": optimized_is_awaitable}
    result: Any = await await_maybe(execute(schema._schema, document, **given))
    assert result.errors is None, result.errors
    return result.data, {name: len(ids) for name, ids in context.rights.shown.items()}


async def measured(schema: strawberry.Schema, text: str) -> tuple[list[float], list[float]]:
    """The milliseconds of CPU of each round, with graphql-core alone and with plans; both have to come to the same."""
    document = parse(text)
    KEPT.keep(document)
    times: tuple[list[float], list[float]] = ([], [])
    assert await once(schema, document, Stock) == await once(schema, document, Compiled)
    for _ in range(ROUNDS):
        for executor, kept in zip((Stock, Compiled), times, strict=True):
            gc.collect()
            began = time.process_time()
            await once(schema, document, executor)
            kept.append((time.process_time() - began) * 1000)
    return times


def main() -> None:
    """Print a line for each shape."""
    schema = strawberry.federation.Schema(query=Query)
    gc.disable()
    for name, text in SHAPES.items():
        stock, plans = asyncio.run(measured(schema, text))
        middle = statistics.median(stock), statistics.median(plans)
        print(f"{name}: {middle[0]:.1f} ms without, {middle[1]:.1f} ms with plans, {middle[0] / middle[1]:.1f} times")  # noqa: T201
        print(f"    from {min(stock):.1f} to {max(stock):.1f}, from {min(plans):.1f} to {max(plans):.1f}")  # noqa: T201


if __name__ == "__main__":
    main()
