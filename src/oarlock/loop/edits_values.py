"""What was known of a person at the moment they were handed over: fields from their history, fit and engagement as the
version of that day gives them. Tables in, tables out.

Promise: the same values that the rules saw at that instant; what was only learned or changed later is not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from oarlock.agreement.names import Names
from oarlock.agreement.terms import Scoring, Terms
from oarlock.agreement.tree import Count, Name, Type, walk
from oarlock.lifecycle.judging import SCORE_DECIMALS
from oarlock.records.shapes import IDENTITY
from oarlock.tables.lake import Lake
from oarlock.tables.rules import column
from oarlock.tables.streams import field_of, known
from oarlock.tables.texts import as_kind, micros
from oarlock.tables.texts import read as as_read

NOT_SAID = frozenset({
    *(f"person.{name}" for name in IDENTITY), "person.id", "person.account_id", "person.owner_id",
    "person.campaign_id", "person.source_detail", "person.recorded_stage", "person.consent", "account.id",
    "account.name", "account.domain", "account.owner_id", "account.parent_id",
})  # fmt: skip
"""Fields on which no edit is proposed: they say who somebody is, or what was done with them, not of which kind."""
MICROSECOND = timedelta(microseconds=1)


def fields_of(terms: Terms) -> tuple[tuple[str, Type], ...]:
    """The fields of people and accounts an edit may look at, with their types: numbers, texts and flags."""
    types = Names.of(terms).types.items()
    wanted = ((p, t) for p, t in types if p.startswith(("person.", "account.")) and t != "time")
    return tuple(sorted((p, t) for p, t in wanted if p not in NOT_SAID))


def can_score(terms: Terms) -> bool:
    """Whether fit can be told from fields of the person and the account alone."""
    names = [n for p in terms.scoring.fit for n in _nodes(terms, p.rule.tree)]
    paths = (n.path for n in names if isinstance(n, Name) and "." in n.path)
    return all(p.startswith(("person.", "account.")) for p in paths) and not any(isinstance(n, Count) for n in names)


def _nodes(terms: Terms, tree: object, seen: frozenset[str] = frozenset()) -> list[object]:
    """All nodes below, through named rules."""
    found: list[object] = []
    for node in walk(tree):  # type: ignore[arg-type]
        found.append(node)
        if isinstance(node, Name) and (rule := terms.rule(node.path)) and node.path not in seen:
            found += _nodes(terms, rule.rule.tree, seen | {node.path})
    return found


def at_offer(
    lake: Lake, handed: ir.Table, paths: Sequence[tuple[str, Type]], terms: Terms, until: datetime
) -> ir.Table:
    """handoff_id, <path>.. (dots as in the agreement), and `engagement`, `fit` where they can be told."""
    base = handed.select("handoff_id", "person_id", "offered_at")
    people = lake.people.select("person_id", "account_id")
    rows = base.left_join(people, "person_id").drop("person_id_right")
    for entity in ("person", "account"):
        mine = [(p, t) for p, t in paths if p.startswith(f"{entity}.")]
        if mine:
            rows = rows.left_join(_fields(lake, rows, entity, mine, until), "handoff_id").drop("handoff_id_right")
    rows = rows.left_join(_engaged(lake, base, terms.scoring, until), "handoff_id").drop("handoff_id_right")
    rows = rows.mutate(engagement=rows.engagement.fill_null(_float(0)))
    if not can_score(terms):
        return rows
    seen = Known(rows.view(), terms)
    return seen.rows.mutate(fit=seen.value("fit"))


def _fields(
    lake: Lake, rows: ir.Table, entity: str, paths: Sequence[tuple[str, Type]], until: datetime
) -> ir.Table:  # fmt: skip
    """(handoff_id, <path>..): the value each field had; a field without a history has its own value."""
    names = [p.partition(".")[2] for p, _ in paths]
    key, own = f"{entity}_id", {"person": lake.people, "account": lake.accounts}[entity]
    now = own.select(key, **{f"now_{n}": _text(field_of(own, entity, n)) for n in names})
    changes = lake.changes.filter(lake.changes.entity == entity, lake.changes.field.isin(names))
    told = changes.group_by("entity_id").agg(**{f"told_{n}": (changes.field == n).any() for n in names})
    joined = rows.select("handoff_id", "offered_at", key).left_join(now, key).drop(f"{key}_right")
    joined = joined.left_join(told, joined[key] == told.entity_id).drop("entity_id")
    was = _was(joined, known(changes, until), key, names)
    joined = joined.left_join(was, "handoff_id").drop("handoff_id_right")
    values = {}
    for path, kind in paths:
        name = path.partition(".")[2]
        has = joined[f"told_{name}"].fill_null(False)
        said = ibis.ifelse(has, joined[f"was_{name}"], joined[f"now_{name}"])
        values[path] = as_kind(said, kind) if kind != "flag" else as_read(as_kind(said, kind), kind)
    return joined.select("handoff_id", **values)


def _text(value: ir.Value) -> ir.StringValue:
    return value if value.type().is_string() else value.cast("string")


def _was(rows: ir.Table, changes: ir.Table, key: str, names: Sequence[str]) -> ir.Table:
    """(handoff_id, was_<name>..): what each field was last changed to before the offer."""
    told = changes.select("entity_id", "field", "value", "recorded_at", "change_id", changed_at="at")
    mine = rows.select("handoff_id", "offered_at", key)
    before = mine.inner_join(told, mine[key] == told.entity_id)
    before = before.filter(before.changed_at <= before.offered_at)
    order = ibis.window(
        group_by=["handoff_id", "field"],
        order_by=[ibis.desc("changed_at"), ibis.desc("recorded_at"), ibis.desc("change_id")],
    )
    last = before.mutate(n=ibis.row_number().over(order)).filter(lambda t: t.n == 0)
    return last.group_by("handoff_id").agg(**{f"was_{n}": last.value.max(where=last.field == n) for n in names})


def _engaged(lake: Lake, offered: ir.Table, scoring: Scoring, until: datetime) -> ir.Table:
    """(handoff_id, engagement): faded points up to the offer."""
    touches = known(lake.touches, until)
    points = {kind: float(p) for kind, p in scoring.engagement}
    touches = touches.filter(touches.kind.isin(list(points) or [""])).select("person_id", "kind", touched_at="at")
    rows = offered.inner_join(touches, "person_id")
    rows = rows.filter(rows.touched_at <= rows.offered_at)
    nothing = _float(0)
    worth = rows.kind.cases(*((k, _float(p)) for k, p in points.items()), else_=nothing) if points else nothing
    if scoring.half_life is not None:
        age = (micros(rows.offered_at) - micros(rows.touched_at)).cast("float64") / (scoring.half_life / MICROSECOND)
        worth = worth * _float(2) ** (-age)
    worthy = rows.mutate(worth=worth)
    return worthy.group_by("handoff_id").agg(engagement=worthy.worth.sum().round(SCORE_DECIMALS))


@dataclass(frozen=True)
class Known:
    """`tables.rules.Columns` for the moment of each offer."""

    rows: ir.Table
    terms: Terms

    @property
    def at(self) -> ir.TimestampValue:
        """The instants of the offers."""
        return self.rows.offered_at

    def value(self, path: str) -> ir.Value:
        """A field, a score, or the truth of a named rule."""
        if path == "fit":
            trees = ((column(p.rule.tree, self).fill_null(False), _float(p.points)) for p in self.terms.scoring.fit)
            return sum((holds.ifelse(points, _float(0)) for holds, points in trees), start=_float(0))
        if (named := self.terms.rule(path)) is not None:
            return column(named.rule.tree, self)
        return self.rows[path]

    def count(self, what: str, kind: str, days: int) -> ir.IntegerValue:
        """Rules that count are never asked here: `can_score` leaves them out."""
        raise RuntimeError(f"a rule that counts {what} was let through")


def _float(number: float) -> ir.FloatingValue:
    """A number DuckDB takes for a float: a bare 0.0 is a decimal to it."""
    return ibis.literal(repr(float(number))).cast("float64")


def histogram(rows: ir.Table, path: str, split: ir.Value, reasons: Sequence[str]) -> ir.Table:
    """(later, value, sent, accepted, won, r0..): how many had each value of a field, before and after the split."""
    rejected = (rows.answer == "rejected").fill_null(False)
    whys = {f"r{i}": rows.count(where=rejected & (rows.reason == r)) for i, r in enumerate(reasons)}
    value = rows[path]
    if value.type().is_numeric():
        value = value.cast("float64")
    return rows.group_by(later=rows.offered_at >= split, value=value).agg(
        sent=rows.count(), accepted=rows.count(where=rows.answer == "accepted"),
        won=rows.count(where=rows.won_at.notnull()), **whys,
    )  # fmt: skip
