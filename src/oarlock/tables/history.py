"""Everybody's life at once: facts and versions of the agreement in, one row a (person, cycle) out.

    lives(lake, versions, until) -> person_id, cycle, began_at, left_at, and for each stage s:
        <s>_at (entered; null = not), <s>_recorded_at, <s>_because

The same answers as `lifecycle.follow`, held equal by the replay test. How: all facts become rows in time order (streams,
with windows' ends and detours' ends among them); running sums and carried values give each instant's state; each
stage's rule is judged at the last row of each instant; the first instant that holds is the stage's; a stage is entered
when it or any later one first holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from oarlock.agreement.terms import Scoring, Terms
from oarlock.agreement.tree import Count, Node
from oarlock.lifecycle.judging import SCORE_DECIMALS
from oarlock.lifecycle.versions import Versions, ordered_rules
from oarlock.tables.detours import absences, spans
from oarlock.tables.lake import Lake
from oarlock.tables.needs import Needs, needs
from oarlock.tables.rules import column
from oarlock.tables.streams import FACT, SLEPT, WOKE, happenings, known, set_column, states, value_column
from oarlock.tables.texts import TIME_TYPE, max_by, read

REFERENCE = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
"""Fading points are summed relative to this instant. With a half-life of 20 days and more no date from 1970 to 2070
leaves the range of a 64-bit float; shorter ones are summed in blocks (`_blocked`)."""

SAFE_HALF_LIFE = timedelta(days=20)
TWO = ibis.literal(2.0)
BLOCK = 256
"""A block is so many half-lives long; what lies two blocks back has faded below 2 ** -256 of its points."""


def lives(lake: Lake, versions: Versions, until: datetime, away: ir.Table | None = None) -> ir.Table:
    """One row a person and cycle, for everybody of whom anything is known at `until`.

    `away`: `detours.absences` of the same lake, versions and date, where an engine has them ready.
    """
    needed = needs(versions)
    away = absences(lake, versions, until) if away is None else away
    moments = judged(lake, versions, needed, away, until)
    keys = versions.stage_keys
    first = moments.group_by("person_id", "cycle").agg(
        began_at=moments["at"].min(),
        **{f"t{i}": moments["at"].min(where=moments[f"h{i}"]) for i in range(len(keys))},
        **{f"r{i}": moments.recorded_at.argmin(moments["at"], where=moments[f"h{i}"]) for i in range(len(keys))},
    )
    return _entered(_with_forced(first, forced(lake, versions, away, until), len(keys)), versions, away)


def forced(lake: Lake, versions: Versions, away: ir.Table, until: datetime) -> ir.Table:
    """(person_id, cycle, at, recorded_at, index, because): stages entered by hand or by coming back from a detour."""
    keys = versions.stage_keys
    limit = ibis.literal(until, type=TIME_TYPE)
    woken = away.filter(away.away_until <= limit, away.back_to.isin(keys))
    changes = known(lake.changes, until)
    hands = changes.filter(changes.entity == "person", changes.field == "stage", changes.value.isin(keys))
    hands = hands.select(
        person_id="entity_id", at="at", recorded_at="recorded_at", stage="value", change_id="change_id"
    )
    placed = hands.left_join(away, [hands.person_id == away.person_id]).drop("person_id_right")
    is_away = ((placed["at"] > placed.away_from) & (placed["at"] < placed.away_until)).fill_null(False)
    over = (placed.away_until <= placed["at"]).fill_null(False)
    placed = placed.group_by("person_id", "at", "recorded_at", "stage", "change_id").agg(
        cycle=over.sum().cast("int64") + 1, away=is_away.any()
    )
    by_hand = placed.filter(~placed.away).select(
        "person_id", "cycle", "at", "recorded_at", index=_index(placed.stage, keys), because=ibis.literal("by hand")
    )
    return ibis.union(
        woken.select(
            person_id="person_id", cycle=woken.island + 1, at=woken.away_until, recorded_at=woken.away_until,
            index=_index(woken.back_to, keys), because=ibis.literal("woken"),
        ),
        by_hand,
    )  # fmt: skip


def _index(stage: ir.StringValue, keys: tuple[str, ...]) -> ir.IntegerValue:
    cases = tuple((key, ibis.literal(i, type="int64")) for i, key in enumerate(keys))
    return stage.cases(*cases, else_=ibis.null("int64"))


def _with_forced(first: ir.Table, rows: ir.Table, stages: int) -> ir.Table:
    """Add, for each stage, the first instant at which it was forced and why."""
    rows = rows.group_by("person_id", "cycle", "index", "at").agg(
        because=rows.because.max(), recorded_at=rows.recorded_at.min()
    )
    picked = rows.group_by("person_id", "cycle").agg(
        **{f"f{i}": rows["at"].min(where=rows.index == i) for i in range(stages)},
        **{f"b{i}": rows.because.argmin(rows["at"], where=rows.index == i) for i in range(stages)},
        **{f"q{i}": rows.recorded_at.argmin(rows["at"], where=rows.index == i) for i in range(stages)},
    )
    return first.left_join(picked, ["person_id", "cycle"]).drop("person_id_right", "cycle_right")


def _entered(first: ir.Table, versions: Versions, away: ir.Table) -> ir.Table:
    """Entry = the first instant at which the stage or any later one holds; skipped where its own did not."""
    keys = versions.stage_keys
    own = [ibis.least(first[f"t{i}"], first[f"f{i}"]) for i in range(len(keys))]
    columns: dict[str, ir.Value] = {}
    for i, key in enumerate(keys):
        at = own[i] if i == len(keys) - 1 else ibis.least(*own[i:])
        columns |= {f"{key}_at": at, f"{key}_because": _because(first, versions, i, at)}
        columns[f"{key}_recorded_at"] = _recorded(first, range(i, len(keys)), at)
    table = first.select("person_id", "cycle", "began_at", **columns)
    left = away.select("person_id", cycle=away.island, left_at=away.away_from)
    return table.left_join(left, ["person_id", "cycle"]).drop("person_id_right", "cycle_right")


def _because(first: ir.Table, versions: Versions, i: int, at: ir.Value) -> ir.StringValue:
    stage = versions.stages[i]
    word = "rule" if stage.rule is not None else "recorded"
    return ibis.cases(
        (at.isnull(), ibis.null("string")),
        (first[f"t{i}"] == at, ibis.literal(word)),
        (first[f"f{i}"] == at, first[f"b{i}"]),
        else_=ibis.literal("implied"),
    )


def _recorded(first: ir.Table, later: range, at: ir.Value) -> ir.Value:
    """When the fact that decided was recorded: of the first stage from here on that holds at that instant."""
    ways = [(first[f"{t}{i}"] == at, first[f"{r}{i}"]) for i in later for t, r in (("t", "r"), ("f", "q"))]
    return ibis.cases(*ways, else_=ibis.null(TIME_TYPE))


def judged(lake: Lake, versions: Versions, needed: Needs, away: ir.Table, until: datetime) -> ir.Table:
    """Every instant of every life, awake: person_id, cycle, at, recorded_at, h0.. (does stage i's rule hold)."""
    rows = _rows(lake, needed, away, until)
    order = {"group_by": "person_id", "order_by": ["at", "seq", "recorded_at"]}
    state = _state(rows, needed, ibis.cumulative_window(**order), ibis.window(**order))
    seen = state.filter(
        state.last_of_instant, state.seq != 0, ~state.away, state["at"] <= ibis.literal(until, type=TIME_TYPE)
    )
    rules = {v.number: ordered_rules(v, versions.stage_keys) for v in versions.all}
    holds = {f"h{i}": _holds(seen, versions, needed, rules, i) for i in range(len(versions.stage_keys))}
    return seen.select("person_id", "cycle", "at", "recorded_at", **holds)


def _rows(lake: Lake, needed: Needs, away: ir.Table, until: datetime) -> ir.Table:
    """All streams as one table of one shape."""
    told = states(lake, needed, until)
    told = told.mutate(seq=ibis.literal(FACT, type="int8"))
    limit = ibis.literal(until, type=TIME_TYPE)
    slept = away.select(person_id="person_id", at="away_from", seq=ibis.literal(SLEPT, type="int8"))
    woke = away.filter(away.away_until <= limit)
    woke = woke.select(
        person_id="person_id",
        at="away_until",
        recorded_at="away_until",
        since="last",
        seq=ibis.literal(WOKE, type="int8"),
    )
    parts = [told, *happenings(lake, needed, until), slept, woke]
    shape = _shape(needed)
    return _blocked(ibis.union(*[_shaped(p, shape) for p in parts]), needed)


def _shape(needed: Needs) -> dict[str, str]:
    values = {value_column(p): "string" for p, _ in needed.paths}
    marks = {m: TIME_TYPE for p, _ in needed.paths if (m := set_column(p))}
    sums = {f"p_{j}": "float64" for j in range(len(needed.scorings))} | {
        f"c_{j}": "float64" for j in range(len(needed.counts))
    }
    base = {"person_id": "string", "at": TIME_TYPE, "recorded_at": TIME_TYPE, "seq": "int8", "k": "int64"}
    return base | {"since": TIME_TYPE} | values | marks | sums


def _shaped(part: ir.Table, shape: dict[str, str]) -> ir.Table:
    return part.select(**{c: part[c].cast(t) if c in part.columns else ibis.null(t) for c, t in shape.items()})


def _state(rows: ir.Table, needed: Needs, running: ir.Table, whole: ir.Table) -> ir.Table:
    """What is known at each row: carried values, running sums, cycle, whether away."""
    woke, slept = _running_count(rows.seq == WOKE, running), _running_count(rows.seq == SLEPT, running)
    following = rows["at"].lead().over(whole)
    columns: dict[str, ir.Value] = {
        "last_of_instant": following.isnull() | (following != rows["at"]),
        "cycle": woke + 1,
        "away": (slept - (rows.seq == SLEPT).cast("int64") - woke) > 0,
        "recorded_at": rows.recorded_at.fill_null(rows.recorded_at.lag().over(whole)),
        "since": rows.since.max().over(running),
    }
    columns |= {c: _latest(rows, c).over(running) for c in map(value_column, dict(needed.paths))}
    columns |= {m: rows[m].max().over(running) for p, _ in needed.paths if (m := set_column(p))}
    columns |= {f"c_{j}": rows[f"c_{j}"].sum().over(running).fill_null(0.0) for j in range(len(needed.counts))}
    columns |= {f"p_{j}": _faded(rows, j, s, running) for j, s in enumerate(needed.scorings)}
    return rows.select("person_id", "at", "seq", **columns)


def _faded(rows: ir.Table, j: int, scoring: Scoring, running: ir.Table) -> ir.NumericValue:
    """The fading sum of points up to each row."""
    points, summed = rows[f"p_{j}"], ibis.cumulative_window
    if scoring.half_life is None:
        return points.sum().over(running).fill_null(0.0).round(SCORE_DECIMALS)
    age = _half_lives(rows["at"], scoring.half_life)
    if scoring.half_life >= SAFE_HALF_LIFE:
        total = (points * TWO**age).sum().over(running)
        return (total * TWO ** (-age)).fill_null(0.0).round(SCORE_DECIMALS)
    age = age - rows[f"block_{j}"] * BLOCK
    here = (
        (points * TWO**age)
        .sum()
        .over(summed(group_by=["person_id", f"block_{j}"], order_by=["at", "seq", "recorded_at"]))
    )
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


def _latest(rows: ir.Table, carried: str) -> ir.StringValue:
    """The value last set; a row that sets nothing has no say (Spark would let it)."""
    return max_by(rows[carried], ibis.ifelse(rows[carried].notnull(), rows.k, ibis.null("int64")))


def _half_lives(at: ir.TimestampValue, half_life: timedelta) -> ir.FloatingValue:
    """Half-lives since the reference instant."""
    micros = at.delta(ibis.literal(REFERENCE, type=TIME_TYPE), unit="microsecond")
    return micros.cast("float64") / (half_life / timedelta(microseconds=1))


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
        if path == "engagement":
            return self.rows[f"p_{self.needed.scoring(self.terms)}"]
        if path == "fit":
            return sum((self._points(p.rule.tree, p.points) for p in self.terms.scoring.fit), start=ibis.literal(0.0))
        if path == "score":
            return (self.value("fit") + self.value("engagement")).round(SCORE_DECIMALS)
        if (named := self.terms.rule(path)) is not None:
            return column(named.rule.tree, self)
        return self._field(path)

    def _points(self, tree: Node, points: float) -> ir.NumericValue:
        return ibis.ifelse(column(tree, self).fill_null(False), ibis.literal(float(points)), ibis.literal(0.0))

    def _field(self, path: str) -> ir.Value:
        kind = dict(self.needed.paths)[path]
        carried, mark = self.rows[value_column(path)], set_column(path)
        if mark is not None:
            fresh = self.rows.since.isnull() | (self.rows[mark] > self.rows.since)
            carried = ibis.ifelse(fresh, carried, ibis.null("string"))
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


__all__ = ["AtInstants", "Count", "forced", "judged", "lives"]
