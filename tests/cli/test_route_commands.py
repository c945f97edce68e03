"""`oarlock route`: a lead's path in advance, and a quarter's leads under another text."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from oarlock.cli import workspace
from oarlock.ground.intervals import Interval
from oarlock.jobs.routing_again import reroute

from .conftest import Run

ROOT = Path(__file__).parents[2]
AT = "2026-10-06T10:00+02:00"
GERMAN = {"person": {"country": "DE", "source": "webinar"}, "account.country": "DE"}


def rows(home: Path, table: str) -> list[dict[str, str]]:
    """A table of the demo as its file has it."""
    with (home / "files" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def lead(tmp_path: Path) -> Path:
    path = tmp_path / "lead.json"
    path.write_text(json.dumps(GERMAN), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def even(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's newest agreement with even weights in the pool dach."""
    text = (home / "agreements" / "2.yaml").read_text(encoding="utf-8")
    assert text.count("{lena: 2, jonas: 1}") == 1
    path = tmp_path_factory.mktemp("proposed") / "even.yaml"
    path.write_text(text.replace("{lena: 2, jonas: 1}", "{lena: 1, jonas: 1}"), encoding="utf-8")
    return path


def test_a_leads_path_is_told_step_by_step(run: Run, home: Path, lead: Path) -> None:
    told = run("route", "--dry-run", lead, "--at", AT, "--home", home)
    assert (told.code, told.err) == (0, "")
    steps = told.out.splitlines()
    assert steps[0].startswith("Step 1, to the account's owner: `account.owner_id is not null` does not hold")
    assert "(account.country is DE); before it stood Lena Vogt (weight 2, owed nothing)" in steps[1]
    assert steps[-2].startswith("It went to Lena Vogt, whose turn it was in the pool dach")
    assert steps[-1] == "Turns from nothing."


def test_as_json_it_is_the_record_that_is_kept(run: Run, home: Path, lead: Path) -> None:
    told = run("route", "--dry-run", lead, "--at", AT, "--home", home, "--json").json
    assert (told["form"], told["owner"], told["because"], told["pool"]) == (1, "lena", "rotation", "dach")
    assert told["at"] == "2026-10-06T08:00:00+00:00"
    assert told["turns"] == "nothing" and told["sentence"].startswith("It went to Lena Vogt")
    assert [step["verdict"] for step in told["steps"]] == ["does not apply", "applies"]


def test_holders_and_time_and_a_proposed_text_count(run: Run, home: Path, even: Path, tmp_path: Path) -> None:
    path = tmp_path / "held.json"
    path.write_text(json.dumps({**GERMAN, "holders": ["lena"]}), encoding="utf-8")
    told = run("route", "--dry-run", path, "--at", "2026-10-10T15:00Z", "--proposed", even, "--home", home, "--json")
    assert (told.json["owner"], told.json["because"]) == ("jonas", "only-one")
    assert told.json["steps"][-1]["opens"] == "2026-10-12T07:00:00+00:00"
    assert [turn[:2] for turn in told.json["steps"][-1]["turns"]] == [["lena", 1.0], ["jonas", 1.0]]


@pytest.mark.parametrize(
    ("lead", "code"),
    [
        ("{", "lead-unreadable"), ("[1]", "lead-unreadable"), ('{"holders": "lena"}', "lead-unreadable"),
        ('{"touches": [{"at": "2026-10-01"}]}', "lead-unreadable"),
        ('{"touches": [{"kind": "x", "at": "soon"}]}', "lead-unreadable"),
        ('{"person.contry": "DE"}', "lead-unknown-field"), ('{"score": 40}', "lead-unknown-field"),
        ('{"account": {"employees": "many"}}', "lead-wrong-type"), ('{"account.employees": true}', "lead-wrong-type"),
        ('{"person.country": 4}', "lead-wrong-type"), ("[" * 100_000, "lead-unreadable"),
    ],
)  # fmt: skip
def test_a_lead_that_cannot_be_read_is_said_and_not_guessed_at(
    run: Run, home: Path, tmp_path: Path, lead: str, code: str
) -> None:
    path = tmp_path / "lead.json"
    path.write_text(lead, encoding="utf-8")
    told = run("route", "--dry-run", path, "--home", home, "--json")
    assert told.code == 1
    assert told.json["problem"]["code"] == code


def test_a_misspelt_field_is_answered_with_the_right_one(run: Run, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "lead.json"
    path.write_text('{"person.contry": "DE"}', encoding="utf-8")
    assert "person.country" in run("route", "--dry-run", path, "--home", home).err


@pytest.mark.parametrize(
    "words", [(), ("--replay", "2026-Q3", "--dry-run", "x.json")], ids=["neither", "both"]
)  # fmt: skip
def test_what_to_route_has_to_be_said(run: Run, home: Path, words: tuple[str, ...]) -> None:
    told = run("route", *words, "--home", home)
    assert told.code == 1
    assert "--dry-run FILE" in told.err and "--replay" in told.err


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--replay", "2019-Q1"), "nothing-was-offered"), (("--replay", "autumn"), "period-malformed")],
)
def test_a_period_without_hand_offs_or_sense_is_said(run: Run, home: Path, words: tuple[str, ...], code: str) -> None:
    told = run("route", *words, "--home", home, "--json")
    assert told.code == 1
    assert told.json["problem"]["code"] == code


@pytest.fixture(scope="session")
def replayed(asked: Run, even: Path) -> Any:
    return asked("route", "--replay", "2026", "--proposed", even, "--json").json


def test_a_replay_lists_every_lead_with_who_had_it_and_who_would(replayed: Any, home: Path) -> None:
    offered = [row for row in rows(home, "handoff_events") if row["kind"] == "offered" and row["at"] >= "2026"]
    assert {lead["handoff"]: lead["was"] for lead in replayed["leads"]} == {
        row["handoff_id"]: row["to"] for row in offered
    }
    assert replayed["current"]["version"] == 2 and replayed["proposed"]["version"] == 3
    differ = sum(lead["current"] != lead["proposed"] for lead in replayed["leads"])
    assert replayed["moved"] == differ > 0


def test_the_figures_of_a_replay_are_sums_of_its_leads(replayed: Any) -> None:
    for side in ("current", "proposed"):
        would = Counter(lead[side] for lead in replayed["leads"] if lead[side])
        load = Counter[str]()
        for row in replayed[side]["load"]:
            load[row["user"]] += row["would"]
        assert +load == would
        assert replayed[side]["waited"] == sum(lead[side] is None for lead in replayed["leads"])
    for pool in replayed["proposed"]["fairness"]:
        turned = [
            lead for lead in replayed["leads"]
            if lead["pool"] == pool["pool"] and lead["because"] in ("rotation", "only-one")
        ]  # fmt: skip
        assert pool["leads"] == len(turned) == sum(m["actual"] for m in pool["members"])
        assert sum(m["expected"] for m in pool["members"]) == pytest.approx(len(turned))
        assert pool["verdict"] in ("in turn", "too few to say", "nothing to compare")


def test_a_replay_under_the_text_in_force_moves_nothing(asked: Run) -> None:
    told = asked("route", "--replay", "2026-Q3", "--json").json
    assert told["moved"] == 0 and told["leads"]
    assert told["current"]["load"] == told["proposed"]["load"]


def test_the_terminal_shows_members_weeks_pools_and_leads(asked: Run, even: Path, replayed: Any) -> None:
    told = asked("route", "--replay", "2026", "--proposed", even, "--rows", "2").out
    assert f"{len(replayed['leads'])} leads of 2026: the proposed text gives {replayed['moved']} to somebody" in told
    for title in ("Who would have got what", "Load: the fullest week", "Pool dach", "Leads that would move"):
        assert title in told


def test_where_the_application_has_run_turns_stand_as_it_keeps_them(lead: Path, tmp_path: Path) -> None:
    """In processes of their own: one opens one store."""
    home = tmp_path / "home"
    (home / "agreements").mkdir(parents=True)
    (home / "agreements" / "1.yaml").write_bytes((ROOT / "agreements" / "brightwater" / "agreement.yaml").read_bytes())
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OARLOCK_", "DJANGO_"))}
    run = partial(subprocess.run, env=env, capture_output=True, text=True, check=True, timeout=120)
    run([sys.executable, "-c", STANDS, str(home)])
    command = [sys.executable, "-m", "oarlock.cli", "route", "--dry-run", str(lead), "--at", AT, "--home", str(home)]
    told = json.loads(run([*command, "--json"]).stdout)
    assert (told["turns"], told["owner"]) == ("application", "jonas")
    assert told["steps"][-1]["turns"] == [["lena", 2.0, -0.25], ["jonas", 1.0, 0.25]]


STANDS = """
import sys
from pathlib import Path
from oarlock.store.opening import bring_up_to_date, open_store
open_store(Path(sys.argv[1]))
bring_up_to_date()
from oarlock.ground.clock import now
from oarlock.store.models import Turn
for user, credit in (("lena", -0.25), ("jonas", 0.25)):
    Turn.objects.create(pool="dach", user=user, credit=credit, since=now())
"""


def test_every_lead_is_seen_as_it_was_known_when_it_was_offered(
    run: Run, home: Path, even: Path, tmp_path: Path
) -> None:
    """By the number of employees, which changes: found here from the files, lead by lead."""
    text = even.read_text(encoding="utf-8")
    step = "routing:\n  - when: account.employees >= 300\n    to: queue large\n"
    path = tmp_path / "large.yaml"
    path.write_text(re.sub(r"^routing:.*\n", step, text, count=1, flags=re.M), encoding="utf-8")
    told = run("route", "--replay", "2026", "--proposed", path, "--home", home, "--json").json["leads"]
    events, changes = rows(home, "handoff_events"), rows(home, "changes")
    account_of = {row["person_id"]: row["account_id"] for row in rows(home, "people")}
    now = {row["account_id"]: row["employees"] for row in rows(home, "accounts")}
    large = set[str]()
    for event in events:
        account = account_of[event["person_id"]]
        history = [c for c in changes if (c["entity_id"], c["field"]) == (account, "employees")]
        known = [c for c in history if max(c["at"], c["recorded_at"]) <= event["at"]]
        value = max(known, key=lambda c: c["at"])["value"] if known else None if history else now.get(account)
        if event["kind"] == "offered" and value and float(value) >= 300:
            large.add(event["handoff_id"])
    assert {lead["handoff"] for lead in told if lead["queue"] == "large"} == large & {lead["handoff"] for lead in told}
    assert large


def year_from(since: datetime) -> Interval:
    return Interval(since, since + timedelta(days=400))


def test_whoever_was_away_by_the_application_gets_nothing(home: Path, even: Path) -> None:
    judging = workspace.versions(home)
    months = timedelta(days=400)
    told = reroute(
        home, judging, judging.latest, "2026", away=lambda since: {"lena": (Interval(since, since + months),)}
    )
    assert "lena" in {lead.was for lead in told.would.leads}
    assert "lena" not in {lead.would for lead in told.would.leads}


def test_last_quarter_is_the_one_before_the_lake_ends(asked: Run) -> None:
    assert asked("route", "--replay", "last-quarter", "--json").json["period"] == "2026-Q3"
