"""Every fact a history needs, as rows of one shape: (person_id, at, recorded_at, seq, ...what it sets or adds).

`seq` orders rows of one instant: an expired count first, then a detour's end, facts, a detour's beginning.
State rows (what sets a value) carry `k`, their place among the person's state rows; the latest `k` up to an instant
tells the value then. Counts are running sums: +1 where it happened, -1 just after it left the window.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.lifecycle.life import STATE_KINDS
from oarlock.tables.lake import Lake
from oarlock.tables.needs import Needs
from oarlock.tables.texts import TIME_TYPE, TYPES, carried, emptied, micros

EXPIRED, WOKE, FACT, SLEPT = 0, 1, 2, 3

HANDOFF_FIELDS = {"state": "kind", "reason": "reason", "id": "handoff_id", "at": "at"}
"""What a state-changing hand-off fact tells: name in rules, column in the lake."""


def known(table: ir.Table, until: datetime) -> ir.Table:
    """Facts as known at `until`: happened and recorded by then."""
    limit = ibis.literal(until, type=TIME_TYPE)
    return table.filter(table["at"] <= limit, table.recorded_at <= limit)


def value_column(path: str) -> str:
    """The column that carries a path."""
    return "v_" + path.replace(".", "_", 1)


def set_column(path: str) -> str | None:
    """The column that tells when a hand-off's or deal's value was last set; other values never grow old."""
    if path == "handoff.owner_id":
        return "s_handoff_owner"
    return {"handoff": "s_handoff", "opportunity": "s_opportunity"}.get(path.partition(".")[0])


def field_of(table: ir.Table, entity: str, name: str) -> ir.Value:
    """A field of an entity's row: its own column, or one of the company's own fields as text."""
    column = f"{entity}_id" if name == "id" else name
    if column in table.columns and column != "properties":
        return table[column]
    return table.properties.get(column, ibis.null("string"))


def changed(lake: Lake, needs: Needs, deals: ir.Table, until: datetime) -> ir.Table:
    """State rows of people to whom something happened after they appeared: changes, `deals.deal_states`, hand-offs."""
    return ibis.union(
        *_person_changes(lake, needs, until),
        *_account_changes(lake, needs, until),
        _deals(deals, needs),
        _handoffs(lake, needs, until),
    )


def numbered(states: ir.Table) -> ir.Table:
    """State rows with `k`, their place among their person's, as facts."""
    order = ibis.window(group_by="person_id", order_by=["at", "recorded_at", "id"])
    return states.mutate(k=ibis.row_number().over(order) + 1, seq=ibis.literal(FACT, type="int8")).drop("id")


def _shape(needs: Needs) -> dict[str, str]:
    """The columns of a state row that say what it sets, with their types."""
    values = {value_column(p): TYPES[kind] for p, kind in needs.paths}
    marks = {m: TIME_TYPE for p, _ in needs.paths if (m := set_column(p))}
    return values | dict(sorted(marks.items()))


def _row(table: ir.Table, needs: Needs, given: Mapping[str, ir.Value], **base: ir.Value) -> ir.Table:
    """A state row table: what is given, null elsewhere, always in the same order."""
    rest = {c: given.get(c, ibis.null(t)).cast(t) for c, t in _shape(needs).items()}
    return table.select(**base, **rest)


def appearances(lake: Lake, needs: Needs, until: datetime) -> ir.Table:
    """One row a person at `created_at`: the current value of every field that has no history of its own."""
    people = lake.people.filter(lake.people.created_at <= ibis.literal(until, type=TIME_TYPE))
    given: dict[str, ir.Value] = {}
    person_fields, account_fields = needs.fields("person"), needs.fields("account")
    people = _with_told(people, lake, "person", person_fields)
    for name in person_fields:
        value = _set(needs, f"person.{name}", field_of(people, "person", name))
        given[value_column(f"person.{name}")] = _unless_told(people, "person", name, value)
    if account_fields:
        values = {n: _set(needs, f"account.{n}", field_of(lake.accounts, "account", n)) for n in account_fields}
        accounts = lake.accounts.select(account_id="account_id", **{f"a_{n}": v for n, v in values.items()})
        accounts = _with_told(accounts, lake, "account", account_fields)
        people = people.left_join(accounts, "account_id")
        for name in account_fields:
            value = people[f"a_{name}"].fill_null(emptied(needs.kind(f"account.{name}")))
            given[value_column(f"account.{name}")] = _unless_told(people, "account", name, value)
    at = people.created_at
    return _row(people, needs, given, person_id=people.person_id, at=at, recorded_at=at, id=ibis.literal(""))


def _with_told(table: ir.Table, lake: Lake, entity: str, names: Iterable[str]) -> ir.Table:
    """Add a column a field: how many changes tell its history (null = none)."""
    wanted = [n for n in names if n != "id"]
    if not wanted:
        return table
    changes = lake.changes.filter(lake.changes.entity == entity, lake.changes.field.isin(wanted))
    told = changes.group_by("entity_id").agg(
        **{f"told_{entity}_{n}": changes.count(where=changes.field == n) for n in wanted}
    )
    joined = table.left_join(told, table[f"{entity}_id"] == told.entity_id)
    return joined.drop("entity_id")


def _unless_told(table: ir.Table, entity: str, name: str, value: ir.Value) -> ir.Value:
    mark = f"told_{entity}_{name}"
    if mark not in table.columns:
        return value
    return ibis.ifelse(table[mark].fill_null(0) > 0, ibis.null(value.type()), value)


def _set(needs: Needs, path: str, value: ir.Value, when: ir.BooleanValue | None = None) -> ir.Value:
    """What a state row sets a field to, ready to be carried; null where it does not set it."""
    ready = carried(value, needs.kind(path))
    return ready if when is None else ibis.ifelse(when, ready, ibis.null(ready.type()))


def _person_changes(lake: Lake, needs: Needs, until: datetime) -> list[ir.Table]:
    names = needs.fields("person")
    changes = known(lake.changes, until)
    changes = changes.filter(changes.entity == "person")
    if not needs.everything:
        changes = changes.filter(changes.field.isin([*names, "stage"]))
    given = _given(changes, "person", names, needs)
    base = {"person_id": changes.entity_id, "at": changes["at"], "recorded_at": changes.recorded_at}
    return [_row(changes, needs, given, **base, id=changes.change_id)]


def _given(changes: ir.Table, entity: str, names: Iterable[str], needs: Needs) -> dict[str, ir.Value]:
    paths = {n: f"{entity}.{n}" for n in names if n != "id"}
    return {value_column(p): _set(needs, p, changes.value, changes.field == n) for n, p in paths.items()}


def _account_changes(lake: Lake, needs: Needs, until: datetime) -> list[ir.Table]:
    names = needs.fields("account")
    changes = known(lake.changes, until)
    changes = changes.filter(changes.entity == "account")
    if not needs.everything:
        changes = changes.filter(changes.field.isin(names))
    rows = _of_people(changes, lake)
    base = {"person_id": rows.person_id, "at": rows["at"], "recorded_at": rows.recorded_at, "id": rows.id}
    return [_row(rows, needs, _given(rows, "account", names, needs), **base)]


def _of_people(changes: ir.Table, lake: Lake) -> ir.Table:
    """An account's changes, for each of its people; what happened before a person was known counts from then on."""
    people = lake.people.select("person_id", "account_id", "created_at")
    rows = changes.inner_join(people, changes.entity_id == people.account_id)
    early = (rows["at"] < rows.created_at).fill_null(False)
    stamp = rows["at"].strftime("%Y-%m-%dT%H:%M:%S.%f") + ":" + rows.change_id
    return rows.select(
        "person_id",
        "recorded_at",
        "field",
        "value",
        at=ibis.ifelse(early, rows.created_at, rows["at"]),
        id=ibis.ifelse(early, stamp, rows.change_id),
    )


def _deals(deals: ir.Table, needs: Needs) -> ir.Table:
    names = needs.fields("opportunity")
    columns = {"id": deals.opportunity_id, "status": deals.status} | {
        n: deals[f"f_{n}"] for n in names if n not in ("id", "status")
    }
    given = {value_column(p): _set(needs, p, columns[n]) for n in names if (p := f"opportunity.{n}")}
    given["s_opportunity"] = deals["at"]
    base = {"person_id": deals.person_id, "at": deals["at"], "recorded_at": deals.recorded_at, "id": deals.id}
    return _row(deals, needs, given, **base)


def _handoffs(lake: Lake, needs: Needs, until: datetime) -> ir.Table:
    events, names = known(lake.handoff_events, until), needs.fields("handoff")
    moves = events.kind.isin(STATE_KINDS)
    owns = events.kind.isin(["offered", "reassigned"]) & events.to.notnull()
    given: dict[str, ir.Value] = {
        value_column(f"handoff.{n}"): _set(needs, f"handoff.{n}", events[c], moves)
        for n, c in HANDOFF_FIELDS.items()
        if n in names
    }
    given[value_column("handoff.owner_id")] = _set(needs, "handoff.owner_id", events.to, owns)
    given["s_handoff"] = ibis.ifelse(moves, events["at"], ibis.null(TIME_TYPE))
    given["s_handoff_owner"] = ibis.ifelse(owns, events["at"], ibis.null(TIME_TYPE))
    base = {"person_id": events.person_id, "at": events["at"], "recorded_at": events.recorded_at}
    return _row(events, needs, given, **base, id=events.event_id)


def happenings(lake: Lake, needs: Needs, until: datetime) -> list[ir.Table]:
    """Touches and activities as rows (person_id, at, recorded_at, seq, p_0.., c_0..), and the ends of their windows."""
    return [
        *_happened(known(lake.touches, until), "touches", needs),
        *_happened(known(lake.activities, until).filter(lambda t: t.person_id.notnull()), "activities", needs),
    ]


def firsts(lake: Lake, starts: Iterable[datetime], until: datetime) -> list[ir.Table]:
    """For each instant a version comes into force, everybody's first fact of any kind from then on, as a bare row."""
    changes = known(lake.changes, until)
    people = changes.filter(changes.entity == "person").mutate(person_id=lambda t: t.entity_id)
    accounts = _of_people(changes.filter(changes.entity == "account"), lake)
    acted = known(lake.activities, until).filter(lambda t: t.person_id.notnull())
    every = [t.select("person_id", "at", "recorded_at") for t in (known(lake.touches, until), acted, people, accounts)]
    return [_first(ibis.union(*[_since(table, start) for table in every])) for start in starts]


def _since(facts: ir.Table, start: datetime) -> ir.Table:
    """Each person's first of these facts from an instant on."""
    return _first(facts.filter(facts["at"] >= ibis.literal(start, type=TIME_TYPE)))


def _first(facts: ir.Table) -> ir.Table:
    """Of several facts at that instant the one recorded last, as the fold has it; never whichever a thread meets."""
    order = ibis.struct({"nearest": -micros(facts["at"]), "recorded_at": facts.recorded_at})
    first = facts.group_by("person_id").agg(at=facts["at"].min(), last=order.max())
    recorded_at = first["last"]["recorded_at"]
    return first.select("person_id", "at", recorded_at=recorded_at, seq=ibis.literal(FACT, type="int8"))


def _happened(facts: ir.Table, what: str, needs: Needs) -> list[ir.Table]:
    wanted = _wanted_kinds(what, needs)
    if wanted is not None and not wanted:
        return []
    rows = facts if wanted is None else facts.filter(facts.kind.isin(sorted(wanted)))
    adds = {f"p_{j}": _points(rows, s.engagement if what == "touches" else ()) for j, s in enumerate(needs.scorings)}
    counted = {j: c for j, c in enumerate(needs.counts) if c.what == what}
    adds |= {f"c_{j}": ibis.literal(0.0) for j in range(len(needs.counts))}
    ones = {f"c_{j}": _is_kind(rows, c.kind).cast("float64") for j, c in counted.items()}
    base = {"person_id": rows.person_id, "at": rows["at"], "recorded_at": rows.recorded_at}
    tables = [rows.select(**base, seq=ibis.literal(FACT, type="int8"), **(adds | ones))]
    for j, count in counted.items():
        tables.append(_expiry(rows.filter(_is_kind(rows, count.kind)), count.days, j, needs))
    return tables


def _expiry(rows: ir.Table, days: int, index: int, needs: Needs) -> ir.Table:
    """The instant just after a fact has left its window: a row that takes its one away and judges nothing."""
    at = rows["at"] + ibis.interval(days=days) + ibis.interval(microseconds=1)
    adds: dict[str, ir.Value] = {f"p_{j}": ibis.literal(0.0) for j in range(len(needs.scorings))}
    adds |= {f"c_{j}": ibis.literal(-1.0 if j == index else 0.0) for j in range(len(needs.counts))}
    return rows.select(
        person_id=rows.person_id, at=at, recorded_at=rows.recorded_at, seq=ibis.literal(EXPIRED, type="int8"), **adds
    )


def _wanted_kinds(what: str, needs: Needs) -> set[str] | None:
    """The kinds worth a row; None = all of them."""
    kinds = {c.kind for c in needs.counts if c.what == what}
    if needs.everything or "*" in kinds:
        return None
    if what == "touches":
        kinds |= {kind for scoring in needs.scorings for kind, _ in scoring.engagement}
    return kinds


def _is_kind(rows: ir.Table, kind: str) -> ir.BooleanValue:
    return ibis.literal(True) if kind == "*" else (rows.kind == kind).fill_null(False)


def _points(rows: ir.Table, points: Iterable[tuple[str, float]]) -> ir.NumericValue:
    cases = tuple((kind, ibis.literal(float(p))) for kind, p in points)
    return rows.kind.cases(*cases, else_=ibis.literal(0.0)) if cases else ibis.literal(0.0)
