"""The app around both APIs: credentials, methods, JSON, the request log, latency."""

import time
from base64 import b64encode
from pathlib import Path

import pytest

from tests.sandbox.serving import ROOT, serve

CHECK_INS = "/api/v2/checkins/"
CURRENT = f"{ROOT}/assignments/current"


def basic(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(text.encode()).decode()}


async def test_without_credentials_set_everybody_may_ask(company: Path) -> None:
    client = serve(company)
    assert (await client.get(CHECK_INS)).status_code == (await client.get(CURRENT)).status_code == 200
    assert (await client.get(CHECK_INS, headers=basic("any:thing"))).status_code == 200


async def test_check_ins_take_basic_credentials_only(company: Path) -> None:
    client = serve(company, checkins_user="u", checkins_key="secret-ü")
    assert (await client.get(CHECK_INS, headers=basic("u:secret-ü"))).status_code == 200
    for headers in ({}, basic("u:other"), basic("secret-ü:u"), {"Authorization": "Bearer secret"}, {"Authorization": "Basic"}):
        answer = await client.get(CHECK_INS, headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="check-ins"')
    assert (await client.get(CURRENT)).status_code == 200


async def test_workforce_takes_basic_or_bearer_credentials(company: Path) -> None:
    client = serve(company, workforce_user="id", workforce_key="key", workforce_token="token")
    for headers in (basic("id:key"), {"Authorization": "Bearer token"}, {"Authorization": "bearer token"}):
        assert (await client.get(CURRENT, headers=headers)).status_code == 200
    for headers in ({}, basic("id:token"), {"Authorization": "Bearer key"}, {"Authorization": "token"}):
        answer = await client.get(CURRENT, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm")
    assert (await client.get(CHECK_INS)).status_code == 200


async def test_a_detail_is_behind_the_credentials_too_and_says_nothing_before_them(company: Path) -> None:
    client = serve(company, checkins_key="k")
    known = await client.get(f"{CHECK_INS}580%3Ace417c60-30ca-4e39-967e-b258d496be30/")
    unknown = await client.get(f"{CHECK_INS}x/")
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text) == (401, known.text)


async def test_refusals_never_repeat_what_was_sent(company: Path) -> None:
    client = serve(company, checkins_user="u", checkins_key="k")
    answer = await client.get(CHECK_INS, headers=basic("u:wrong-password"))
    assert "wrong-password" not in answer.text + str(answer.headers)
    answer = await serve(company).get(CURRENT, params={"date": "<script>"})
    assert (answer.status_code, "script" in answer.text) == (400, False)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", [CHECK_INS, f"{CHECK_INS}x/", CURRENT, f"{ROOT}/people/x/assignments"])
async def test_other_methods_are_405(company: Path, method: str, path: str) -> None:
    answer = await serve(company).request(method, path)
    assert (answer.status_code, "GET" in answer.headers["Allow"], list(answer.json())) == (405, True, ["error"])


@pytest.mark.parametrize("path", ["/", "/api/v2/checkins", f"{ROOT}/assignments", CHECK_INS, CURRENT, f"{CHECK_INS}?limit=x"])
async def test_every_answer_is_json(company: Path, path: str) -> None:
    answer = await serve(company).get(path)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()


async def test_the_request_log_holds_each_path_as_it_was_sent(company: Path, tmp_path: Path) -> None:
    log = tmp_path / "requests.log"
    client = serve(company, request_log=log)
    sent = [f"{CHECK_INS}580%3Ax/", f"{CHECK_INS}?person_name=Ann%20Lee&x=%2B+", f"{ROOT}/assignments?startDay=bad", "/%E2%98%83"]
    for path in sent:
        await client.get(path)
    assert log.read_text().splitlines() == sent


async def test_latency_is_waited_for(company: Path) -> None:
    client, begun = serve(company, latency_ms=40), time.perf_counter()
    await client.get(CHECK_INS, params={"limit": 1})
    assert time.perf_counter() - begun >= 0.04
