"""What the desk decides, kept: facts, state, hand-offs, decisions, turns and notices, all or nothing.

    happen({person_id: happening}, now=) -> {person_id: Decided}     many people, one after the other
    follow_up(person_ids, now=)                                      facts are in already: judge, and hand over

Both go into the transaction that is open. Promises: whoever decides is alone at the desk until the transaction ends, so
that turns are exact at every number of connections; killed anywhere, all of it is kept or none.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from django.db import connection, transaction

from oarlock.agreement.terms import Terms
from oarlock.desk import Arrived, Decided, Happening, Routed, Situation, decide
from oarlock.ground.intervals import EPOCH, micros
from oarlock.handoffs.state import HandedOver
from oarlock.lifecycle.versions import Versions
from oarlock.records.facts import Acted, Changed, Fact, HandedOff, Touched
from oarlock.routing import as_plain
from oarlock.routing.roster import Roster
from oarlock.store.models import Load, Version
from oarlock.store.reads import situations
from oarlock.store.reads.lives import AT_ONCE, in_parts
from oarlock.store.reads.rosters import day_of
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes.judging import judge
from oarlock.store.writes.loads import LIVE
from oarlock.store.writes.notices import Wish, wish_all
from oarlock.store.writes.rows import Row, Value, upsert
from oarlock.store.writes.standing_lives import Standing, let_stand

LOCK = 0x0A22
"""The advisory lock that lets one at a time to the desk on PostgreSQL; SQLite has one writer anyway."""
Details = Mapping[str, Mapping[str, Value]]
"""What a fact's row says beside what rules read, by the fact's id: an activity's outcome and minutes."""


def follow_up(people: Iterable[str] | Mapping[str, datetime], *, now: datetime) -> dict[str, Decided]:
    """Judge people of whom new facts are in the store, and do what follows. A mapping says from when on what they
    entered is news. While no agreement is in force they are judged and no more."""
    since = dict(people) if isinstance(people, Mapping) else {}
    return happen(dict.fromkeys(people, Arrived()), now=now, since=since)


def happen(
    happenings: Mapping[str, Happening], *, now: datetime, since: Mapping[str, datetime] | None = None,
    details: Details | None = None,
) -> dict[str, Decided]:  # fmt: skip
    """Let these happen to these people, in their order; what follows for each of them. Unknown people have nothing."""
    with transaction.atomic():
        to_the_desk()
        if not Version.objects.exists():
            judge(happenings, now=now)
            return {}
        versions = all_versions().in_force_by(now)
        decided: dict[str, Decided] = {}
        for some in in_parts(happenings, AT_ONCE):
            there = situations.of(some, versions, now, since)
            done = _decide_all({id: happenings[id] for id in some if id in there}, there, versions, now)
            put([(there[id], one) for id, one in done.items()], versions.at(now), now=now, details=details or {})
            decided |= done
        return decided


def to_the_desk() -> None:
    """Wait for one's turn at the desk, until the end of the transaction that is open."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _decide_all(
    happenings: Mapping[str, Happening], there: Mapping[str, Situation], versions: Versions, now: datetime
) -> dict[str, Decided]:
    """One after the other, each with the roster the one before left."""
    decided: dict[str, Decided] = {}
    roster: Roster | None = None
    for person_id, happening in happenings.items():
        situation = there[person_id]
        situation = situation if roster is None else replace(situation, roster=roster)
        decided[person_id] = decide(happening, situation, versions, now)
        roster = decided[person_id].roster
    return decided


def put(decided: Sequence[tuple[Situation, Decided]], terms: Terms, *, now: datetime, details: Details) -> None:
    """Keep what was decided of each situation, in the order in which it was; inside the transaction that is open."""
    _put_facts([fact for _, one in decided for fact in one.facts], details, now)
    let_stand([Standing(before.person_id, one.lived, before.gone_to, before.entries) for before, one in decided])
    upsert("handoffs", HANDOFF, [handoff_row(h) for _, one in decided for h in one.handoffs], key=("handoff_id",))
    upsert("decisions", DECISION, [_decision(d, one) for _, one in decided for d in one.decisions])
    if decided:
        _put_turns(decided[0][0].roster, decided[-1][1].roster, terms, now)
    wishes = [
        Wish(n.kind, n.user, n.about, n.subject, {"words": n.words, "path": n.path}, n.step)
        for _, one in decided
        for n in one.notices
    ]
    if wishes:
        wish_all(wishes, now)


# Facts


TOUCH = ("touch_id", "person_id", "at", "recorded_at", "channel", "kind", "campaign_id", "load")
ACTIVITY = (
    "activity_id", "at", "recorded_at", "person_id", "opportunity_id", "user_id", "kind", "direction", "outcome",
    "minutes", "load",
)  # fmt: skip
CHANGE = ("change_id", "at", "recorded_at", "entity", "entity_id", "field", "value", "by", "origin", "load")
EVENT = (
    "event_id", "handoff_id", "at", "recorded_at", "person_id", "cycle", "kind", "by", "to", "reason", "due_at",
    "agreement", "load",
)  # fmt: skip


def _put_facts(facts: Sequence[Fact], details: Details, now: datetime) -> None:
    """Append facts under one live load. What has no table of its own (`Appeared`, `DealMoved`) stands in records."""
    kept = [fact for fact in facts if type(fact) in _TABLES]
    if not kept:
        return
    counts = Counter(_TABLES[type(fact)][0] for fact in kept)
    load = Load.objects.create(kind=LIVE, begun_at=now, finished_at=now, rows=json.dumps(counts)).number
    rows: dict[type[Fact], list[Row]] = {}
    for fact in kept:
        rows.setdefault(type(fact), []).append((*_TABLES[type(fact)][2](fact, details.get(fact.id, {})), load))
    for kind, of_kind in rows.items():
        table, columns, _ = _TABLES[kind]
        upsert(table, columns, of_kind)


def _touch(fact: Fact, more: Mapping[str, Value]) -> Row:
    assert isinstance(fact, Touched)
    when = micros(fact.at), micros(fact.recorded_at)
    return (fact.id, fact.person_id, *when, fact.channel, fact.kind, fact.campaign_id)


def _activity(fact: Fact, more: Mapping[str, Value]) -> Row:
    assert isinstance(fact, Acted)
    when = micros(fact.at), micros(fact.recorded_at)
    told = (more.get("direction"), more.get("outcome"), more.get("minutes"))
    return (fact.id, *when, fact.person_id, fact.opportunity_id, fact.user_id, fact.kind, *told)


def _change(fact: Fact, more: Mapping[str, Value]) -> Row:
    assert isinstance(fact, Changed)
    when = micros(fact.at), micros(fact.recorded_at)
    return (fact.id, *when, fact.entity, fact.entity_id, fact.field, fact.value, fact.by, fact.origin)


def _event(fact: Fact, more: Mapping[str, Value]) -> Row:
    assert isinstance(fact, HandedOff)
    number = None if fact.agreement is None else str(fact.agreement)
    return (
        fact.id, fact.handoff_id, micros(fact.at), micros(fact.recorded_at), fact.person_id, fact.cycle, fact.kind,
        fact.by, fact.to, fact.reason, None if fact.due_at is None else micros(fact.due_at), number,
    )  # fmt: skip


_TABLES: dict[type[Fact], tuple[str, tuple[str, ...], Callable[[Fact, Mapping[str, Value]], Row]]] = {
    Touched: ("touches", TOUCH, _touch),
    Acted: ("activities", ACTIVITY, _activity),
    Changed: ("changes", CHANGE, _change),
    HandedOff: ("handoff_events", EVENT, _event),
}


# State


HANDOFF = ("handoff_id", "holders", "breached", *situations.SAME)
DECISION = ("decision_id", "handoff_id", "person_id", "at", "agreement", "owner", "pool", "because", "skipped", "body")
TURN = ("pool", "user", "credit", "since", "last_at", "day", "given")


def handoff_row(state: HandedOver) -> Row:
    """A hand-off as its row has it, in the order of HANDOFF."""
    return (state.id, " ".join(state.holders), " ".join(state.breached), *(_kept(v) for v in _values(state)))


_values = attrgetter(*situations.SAME)


def _kept(value: object) -> Value:
    if isinstance(value, datetime):
        return micros(value)
    assert value is None or isinstance(value, str | int)
    return value


def _decision(routed: Routed, one: Decided) -> Row:
    why = routed.decision
    skipped = dict.fromkeys(s.user for step in why.steps for s in step.skipped)
    passed = f" {' '.join(skipped)} " if skipped else ""
    body = json.dumps(as_plain(why), ensure_ascii=False)
    return (
        routed.id, routed.handoff_id, one.person_id, micros(why.at), why.agreement, why.owner, why.pool, why.because,
        passed, body,
    )  # fmt: skip


def _put_turns(before: Roster, after: Roster, terms: Terms, now: datetime) -> None:
    """The turns that were taken. Somebody of whom nothing was known is in their pool since ever."""
    rows: list[Row] = []
    for (pool, user), turn in after.turns.items():
        was = before.turns.get((pool, user))
        if turn == was:
            continue
        got = was is None or turn.given_today > was.given_today
        since = micros(turn.since or EPOCH)
        day = day_of(terms, pool, now)
        rows.append((pool, user, turn.credit, since, micros(now) if got else None, day, turn.given_today))
    upsert("turns", TURN, rows, key=("pool", "user"))
