"""`crewgraph people match` as a process: what it decides, shows, keeps and refuses."""

from __future__ import annotations

import asyncio
import csv
import io
import signal
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.tables import guarded
from sandbox import Options, build
from sandbox import create_app as create_sandbox
from tests.graphs import TODAY, is_check_ins, kind
from tests.matching.cast import MAPPING, cast, kept
from tests.servers import Ended, command, finished, served
from tests.waiting import until

GOLDEN = """\
person_id,name,status,method,checkins_id,email,reason,suggestion_id,suggestion_email,suggestion_score
w-zed,'=Zed Quill,UNMATCHED,,,,Check-ins has nobody of this name.,,,
w-ann,Ann Lee,MATCHED,UNIQUE_NAME,a-ann,ann@example.com,Exactly one person in the workforce directory and exactly one check-ins account have this name.,,,
w-bob-1,Bob Ray,AMBIGUOUS,,,,Workforce has several people of this name.,a-bob-1,bob@example.com,100
w-bob-2,Bob Ray,AMBIGUOUS,,,,Workforce has several people of this name.,a-bob-1,bob@example.com,100
w-john,John Smith,UNMATCHED,,,,Check-ins has nobody of this name.,a-john,office@example.com,95
w-maria,Maria Lopez,UNMATCHED,,,,Check-ins has nobody of this name.,a-maria,maria.lopez@example.com,85
w-mapped,Mo Mapped,MATCHED,MAPPING_FILE,a-mapped,mapped@example.com,The mapping file says so.,,,
w-nur,Nur Aziz,UNMATCHED,,,,Check-ins has nobody of this name.,a-nur,na@example.com,100
"""


def settings(folder: Path) -> dict[str, str]:
    """The embedded sandbox over the cast, with a mapping file and numbers."""
    (folder / "map.csv").write_text(MAPPING)
    names = {"SANDBOX_FILE": str(kept(folder)), "IDENTITY_FILE": "map.csv", "EMPLOYEE_NUMBER_PROPERTY": "No"}
    return {f"CREWGRAPH_{name}": value for name, value in names.items()}


async def match(folder: Path, *arguments: str, **given: str) -> Ended:
    """The command over the embedded cast."""
    return await finished("people", "match", *arguments, home=folder, **{**settings(folder), **given})


async def test_everybody_is_in_the_csv_with_the_best_suggestion_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    ended = await match(tmp_path, "--csv", "people.csv")
    assert ended.status == 0
    assert (tmp_path / "people.csv").read_bytes() == b"\xef\xbb\xbf" + GOLDEN.encode()


async def test_the_byte_order_mark_can_be_left_out_of_a_file_and_put_on_standard_output(tmp_path: Path) -> None:
    """Excel takes a file without one for Windows' own encoding; a program that reads a pipe takes it for a part of the first name."""
    assert (await match(tmp_path, "--csv", "people.csv", "--no-bom")).status == 0
    assert (tmp_path / "people.csv").read_text() == GOLDEN
    ended = await match(tmp_path, "--csv", "-", "--bom")
    assert (ended.status, ended.out) == (0, "\ufeff" + GOLDEN)


ASCII = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
"""A terminal that has no other letters."""


async def test_a_terminal_without_the_letters_of_a_name_shows_marks_in_their_place(tmp_path: Path) -> None:
    company = cast()
    company.worker("José Müller", "w-jose")
    file = {"CREWGRAPH_SANDBOX_FILE": str(kept(tmp_path, company))}
    table = await finished("people", "match", home=tmp_path, **file, **ASCII)
    assert (table.status, "Jos? M?ller" in table.out) == (0, True)
    assert "Traceback" not in table.err
    ended = await finished("people", "match", "--csv", "-", home=tmp_path, **file, **ASCII)
    assert (ended.status, "w-jose,José Müller," in ended.out) == (0, True)


async def test_csv_on_standard_output_comes_alone_and_the_summary_names_nobody(tmp_path: Path) -> None:
    ended = await match(tmp_path, "--csv", "-", "--status", "matched")
    assert (ended.status, ended.out) == (0, GOLDEN)
    assert "8 people: 2 matched (1 by MAPPING_FILE, 1 by UNIQUE_NAME), 4 unmatched, 2 ambiguous" in ended.err
    assert [one for one in ("example.com", "Ann", "Smith", "w-john") if one in ended.err] == []


async def test_the_table_shows_reasons_and_suggestions_of_those_who_are_asked_for(tmp_path: Path) -> None:
    ended = await match(tmp_path, "--status", "unmatched")
    assert ended.status == 0
    assert "? Jon Smith <office@example.com> a-john: name 95% alike" in ended.out
    assert "? Maria Garcia <maria.lopez@example.com> a-maria: email spelt like the name" in ended.out
    assert "? N. A. <na@example.com> a-nur: same employee number" in ended.out
    assert "Ann Lee" not in ended.out
    assert "5 of them have a suggestion." in ended.out
    assert "example.com" not in ended.err


async def test_without_a_survey_only_accounts_that_were_met_are_suggested(tmp_path: Path) -> None:
    ended = await match(tmp_path, "--survey", "0", "--csv", "-")
    suggested = {row["person_id"]: row["suggestion_id"] for row in csv.DictReader(io.StringIO(ended.out))}
    assert {suggested[one] for one in ("w-john", "w-maria", "w-nur", "w-zed", "w-bob-1")} == {""}


async def test_a_survey_that_is_cut_short_says_so(tmp_path: Path) -> None:
    ended = await match(tmp_path, "--most-details", "3")
    assert "Of 12 check-ins whose owner was not known, 3 were read: suggestions may be missing. Raise --most-details" in ended.out


async def test_a_namesake_whom_only_the_survey_meets_costs_the_link(tmp_path: Path) -> None:
    company = cast()
    company.user("ann lee", "al@example.com", "a-other")
    ended = await finished("people", "match", "--csv", "-", home=tmp_path, CREWGRAPH_SANDBOX_FILE=str(kept(tmp_path, company)))
    ann = next(row for row in csv.DictReader(io.StringIO(ended.out)) if row["person_id"] == "w-ann")
    assert (ann["status"], ann["reason"]) == ("AMBIGUOUS", "Check-ins has several people of this name.")
    assert (ann["suggestion_id"], ann["suggestion_score"]) == ("a-ann", "100")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert (guarded(cell), guarded(f"a{cell}"), guarded("")) == (f"'{cell}", f"a{cell}", "")


async def test_names_cannot_steer_the_terminal_and_are_no_markup(tmp_path: Path) -> None:
    company = cast()
    company.worker("\x1b[31mRed [bold]Bo[/]", "w-red")
    ended = await finished("people", "match", home=tmp_path, CREWGRAPH_SANDBOX_FILE=str(kept(tmp_path, company)))
    assert "\x1b" not in ended.out
    assert "\N{REPLACEMENT CHARACTER}[31mRed [bold]Bo[/]" in ended.out


async def test_an_upstream_that_fails_for_some_is_a_row_each_and_no_crash_by_the_machines_clock(tmp_path: Path, company: Path) -> None:
    async with served(create_sandbox(company, Options(checkins_user="u", checkins_key="k"))) as address:
        ended = await finished("people", "match", "--csv", "-", home=tmp_path, **reaching(address))
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert ended.status == 0
    failed = [row for row in rows if row["status"] == "ERROR"]
    assert {row["reason"] for row in failed} == {"UPSTREAM_AUTH"}
    assert {row["status"] for row in rows} <= {"ERROR", "AMBIGUOUS"}, "namesakes in workforce are no matter of check-ins"
    assert len(failed) > 20
    assert "Traceback" not in ended.err


async def test_a_directory_that_cannot_be_read_ends_it_with_a_sentence_by_the_machines_clock(tmp_path: Path, company: Path) -> None:
    async with served(create_sandbox(company, Options(workforce_token="t"))) as address:
        ended = await finished("people", "match", home=tmp_path, **reaching(address))
    assert ended.status == 1
    assert "(UPSTREAM_AUTH)" in ended.err
    assert "Traceback" not in ended.err


def reaching(address: str) -> dict[str, str]:
    """Both upstreams at one address."""
    names = {"CHECKINS_URL": address, "WORKFORCE_URL": address, "WORKFORCE_COMPANY": "sandbox", "LINK_FILE": "links.sqlite"}
    return {f"CREWGRAPH_{name}": value for name, value in names.items()}


async def test_a_second_run_over_the_same_links_proves_none_of_them_again_by_the_machines_clock(tmp_path: Path, company: Path) -> None:
    log = tmp_path / "requests.log"
    async with served(create_sandbox(company, Options(request_log=log))) as address:
        first = await finished("people", "match", "--survey", "0", "--csv", "-", home=tmp_path, **reaching(address))
        read = asked(log)
        second = await finished("people", "match", "--survey", "0", "--csv", "-", "--status", "error", home=tmp_path, **reaching(address))
    again = asked(log)[len(read) :]
    matched = [row["name"] for row in csv.DictReader(io.StringIO(first.out)) if row["status"] == "MATCHED"]
    assert len(matched) > 40
    assert second.out == first.out
    assert len([one for one in read if kind(one) == "check-in"]) >= len(matched)
    assert len([one for one in again if kind(one) == "check-in"]) <= 15, "the few who were not matched, and one calibration"
    assert len([one for one in again if is_check_ins(one)]) < len(matched)


def asked(log: Path) -> list[str]:
    """The requests so far."""
    return [unquote(line) for line in log.read_text().splitlines() if line != "/"]


async def test_a_survey_reads_lists_of_linked_accounts_rather_than_details_of_their_rows_by_the_machines_clock(
    tmp_path: Path, company: Path
) -> None:
    log = tmp_path / "requests.log"
    async with served(create_sandbox(company, Options(request_log=log))) as address:
        await finished("people", "match", home=tmp_path, **reaching(address))
        first = asked(log)
        ended = await finished("people", "match", "--csv", "-", home=tmp_path, **reaching(address))
    again = asked(log)[len(first) :]
    matched = [row for row in csv.DictReader(io.StringIO(ended.out)) if row["status"] == "MATCHED"]
    assert len([one for one in again if "date_from" in one and "person_name" in one]) == len(matched)
    details = [len([one for one in run if kind(one) == "check-in"]) for run in (first, again)]
    assert details[1] <= details[0] + 1, "one of each account's newest, those of accounts that are nobody's, and of one calibration"


class Tap:
    """An app that answers so many requests for one check-in, and the others when it is open."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app, self.most = app, most
        self.details = self.waiting = 0
        self.open = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and kind(scope["path"]) == "check-in":
            self.details += 1
            if self.details > self.most:
                self.waiting += 1
                await self.open.wait()
        await self.app(scope, receive, send)


async def test_an_interrupt_ends_it_plainly_and_keeps_the_links_made_so_far_by_the_machines_clock(tmp_path: Path) -> None:
    """It is interrupted when all it may ask at once are questions that nobody answers."""
    build(tmp_path / "company.sqlite", people=200, today=TODAY)
    tap = Tap(create_sandbox(tmp_path / "company.sqlite"), most=80)
    async with served(tap) as address:
        process = await command("people", "match", home=tmp_path, CREWGRAPH_UPSTREAM_CONCURRENCY="8", **reaching(address))
        await until(lambda: tap.waiting >= 8)
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
        tap.open.set()
        tap.details = 0
        ended = await finished("people", "match", "--survey", "0", "--csv", "-", home=tmp_path, **reaching(address))
    matched = [row for row in csv.DictReader(io.StringIO(ended.out)) if row["status"] == "MATCHED"]
    assert process.returncode == 130
    assert "The links made so far are kept." in err.decode()
    assert "Traceback" not in err.decode()
    assert tap.details < len(matched) - 20


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--accept"], "--accept needs a mapping file"),
        (["--accept", "--identity-file", "map.csv"], "needs a terminal"),
        (["--csv", "missing/people.csv"], "missing/people.csv: No such file"),
        (["--time-zone", "Mars/Olympus"], "is no time zone"),
        (["--status", "lost"], "lost"),
    ],
)
async def test_what_cannot_be_used_is_refused_before_any_work(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "map.csv").write_text(MAPPING)
    ended = await finished("people", "match", *arguments, home=tmp_path)
    assert ended.status == 2
    assert said in ended.err
    assert ended.out == ""
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("matching", ["exact", "substring"])
async def test_suggestions_are_the_same_however_the_filters_match_by_the_machines_clock(tmp_path: Path, matching: str) -> None:
    options = Options(name_match="substring", email_match="substring") if matching == "substring" else Options()
    (tmp_path / "map.csv").write_text(MAPPING)
    given = {"CREWGRAPH_IDENTITY_FILE": "map.csv", "CREWGRAPH_EMPLOYEE_NUMBER_PROPERTY": "No"}
    async with served(create_sandbox(kept(tmp_path), options)) as address:
        ended = await finished("people", "match", "--csv", "-", home=tmp_path, **reaching(address), **given)
    assert (ended.status, ended.out) == (0, GOLDEN)
