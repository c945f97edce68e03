"""Brightwater's second version, and somebody who is worth the time of sales, for tests of the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from oarlock.agreement import Terms, read_text, seal
from oarlock.demo import AGREEMENTS
from oarlock.desk import Answered, Decided, Happening, Known, Situation, decide
from oarlock.lifecycle.versions import Versions
from oarlock.records.facts import Acted, Appeared, Fact, HandedOff, Touched
from oarlock.routing import Roster

TERMS: Terms = seal(read_text(AGREEMENTS[1].read_bytes()), 2)
VERSIONS = Versions((seal(read_text(AGREEMENTS[0].read_bytes()), 1), TERMS))
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""10:00 in Berlin, in hours."""
EMPTY = Roster()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def appeared(at: datetime = MONDAY, person: str = "p-1", **values: str) -> Appeared:
    """Somebody who fits: a director of a German manufacturer with 400 people."""
    fits = {
        "person.email": f"{person}@firm.example", "person.job_level": "director", "account.employees": "400",
        "account.industry": "manufacturing", "account.country": "DE",
    }  # fmt: skip
    told = fits | {name.replace("__", "."): value for name, value in values.items()}
    return Appeared(id=f"{person}:appeared", at=at, recorded_at=at, person_id=person, values=tuple(told.items()))


def touched(at: datetime, kind: str = "form.demo_request", person: str = "p-1") -> Touched:
    """A touch."""
    return Touched(id=f"{person}:{kind}:{at.isoformat()}", at=at, recorded_at=at, person_id=person, kind=kind)


def acted(at: datetime, kind: str = "call", by: str = "lena", person: str = "p-1") -> Acted:
    """An activity."""
    return Acted(id=f"{person}:{kind}:{at.isoformat()}", at=at, recorded_at=at, person_id=person, kind=kind, user_id=by)


def nobody(person: str = "p-1", roster: Roster = EMPTY) -> Situation:
    """Somebody of whom nothing is known yet."""
    return Situation(known=Known(person), roster=roster)


def after(situation: Situation, decided: Decided) -> Situation:
    """The situation once that was kept."""
    facts = sorted([*situation.known.facts, *decided.facts], key=lambda f: f.order)
    moved = {h.id: h for h in (*situation.handoffs, *decided.handoffs)}
    return replace(
        situation, known=replace(situation.known, facts=tuple(facts)), entries=decided.entries,
        handoffs=tuple(moved.values()), roster=decided.roster,
    )  # fmt: skip


def happen(situation: Situation, happening: Happening, now: datetime) -> tuple[Decided, Situation]:
    """Let it happen, and keep it."""
    decided = decide(happening, situation, VERSIONS, now)
    return decided, after(situation, decided)


def say(situation: Situation, verb: str, now: datetime, by: str, **more: str) -> tuple[Decided, Situation]:
    """Somebody's answer to the one hand-off there is."""
    (handoff,) = situation.handoffs
    return happen(situation, Answered(handoff.id, verb, by, **more), now)  # type: ignore[arg-type]


def kinds(facts: tuple[Fact, ...]) -> list[str]:
    """The kinds of hand-off facts among them."""
    return [f.kind for f in facts if isinstance(f, HandedOff)]
