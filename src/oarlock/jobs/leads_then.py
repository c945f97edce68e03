"""What was known of leads when they were offered, from the lake: as far as given texts look at it.

    wanted(terms) -> Wanted
    lives_then(bench, offered, judging, texts, progress) -> {handoff_id: Life}

The table `asked` is on the bench: one row a hand-off. Nothing that was recorded after the offer is known to it.
"""

# ruff: noqa: S608  (names of columns and tables are our own, fields pass through engines.sql)

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, cast

from oarlock.agreement.terms import Terms
from oarlock.agreement.tree import Count, Name, Node, walk
from oarlock.engines.rows_back import fetch
from oarlock.engines.sql import text
from oarlock.jobs.steps import Bench, Progress
from oarlock.lifecycle.life import Life, reach
from oarlock.lifecycle.telling import Row, Rows, tell
from oarlock.lifecycle.versions import Versions
from oarlock.records.facts import Acted, Changed, Fact, HandedOff, Touched
from oarlock.records.shapes import SHAPES

Found = Mapping[str, Any]
ALWAYS = ("account.owner_id", "person.source", "person.language")
"""What routing asks of every lead, whatever its rules name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The fields that terms route by, and whether they count touches or activities."""

    paths: frozenset[str]
    touches: bool
    activities: bool


def wanted(terms: Terms) -> Wanted:
    """All that the rules of routing name, behind scores and named rules too."""
    parts = [part for step in terms.routing if step.rule for part in _behind(step.rule.tree, terms)]
    names = {part.path for part in parts if isinstance(part, Name)}
    counted = {part.what for part in parts if isinstance(part, Count)}
    scored = not names.isdisjoint(("engagement", "score"))
    paths = frozenset((*ALWAYS, *(name for name in names if "." in name)))
    return Wanted(paths, scored or "touches" in counted, "activities" in counted)


def _behind(tree: Node, terms: Terms) -> Iterator[Node]:
    """Every part of a rule and of the rules it stands on; the agreement's check lets no rule stand on itself."""
    for part in walk(tree):
        yield part
        if isinstance(part, Name) and (named := terms.rule(part.path)) is not None:
            yield from _behind(named.rule.tree, terms)
        if isinstance(part, Name) and part.path in ("fit", "score"):
            for points in terms.scoring.fit:
                yield from _behind(points.rule.tree, terms)


def lives_then(
    bench: Bench, offered: Sequence[Found], judging: Versions, texts: Sequence[Terms], progress: Progress
) -> dict[str, Life]:
    """What was known of each lead when it was offered, by hand-off: as far as any of these texts looks at it."""
    progress("reading what was known of each", None, None)
    facts = _facts(bench, _joined([wanted(terms) for terms in texts]))
    bare = Versions(tuple(replace(terms, stages=(), source=b"") for terms in judging.all))
    lives = {}
    for row in offered:
        at = row["offered_at"]
        known = [fact for fact in facts.get(row["person_id"], ()) if max(fact.at, fact.recorded_at) <= at]
        lives[row["handoff_id"]] = _learnt(row["person_id"], known, bare)
    return lives


def _joined(needs: Sequence[Wanted]) -> Wanted:
    paths = frozenset(path for need in needs for path in need.paths)
    return Wanted(paths, any(need.touches for need in needs), any(need.activities for need in needs))


def _learnt(person_id: str, facts: Sequence[Fact], bare: Versions) -> Life:
    """What is known after these facts; without stages nothing is judged, and what a detour forgets is forgotten."""
    life = Life(person_id)
    for _, group in groupby(facts, key=lambda fact: fact.at):
        life, _ = reach(life, tuple(group), bare)
    return life


def _facts(bench: Bench, need: Wanted) -> dict[str, tuple[Fact, ...]]:
    """Everybody's facts in order, as far as these terms look at them."""
    whose = "SELECT DISTINCT person_id FROM asked"
    people = _rows(bench, "people", f"person_id IN ({whose})")
    accounts = {a["account_id"]: a for a in _rows(bench, "accounts", _of_people("account_id", whose))}
    deals = _by(_rows(bench, "opportunities", f"person_id IN ({whose})"), "person_id") if _with_deals(need) else {}
    changes = _by(_changes(bench, need, whose), "entity_id")
    others = _by_person(_others(bench, need, whose))
    told = {}
    for person in people:
        own = deals.get(person["person_id"], [])
        about = [(entity, id) for entity, id in (
            ("person", person["person_id"]), ("account", person["account_id"]),
            *(("opportunity", deal["opportunity_id"]) for deal in own),
        )]  # fmt: skip
        mine = [_changed(c) for entity, id in about for c in changes.get(id, ()) if c["entity"] == entity]
        rows = Rows(person, accounts.get(person["account_id"]), own, mine, others.get(person["person_id"], ()))
        told[str(person["person_id"])] = tell(rows, need.paths)
    return told


def _of_people(column: str, whose: str) -> str:
    return f"{column} IN (SELECT {column} FROM people WHERE person_id IN ({whose}))"


def _changes(bench: Bench, need: Wanted, whose: str) -> list[dict[str, Any]]:
    """Changes of the wanted fields; a deal's are all told, since its state is told whole."""
    fields = ", ".join(text(path) for path in sorted(need.paths))
    of_them = f"(entity = 'person' AND entity_id IN ({whose}) OR entity = 'account' AND {_of_account(whose)})"
    of_deals = f"entity = 'opportunity' AND entity_id IN ({_deals(whose)})" if _with_deals(need) else "false"
    return _rows(bench, "changes", f"{of_them} AND entity || '.' || field IN ({fields}) OR {of_deals}")


def _with_deals(need: Wanted) -> bool:
    return any(path.startswith("opportunity.") for path in need.paths)


def _deals(whose: str) -> str:
    return f"SELECT opportunity_id FROM opportunities WHERE person_id IN ({whose})"


def _of_account(whose: str) -> str:
    return f"entity_id IN (SELECT account_id FROM people WHERE person_id IN ({whose}))"


def _changed(row: Mapping[str, Any]) -> Changed:
    return Changed(
        id=row["change_id"], at=row["at"], recorded_at=row["recorded_at"], entity=row["entity"],
        entity_id=row["entity_id"], field=row["field"], value=row["value"],
    )  # fmt: skip


def _others(bench: Bench, need: Wanted, whose: str) -> Iterator[Fact]:
    mine = f"person_id IN ({whose})"
    for h in _rows(bench, "handoff_events", mine):
        yield HandedOff(
            **_of(h, "event_id"), handoff_id=h["handoff_id"], kind=h["kind"], to=h["to"], reason=h["reason"]
        )
    for t in _rows(bench, "touches", mine) if need.touches else ():
        yield Touched(**_of(t, "touch_id"), kind=t["kind"] or "")
    for a in _rows(bench, "activities", mine) if need.activities else ():
        yield Acted(**_of(a, "activity_id"), kind=a["kind"] or "")


def _of(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {"id": row[key], "at": row["at"], "recorded_at": row["recorded_at"], "person_id": row["person_id"]}


def _rows(bench: Bench, table: str, where: str) -> list[dict[str, Any]]:
    times = [column.name for column in SHAPES[table].columns if column.kind == "time"]
    return cast(list[dict[str, Any]], fetch(bench.connection, f"SELECT * FROM {table} WHERE {where}", times))


def _by(rows: Iterable[dict[str, Any]], key: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def _by_person(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.person_id].append(fact)  # type: ignore[attr-defined]  # facts of people alone
    return found
