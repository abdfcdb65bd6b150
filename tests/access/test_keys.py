"""API keys: the file keeps hashes, a new state of it holds at once, and a broken one changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from graph.access.guard import Access
from graph.access.keys import Key, Keys, add, new, parse, remove
from graph.access.reread import Broken, Reread
from graph.access.rights import Caller
from graph.settings.access import REVOKED_SECONDS
from loaders.watched import SETTLED
from sandbox import build
from tests.access.signing import said
from tests.graphs import TODAY, Graph, graph
from tests.servers import finished, running
from tests.waiting import LONG
from upstreams.clocks import utc_now

INVALID = 'Bearer realm="crewgraph", error="invalid_token", error_description="The token is not valid"'
HELLO = {"query": "{ people(first: 1) { nodes { name onLeave } } }"}


def key(name: str = "payroll", scopes: tuple[str, ...] = ("timeoff:read",), expires: date | None = None) -> Key:
    """A key to be made."""
    return Key("", Caller(name, "api-key", frozenset(scopes), "pay@example.com"), expires)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the keys are."""
    return tmp_path / "keys.toml"


@pytest.fixture
def secret(path: Path) -> str:
    """A key that the file has."""
    found, lines = new(key())
    add(path, lines)
    return found


@pytest.fixture
async def served(tmp_path: Path, path: Path, secret: str) -> AsyncIterator[Graph]:
    """A graph for whoever has a key."""
    build(tmp_path / "20.sqlite", people=20, today=TODAY)
    access = Access(Keys(Reread(path, parse, every=0.05), lambda: datetime(2026, 3, 4, tzinfo=UTC)))
    async with graph(tmp_path / "20.sqlite", access=access) as one:
        yield one


async def ask(served: Graph, **headers: str) -> httpx.Response:
    """The answer to whoever carries these headers."""
    return await served.client.post("/graphql", json=HELLO, headers={name.replace("_", "-"): value for name, value in headers.items()})


async def test_a_key_gets_in_as_bearer_or_in_its_own_header(served: Graph, secret: str) -> None:
    assert said(await ask(served, authorization=f"Bearer {secret}")) == (200, None, None)
    assert said(await ask(served, authorization=f"bearer  {secret} ")) == (200, None, None)
    assert said(await ask(served, x_api_key=secret)) == (200, None, None)


@pytest.mark.parametrize("empty", ["", " ", "Bearer", "bearer "])
async def test_an_empty_authorization_does_not_hide_a_key(served: Graph, secret: str, empty: str) -> None:
    """Some clients always send the header."""
    assert said(await ask(served, authorization=empty, x_api_key=secret)) == (200, None, None)
    assert said(await ask(served, authorization=f"Bearer {secret}", x_api_key=" ")) == (200, None, None)


async def test_nothing_else_does(served: Graph, path: Path, secret: str) -> None:
    digest = parse(path.read_text())[0].hash
    for wrong in (secret[:-1], secret + "x", secret.upper(), digest, digest.removeprefix("sha256:"), "\u00e9"):
        sent = {"authorization": b"Bearer " + wrong.encode()}
        answer = await served.client.post("/graphql", json=HELLO, headers=sent)  # type: ignore[arg-type]
        assert said(answer) == (401, "NOT_AUTHENTICATED", INVALID)
    both = await ask(served, authorization=f"Bearer {secret}", x_api_key=secret)
    nothing = await ask(served, authorization="Bearer ")
    assert [one.status_code for one in (both, nothing, await ask(served))] == [401, 401, 401]
    assert both.json()["errors"][0]["message"] == "Send one key, as `Authorization: Bearer` or as `x-api-key`."
    assert nothing.json()["errors"][0]["message"] == "Send a key as `Authorization: Bearer` or as `x-api-key`."
    assert served.wire.calls == []


async def test_a_running_server_takes_up_a_changed_file(served: Graph, path: Path, secret: str) -> None:
    other, lines = new(key("reports"))
    assert (await ask(served, x_api_key=other)).status_code == 401
    path.write_text(lines)
    async with asyncio.timeout(LONG):
        while (await ask(served, x_api_key=other)).status_code != 200:
            await asyncio.sleep(0.02)
        while (await ask(served, x_api_key=secret)).status_code != 401:  # a revoked key is good until the next look at the file
            await asyncio.sleep(0.02)
    assert (await ask(served, x_api_key=other)).status_code == 200


def test_a_secret_is_long_and_only_its_hash_is_written() -> None:
    secret, lines = new(key(expires=date(2027, 1, 31)))
    assert len(secret) == 46
    assert secret not in lines
    (made,) = parse(lines)
    assert made.hash == "sha256:" + sha256(secret.encode()).hexdigest()
    assert made.caller == key().caller
    assert made.expires == date(2027, 1, 31)


@pytest.mark.parametrize("name", ['a "quoted" name', "b\\c", "d\ne", "\u00e9\u2019", "x = 1 # y"])
def test_any_name_can_be_written_and_read(name: str, path: Path) -> None:
    add(path, new(key(name))[1])
    add(path, new(key("other"))[1])
    assert [one.caller.name for one in parse(path.read_text(encoding="utf-8"))] == [name, "other"]


def test_a_file_is_for_its_owner_and_takes_each_name_once(path: Path) -> None:
    add(path, new(key())[1])
    before = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Broken, match="has the name of another key"):
        add(path, new(key())[1])
    assert path.read_text() == before


HASH = "sha256:" + "0" * 64
WRONG = {
    "[[key]": "is not TOML",
    "key = 7": "must hold its keys as",
    f'[[key]]\nhash = "{HASH}"\nscopes = []': "key 1: must have a name",
    '[[key]]\nname = "a"\nhash = "secret"\nscopes = []': "key 1: must have a hash",
    f'[[key]]\nname = "a"\nhash = "{HASH.upper()}"\nscopes = []': "key 1: must have a hash",
    f'[[key]]\nname = "a"\nhash = "{HASH}"': "key 1: must have scopes",
    f'[[key]]\nname = "a"\nhash = "{HASH}"\nscopes = ["everything"]': "key 1: must have scopes",
    f'[[key]]\nname = "a"\nhash = "{HASH}"\nscopes = [7]': "key 1: must have scopes",
    f'[[key]]\nname = "a"\nhash = "{HASH}"\nscopes = []\nscope = []': "key 1: has a field that is not known: scope",
    f'[[key]]\nname = "a"\nhash = "{HASH}"\nscopes = []\nemail = 7': "key 1: has an email that is none",
    f'[[key]]\nname = "a"\nhash = "{HASH}"\nscopes = []\nexpires = "soon"': "key 1: must expire on a day",
    f'[[key]]\nname = "a"\nhash = "{HASH}"\nscopes = []\n[[key]]\nname = "b"\nhash = "{HASH}"\nscopes = []': "key 2: has the hash of another",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_broken_file_is_refused_with_the_number_of_the_key_and_without_its_hash(text: str) -> None:
    with pytest.raises(Broken) as refused:
        parse(text)
    assert WRONG[text] in str(refused.value)
    assert "000" not in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(("begin", "many"), [("9", 5_000), ("[", 100_000)])
def test_so_is_one_that_python_cannot_read(begin: str, many: int) -> None:
    with pytest.raises(Broken, match="is not TOML"):
        parse(f"key = {begin * many}")


async def test_a_new_state_holds_and_a_broken_one_does_not(path: Path, secret: str, caplog: pytest.LogCaptureFixture) -> None:
    file = Reread(path, parse)
    add(path, new(key("reports"))[1])
    await file.check()
    assert [one.caller.name for one in file.value] == ["payroll", "reports"]
    path.write_text("[[key]")
    await file.check()
    await file.check()
    assert [one.caller.name for one in file.value] == ["payroll", "reports"]
    path.unlink()
    await file.check()
    assert [one.caller.name for one in file.value] == ["payroll", "reports"]
    assert [record.getMessage() for record in caplog.records] == [
        "keys.toml is not TOML; what it said before stays in force",
        "keys.toml cannot be read as UTF-8 text; what it said before stays in force",
    ]


async def test_a_file_that_is_being_written_is_not_believed(path: Path, secret: str) -> None:
    lines = new(key("reports"))[1]
    whole = path.read_text() + lines

    def meanwhile(text: str) -> tuple[Key, ...]:
        if text != whole:
            path.write_text(whole)
        return parse(text)

    file = Reread(path, parse)
    file.parse = meanwhile
    path.write_text(lines)
    await file.check()
    assert [one.caller.name for one in file.value] == ["payroll"]
    await file.check()
    assert [one.caller.name for one in file.value] == ["payroll", "reports"]


async def test_a_key_is_good_on_its_last_day_and_not_after(tmp_path: Path, path: Path) -> None:
    build(tmp_path / "20.sqlite", people=20, today=TODAY)
    secret, lines = new(key(expires=date(2026, 3, 4)))
    add(path, lines)
    for today, status in ((4, 200), (5, 401)):
        access = Access(Keys(Reread(path, parse), lambda day=today: datetime(2026, 3, day, 23, tzinfo=UTC)))  # type: ignore[misc]
        async with graph(tmp_path / "20.sqlite", access=access) as served:
            assert (await ask(served, x_api_key=secret)).status_code == status


async def test_a_key_expires_after_its_days_by_the_machines_clock(tmp_path: Path) -> None:
    first = utc_now().date()
    made = await finished("keys", "new", "payroll", "--scope", "timeoff:read", "--days", "30", "--file", "keys.toml", home=tmp_path)
    assert made.status == 0
    (found,) = parse((tmp_path / "keys.toml").read_text())
    assert found.expires is not None
    assert first <= found.expires - timedelta(days=30) <= utc_now().date()


async def test_the_command_prints_a_key_once_and_adds_its_line(tmp_path: Path) -> None:
    made = await finished("keys", "new", "payroll", "--scope", "timeoff:read", "--file", "keys.toml", home=tmp_path)
    assert made.status == 0
    (found,) = parse((tmp_path / "keys.toml").read_text())
    assert found.hash == "sha256:" + sha256(made.out.strip().encode()).hexdigest()
    assert found.caller.scopes == {"timeoff:read"}
    printed = await finished("keys", "new", "payroll", "--scope", "timeoff:read", home=tmp_path)
    assert "[[key]]" in printed.err
    assert printed.out.strip().startswith("cg_")
    again = await finished("keys", "new", "payroll", "--scope", "timeoff:read", "--file", "keys.toml", home=tmp_path)
    assert (again.status, again.out) == (2, "")
    assert "has the name of another key" in again.err
    wrong = await finished("keys", "new", "payroll", "--scope", "everything", home=tmp_path)
    assert (wrong.status, wrong.out) == (2, "")
    assert "--scope everything: must be one of assignments:read" in wrong.err


async def test_a_key_works_at_once_and_a_revoked_one_is_refused_within_a_second(tmp_path: Path) -> None:
    """In each of two workers."""
    keys = tmp_path / "keys.toml"
    keys.write_text("# whose keys these are\n")
    given = {"CREWGRAPH_AUTH": "api-key", "CREWGRAPH_KEY_FILE": str(keys), "CREWGRAPH_WORKERS": "2", "CREWGRAPH_SANDBOX_PEOPLE": "20"}
    async with running("serve", home=tmp_path, **given) as address, httpx.AsyncClient(trust_env=False, timeout=LONG) as client:

        async def statuses(secret: str) -> set[int]:
            headers = {"x-api-key": secret, "connection": "close"}
            return {(await client.post(f"{address}/graphql", json=HELLO, headers=headers)).status_code for _ in range(12)}

        made = [await finished("keys", "new", name, "--scope", "timeoff:read", "--file", str(keys), home=tmp_path) for name in ("a", "b")]
        first, second = (one.out.strip() for one in made)
        assert await statuses(first) == await statuses(second) == {200}
        revoked = await finished("keys", "revoke", "a", home=tmp_path, **given)
        assert (revoked.status, revoked.err.strip()) == (0, "The key of a is revoked.")
        async with asyncio.timeout(LONG):
            while await statuses(first) != {401}:
                await asyncio.sleep(0.05)
        assert await statuses(second) == {200}
    assert keys.read_text().startswith("# whose keys these are\n")
    assert keys.stat().st_mode & 0o777 == 0o644
    listed = await finished("keys", "list", "--file", str(keys), home=tmp_path)
    assert (listed.status, listed.out) == (0, "b\tgood, for ever\ttimeoff:read\t-\n")


def test_a_revoked_key_leaves_the_others_and_their_comments(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    one, two, three = (new(key(name))[1] for name in ("one", "two", "three"))
    path.write_text(f"# all\n\n# of one\n{one}\n# of two, who left\n{two}\n# of three: ask Ann first\n{three}")
    (tmp_path / "link.toml").symlink_to(path)
    assert remove(tmp_path / "link.toml", "two")
    assert path.read_text() == f"# all\n\n# of one\n{one}\n# of three: ask Ann first\n{three}"
    assert not remove(path, "two")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["keys.toml", "link.toml"]


def test_the_file_is_looked_at_often_enough_for_a_revoked_key_to_last_less_than_a_second() -> None:
    """What the test above waits for, whatever the machine does meanwhile."""
    assert REVOKED_SECONDS + SETTLED < 1


def test_when_the_only_key_is_revoked_another_can_be_made(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    add(path, new(key("only"))[1])
    assert remove(path, "only")
    add(path, new(key("next"))[1])
    assert [one.caller.name for one in parse(path.read_text())] == ["next"]
    assert path.stat().st_mode & 0o777 == 0o600


async def test_keys_that_cannot_be_listed_or_revoked_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text("key = 1")
    for arguments, sentence in (
        (("list",), "Give --file, or set CREWGRAPH_KEY_FILE"),
        (("list", "--file", "keys.toml"), "must hold its keys as [[key]] tables"),
        (("revoke", "a", "--file", "keys.toml"), "must hold its keys as [[key]] tables"),
        (("list", "--file", "missing.toml"), "missing.toml: No such file"),
    ):
        ended = await finished("keys", *arguments, home=tmp_path)
        assert (ended.status, ended.out) == (2, "")
        assert sentence in ended.err
    (tmp_path / "keys.toml").write_text(new(key("a"))[1])
    ended = await finished("keys", "revoke", "b", "--file", "keys.toml", home=tmp_path)
    assert (ended.status, "has no key of the name b" in ended.err) == (2, True)
