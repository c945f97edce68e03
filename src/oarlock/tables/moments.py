"""Every instant of every life with what is known at it, and which stages' rules hold there.

All facts become rows in time order, the ends of counting windows and of absences among them; running sums and carried
values give the state at each row; the rules are judged at the last row of each instant, of people who are not away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import ibis
import ibis.expr.types as ir

from oarlock.agreement.terms import Scoring, Terms
from oarlock.agreement.tree import Node
from oarlock.lifecycle.judging import SCORE_DECIMALS
from oarlock.lifecycle.versions import Versions, ordered_rules
from oarlock.tables.detours import spans
from oarlock.tables.lake import Lake
from oarlock.tables.needs import Needs
from oarlock.tables.rules import column
from oarlock.tables.streams import (
    FACT,
    SLEPT,
    WOKE,
    appearances,
    changed,
    firsts,
    happenings,
    numbered,
    set_column,
    value_column,
)  # fmt: skip
from oarlock.tables.texts import TIME_TYPE, TYPES, latest, micros, read

REFERENCE = datetime(2020, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
"""2020, counted from 1970: fading points are summed relative to it. With a half-life of 20 days and more no date from
1970 to 2070 leaves the range of a 64-bit float; shorter ones are summed in blocks (`_blocked`)."""

SAFE_HALF_LIFE = timedelta(days=20)
TWO = ibis.literal(2.0)
BLOCK = 256
"""A block is so many half-lives long; what lies two blocks back has faded below 2 ** -256 of its points."""


Keep = Callable[[str, ir.Table], ir.Table]
"""Where an engine may compute an intermediate table once, under its name, and give back the result."""


def in_place(name: str, table: ir.Table) -> ir.Table:
    """Keep nothing: the intermediate stays part of the one query."""
    return table


def judged(
    lake: Lake, versions: Versions, needed: Needs, away: ir.Table, deals: ir.Table, until: datetime,
    keep: Keep = in_place,
) -> ir.Table:  # fmt: skip
    """Every instant of every life, awake: person_id, cycle, at, recorded_at, h0.. (does stage i's rule hold)."""
    told = keep("changed", changed(lake, needed, deals, until))
    state = _states(lake, versions, needed, away, told, until, keep)
    seen = state.filter(
        state.last_of_instant, state.seq != 0, ~state.away, state["at"] <= ibis.literal(until, type=TIME_TYPE)
    )
    ready = _prepared(seen, versions, needed)
    rules = {v.number: ordered_rules(v, versions.stage_keys) for v in versions.all}
    holds = {f"h{i}": _holds(ready, versions, needed, rules, i) for i in range(len(versions.stage_keys))}
    return ready.select("person_id", "cycle", "at", "recorded_at", **holds)


def _prepared(seen: ir.Table, versions: Versions, needed: Needs) -> ir.Table:
    """Fields, then named rules, then fit, each computed once a row instead of once a mention.

    A `view` between them keeps Ibis from folding one into the next.
    """
    first = AtInstants(seen, versions.latest, needed)
    fields = seen.mutate(**{f"x_{value_column(p)}": first.field(p) for p, _ in needed.paths}).view()
    rules = [(v, rule.key) for v in versions.all for rule in v.rules if rule.key in needed.used]
    truths = {prepared_column(v, key): AtInstants(fields, v, needed).value(key) for v, key in rules}
    named = fields.mutate(**truths).view() if truths else fields
    scored = versions.all if {"fit", "score"} & needed.used else ()
    fits = {prepared_column(v, "fit"): AtInstants(named, v, needed).value("fit") for v in scored}
    return named.mutate(**fits).view() if fits else named


def prepared_column(terms: Terms, name: str) -> str:
    """The column that holds a named rule's truth, or fit, under one version."""
    return f"y_{terms.number}_{name}"


def _states(
    lake: Lake, versions: Versions, needed: Needs, away: ir.Table, told: ir.Table, until: datetime, keep: Keep
) -> ir.Table:
    """What is known at every row of everybody.

    Most people have nothing but their own row and their touches; they are spared the carrying of values, which is the
    costly part: what they are known by does not change.
    """
    base = keep("appearances", appearances(lake, needed, until))
    eventful = keep("eventful", ibis.union(told.select("person_id"), away.select("person_id"), distinct=True))
    starts = [] if needed.everything else [t.in_force_from for t in versions.all[1:]]
    bare = [*happenings(lake, needed, until), *firsts(lake, starts, until)]
    sums = _sums_shape(needed)
    plain = keep("happened", ibis.union(*[_shaped(t, sums) for t in bare])) if bare else None
    told = numbered(ibis.union(base.semi_join(eventful, "person_id"), told))
    theirs = [] if plain is None else [plain.semi_join(eventful, "person_id")]
    rows = ibis.union(*[_shaped(p, _shape(needed)) for p in (told, *theirs, *_markers(away, until))])
    rest = [] if plain is None else [plain.anti_join(eventful, "person_id")]
    steady = _steady(base.anti_join(eventful, "person_id"), rest, needed)
    return ibis.union(_carried(_blocked(rows, needed), needed), steady)


def _markers(away: ir.Table, until: datetime) -> list[ir.Table]:
    """Rows at which an absence begins and ends."""
    slept = away.select(person_id="person_id", at="away_from", seq=ibis.literal(SLEPT, type="int8"))
    woke = away.filter(away.away_until <= ibis.literal(until, type=TIME_TYPE))
    base = {"person_id": "person_id", "at": "away_until", "recorded_at": "away_until", "since": "last"}
    return [slept, woke.select(**base, seq=ibis.literal(WOKE, type="int8"))]


def _steady(base: ir.Table, bare: list[ir.Table], needed: Needs) -> ir.Table:
    """States of people whose values never change: known from their own row on, the rest are sums."""
    own = base.select("person_id", "at", "recorded_at", seq=ibis.literal(FACT, type="int8"))
    rows = _blocked(ibis.union(*[_shaped(p, _sums_shape(needed)) for p in [own, *bare]]), needed)
    running, whole = _windows()
    state = rows.select(
        "person_id", "at", "seq", "recorded_at", last_of_instant=_last(rows, whole), **_sums(rows, needed, running)
    )
    values = {value_column(p): value_column(p) for p, _ in needed.paths}
    joined = state.left_join(base.select(person_id="person_id", known_at="at", **values), "person_id")
    known = (joined["at"] >= joined.known_at).fill_null(False)
    columns: dict[str, ir.Value] = {
        name: ibis.ifelse(known, joined[name], ibis.null(joined[name].type())) for name in values
    }
    columns |= {m: ibis.null(TIME_TYPE) for p, _ in needed.paths if (m := set_column(p))}
    return joined.select(
        "person_id", "at", "seq", "last_of_instant", "recorded_at", cycle=ibis.literal(1, type="int64"),
        away=ibis.literal(False), since=ibis.null(TIME_TYPE), **columns, **{c: joined[c] for c in _sum_columns(needed)},
    )  # fmt: skip


def _shape(needed: Needs) -> dict[str, str]:
    """The columns of a row with values to carry."""
    values = {value_column(p): TYPES[kind] for p, kind in needed.paths}
    marks = {m: TIME_TYPE for p, _ in needed.paths if (m := set_column(p))}
    return _sums_shape(needed) | {"k": "int64", "since": TIME_TYPE} | values | marks


def _sums_shape(needed: Needs) -> dict[str, str]:
    """The columns of a row that only adds."""
    base = {"person_id": "string", "at": TIME_TYPE, "recorded_at": TIME_TYPE, "seq": "int8"}
    return base | dict.fromkeys(_sum_columns(needed), "float64")


def _sum_columns(needed: Needs) -> list[str]:
    return [f"p_{j}" for j in range(len(needed.scorings))] + [f"c_{j}" for j in range(len(needed.counts))]


def _shaped(part: ir.Table, shape: dict[str, str]) -> ir.Table:
    return part.select(**{c: part[c].cast(t) if c in part.columns else ibis.null(t) for c, t in shape.items()})


def _windows() -> tuple[ir.Table, ir.Table]:
    """All rows of a person up to each row, and all of them, in their order."""
    order = {"group_by": "person_id", "order_by": ["at", "seq", "recorded_at"]}
    return ibis.cumulative_window(**order), ibis.window(**order)


def _last(rows: ir.Table, whole: ir.Table) -> ir.BooleanValue:
    """Whether a row is the last of its instant."""
    following = rows["at"].lead().over(whole)
    return following.isnull() | (following != rows["at"])


def _sums(rows: ir.Table, needed: Needs, running: ir.Table) -> dict[str, ir.Value]:
    columns = {f"c_{j}": rows[f"c_{j}"].sum().over(running).fill_null(0.0) for j in range(len(needed.counts))}
    return columns | {f"p_{j}": _faded(rows, j, s, running) for j, s in enumerate(needed.scorings)}


def _carried(rows: ir.Table, needed: Needs) -> ir.Table:
    """What is known at each row of people to whom something happens: carried values, sums, cycle, whether away."""
    running, whole = _windows()
    woke, slept = _running_count(rows.seq == WOKE, running), _running_count(rows.seq == SLEPT, running)
    columns: dict[str, ir.Value] = {
        "last_of_instant": _last(rows, whole),
        "recorded_at": rows.recorded_at.fill_null(rows.recorded_at.lag().over(whole)),
        "cycle": woke + 1,
        "away": (slept - (rows.seq == SLEPT).cast("int64") - woke) > 0,
        "since": rows.since.max().over(running),
    }
    columns |= {c: latest(rows[c], rows.k, t).over(running) for p, t in needed.paths if (c := value_column(p))}
    columns |= {m: rows[m].max().over(running) for p, _ in needed.paths if (m := set_column(p))}
    sums = _sums(rows, needed, running)
    return rows.select("person_id", "at", "seq", **columns, **{c: sums[c] for c in _sum_columns(needed)})


def _faded(rows: ir.Table, j: int, scoring: Scoring, running: ir.Table) -> ir.NumericValue:
    """The fading sum of points up to each row."""
    points = rows[f"p_{j}"]
    if scoring.half_life is None:
        return points.sum().over(running).fill_null(0.0).round(SCORE_DECIMALS)
    age = _half_lives(rows["at"], scoring.half_life)
    if scoring.half_life >= SAFE_HALF_LIFE:
        total = (points * TWO**age).sum().over(running)
        return (total * TWO ** (-age)).fill_null(0.0).round(SCORE_DECIMALS)
    age = age - rows[f"block_{j}"] * BLOCK
    # by range: another partition is another sort, in which rows of one instant may stand in another order
    block = ibis.window(group_by=["person_id", f"block_{j}"], order_by=["at", "seq", "recorded_at"], range=(None, 0))
    here = (points * TWO**age).sum().over(block)
    total = here.fill_null(0.0) + rows[f"before_{j}"].fill_null(0.0)
    return (total * TWO ** (-age)).round(SCORE_DECIMALS)


def _blocked(rows: ir.Table, needed: Needs) -> ir.Table:
    """For half-lives too short for one common reference: the block of each row and the faded sum of the block before.

    Points of block b are worth points * 2 ** (age - (b+1) * BLOCK) in the measure of block b + 1.
    """
    for j, scoring in enumerate(needed.scorings):
        if scoring.half_life is None or scoring.half_life >= SAFE_HALF_LIFE:
            continue
        age = _half_lives(rows["at"], scoring.half_life)
        rows = rows.mutate(**{f"block_{j}": (age / BLOCK).floor().cast("int64"), "age": age})
        following = rows.filter(rows[f"p_{j}"] != 0).select(
            "person_id",
            block=rows[f"block_{j}"] + 1,
            worth=rows[f"p_{j}"] * TWO ** (rows.age - (rows[f"block_{j}"] + 1) * BLOCK),
        )
        sums = following.group_by("person_id", "block").agg(**{f"before_{j}": following.worth.sum()})
        joined = rows.left_join(sums, [rows.person_id == sums.person_id, rows[f"block_{j}"] == sums.block])
        rows = joined.drop("person_id_right", "block", "age")
    return rows


def _running_count(what: ir.BooleanValue, running: ir.Table) -> ir.IntegerValue:
    """How many rows so far; counted, not summed, since DuckDB sums integers in 128 bits."""
    return ibis.ifelse(what, 1, ibis.null("int64")).count().over(running)


def _half_lives(at: ir.TimestampValue, half_life: timedelta) -> ir.FloatingValue:
    """Half-lives since the reference instant."""
    since = micros(at) - REFERENCE // timedelta(microseconds=1)
    return since.cast("float64") / (half_life / timedelta(microseconds=1))


@dataclass(frozen=True)
class AtInstants:
    """`tables.rules.Columns` for the judged instants under one version."""

    rows: ir.Table
    terms: Terms
    needed: Needs

    @property
    def at(self) -> ir.TimestampValue:
        """The instants of judgement."""
        return self.rows["at"]

    def value(self, path: str) -> ir.Value:
        """A field with its type, a score, or the truth of a named rule."""
        if (ready := prepared_column(self.terms, path)) in self.rows.columns:
            return self.rows[ready]
        if path == "engagement":
            return self.rows[f"p_{self.needed.scoring(self.terms)}"]
        if path == "fit":
            return sum((self._points(p.rule.tree, p.points) for p in self.terms.scoring.fit), start=ibis.literal(0.0))
        if path == "score":
            return (self.value("fit") + self.value("engagement")).round(SCORE_DECIMALS)
        if (named := self.terms.rule(path)) is not None:
            return column(named.rule.tree, self)
        return self.rows[f"x_{value_column(path)}"]

    def _points(self, tree: Node, points: float) -> ir.NumericValue:
        return ibis.ifelse(column(tree, self).fill_null(False), ibis.literal(float(points)), ibis.literal(0.0))

    def field(self, path: str) -> ir.Value:
        """A field as it was, read from what is carried; a hand-off or deal from before the last detour is forgotten."""
        kind = self.needed.kind(path)
        carried, mark = self.rows[value_column(path)], set_column(path)
        if mark is not None:
            fresh = self.rows.since.isnull() | (self.rows[mark] > self.rows.since)
            carried = ibis.ifelse(fresh, carried, ibis.null(TYPES[kind]))
        return read(carried, kind)

    def count(self, what: str, kind: str, days: int) -> ir.IntegerValue:
        """How many of that kind lie in the window before each instant."""
        wanted = next(j for j, c in enumerate(self.needed.counts) if (c.what, c.kind, c.days) == (what, kind, days))
        return self.rows[f"c_{wanted}"]


def _holds(
    rows: ir.Table, versions: Versions, needed: Needs, rules: dict[int, tuple[tuple[str, Node | None], ...]], i: int
) -> ir.BooleanValue:
    """Whether stage i's rule is true, under the version that judges each instant."""
    answers = []
    for terms, _, end in spans(versions):
        tree = rules[terms.number][i][1]
        truth = ibis.literal(False) if tree is None else column(tree, AtInstants(rows, terms, needed)).fill_null(False)
        answers.append((rows["at"] < ibis.literal(end, type=TIME_TYPE), truth))
    return answers[0][1] if len(answers) == 1 else ibis.cases(*answers, else_=ibis.literal(False))
