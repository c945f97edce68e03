"""`oarlock route`: one lead's path in advance, or the leads of a past period under a proposed text."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oarlock.cli.door import Door, Home, Json, door
from oarlock.ground.problems import UserProblem

if TYPE_CHECKING:
    from oarlock.agreement import Terms
    from oarlock.jobs.routing_again import Absences, Rerouted
    from oarlock.routing import Roster
    from oarlock.routing.replay import Replay

DryRun = Annotated[Path | None, typer.Option("--dry-run", metavar="FILE", help="Say where the lead in FILE would go.")]
Replayed = Annotated[
    str | None, typer.Option("--replay", metavar="PERIOD", help="Route a period's leads again: 2026-Q3, last-quarter.")
]
Proposed = Annotated[Path | None, typer.Option(metavar="FILE", help="Route by this text, not by the one in force.")]
At = Annotated[str | None, typer.Option(metavar="TIME", help="At which instant the lead comes (now).")]
Rows = Annotated[int, typer.Option(metavar="N", min=0, help="List so many leads that somebody else would get.")]


def route(
    context: typer.Context,
    dry_run: DryRun = None,
    replay: Replayed = None,
    proposed: Proposed = None,
    at: At = None,
    rows: Rows = 0,
    home: Home = None,
    json: Json = False,
) -> None:
    """Try routing: one lead's path step by step, or last quarter's leads under another text. Nothing is changed."""
    asked = door(context, home, json)
    if dry_run is not None and replay is None:
        _try_one(asked, dry_run, proposed, at)
    elif replay is not None and dry_run is None:
        _try_all(asked, replay, proposed, rows)
    else:
        raise UserProblem(
            "nothing-to-route", "It is not said what to route.", "", "Write `--dry-run FILE` for one lead, or "
            "`--replay 2026-Q3 --proposed FILE` for a period's.",
        )  # fmt: skip


def _try_one(asked: Door, file: Path, proposed: Path | None, at: str | None) -> None:
    from oarlock.cli import workspace
    from oarlock.cli.lead_file import read_lead
    from oarlock.cli.screen import answers, cell, print_json
    from oarlock.ground.clock import now
    from oarlock.routing import Roster, as_plain, choose, looking, sentence, told

    when = _instant(at) if at else now()
    terms = workspace.sealed(proposed) if proposed else workspace.versions(asked.home).at(when)
    tried = read_lead(file, terms, when)
    stands = _roster_now(asked.home, terms, when)
    decision = choose(tried.lead, terms, stands or Roster(), when, looking(tried.moment))
    names = _names(terms)
    if asked.json:
        from_store = {"turns": "application" if stands else "nothing"}
        print_json({**as_plain(decision), **from_store, "sentence": sentence(decision, names, terms.zone)})
        return
    *steps, outcome = told(decision, names, terms.zone)
    out = answers()
    for line in (*steps, "", outcome):
        out.print(cell(line, 4_000), soft_wrap=True)
    basis = "Turns, caps and absences as they stand in the application." if stands else "Turns from nothing."
    out.print(basis, style="dim")


def _roster_now(home: Path, terms: Terms, when: datetime) -> Roster | None:
    """How the pools stand in the application of this workspace, which is only read; None where there is none yet."""
    import os

    from oarlock.ground.environment import read
    from oarlock.store.databases import FILE
    from oarlock.store.opening import open_store, waiting

    if not (home / FILE).is_file() and read(os.environ).database_url is None:
        return None
    open_store(home.absolute())
    if waiting():
        return None
    from oarlock.store.reads.rosters import roster  # what has tables can only be read once the store is open

    return roster(terms, when)


def _away(home: Path, terms: Terms, since: datetime) -> Absences:
    """Who was away from then on, as the application keeps it."""
    stands = _roster_now(home, terms, since)
    return stands.absences if stands else {}


def _names(terms: Terms) -> dict[str, str]:
    return {user.key: user.name for user in terms.users}


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UserProblem("bad-date", f"`{text[:40]}` is not a time.", "", "Write `--at 2026-10-05T10:00Z`.") from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def _try_all(asked: Door, period: str, proposed: Path | None, rows: int) -> None:
    from oarlock.cli import workspace
    from oarlock.cli.progress import watching
    from oarlock.cli.screen import answers, print_json
    from oarlock.jobs.routing_again import reroute
    from oarlock.jobs.steps import silent

    workspace.require_lake(asked.home)
    judging = workspace.versions(asked.home)
    text = workspace.proposal(proposed, judging).latest if proposed else judging.latest
    with watching(asked.json) as watched:
        away = partial(_away, asked.home, text)
        found = reroute(asked.home, judging, text, period, away=away, progress=watched or silent)
    if asked.json:
        print_json(replay_json(found))
        return
    from oarlock.cli.routing_tables import routing_tables

    answers().print(routing_tables(found, rows))


def replay_json(found: Rerouted) -> dict[str, Any]:
    """A replay as plain data; nothing is rounded."""
    return {
        "period": str(found.period),
        "as_known": found.as_known.isoformat(),
        "current": {"version": found.then.number, "hash": found.then.hash, **_side(found.current)},
        "proposed": {"version": found.proposed.number, "hash": found.proposed.hash, **_side(found.would)},
        "moved": found.moved,
        "leads": [
            {"handoff": now.id, "at": now.at.isoformat(), "was": now.was, "current": now.would, "proposed": would.would,
             "because": would.because, "pool": would.pool, "queue": would.queue}
            for now, would in zip(found.current.leads, found.would.leads, strict=True)
        ],
    }  # fmt: skip


def _side(replay: Replay) -> dict[str, Any]:
    return {
        "waited": replay.waited_would,
        "load": [{"user": x.user, "week": x.week.isoformat(), "was": x.was, "would": x.would} for x in replay.load],
        "missed": [
            {"user": m.user, "measured": m.measured, "was": m.was, "would": m.would} for m in replay.missed
        ],
        "fairness": [
            {"pool": f.pool, "leads": f.leads, "chance": f.chance, "verdict": f.verdict,
             "members": [
                 {"user": s.user, "offered": s.offered, "expected": s.expected, "actual": s.actual, "spread": s.spread}
                 for s in f.members
             ]}
            for f in replay.fairness
        ],
    }  # fmt: skip
