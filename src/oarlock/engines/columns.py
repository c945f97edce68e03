"""A mapping's columns as SQL over the fields of one file: first the text that is meant, then its type, then its faults.

`plan` writes down, for one file, every value its targets need; `staging` runs it. All text of the mapping reaches the
SQL as literals, all columns of the file as `c0`, `c1` and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from oarlock.engines.headers import Header, known_columns
from oarlock.engines.mapping import Column, Condition, Dated, FileSpec, Lookup, Target
from oarlock.engines.sql import options, text
from oarlock.engines.typing_text import typed, why
from oarlock.records.shapes import SHAPES, STATUSES, Kind, Shape

REFUSED = "\x1a"
"""Stands for a value that `otherwise: refuse` turns away, between the aliases and the check."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of one target: `key` names it in the staged file, `raw` is SQL for its text, `typed` for its value.

    `raw` may name `{lookup}`: the value fetched for it, joined on `on`.
    """

    key: str
    name: str
    kind: Kind
    raw: str
    typed: str
    source: str
    lookup: Lookup | None = None
    on: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A reason to set a row aside: SQL that is true then, and what to say of it."""

    when: str
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class DatedPlan:
    """One dated change: the keys of its time and value, and the field that changes."""

    at: Value
    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class TargetPlan:
    """What one target takes from one file. `applies` is SQL over the fields: whether a row takes part in it."""

    index: int
    target: Target
    shape: Shape
    values: tuple[Value, ...]
    properties: tuple[Value, ...]
    dated: tuple[DatedPlan, ...]
    changed_at: Value | None
    applies: str
    each: Value | None = None

    @property
    def provided(self) -> tuple[str, ...]:
        """Our columns that this target says something about."""
        has_properties = ("properties",) if self.properties else ()
        pieces = (self.each.name,) if self.each else ()
        return tuple(v.name for v in self.values) + pieces + has_properties

    def every_value(self) -> Iterator[Value]:
        """All values that are to be staged."""
        yield from self.values
        yield from self.properties
        for dated in self.dated:
            yield from (dated.at, dated.value)
        if self.changed_at:
            yield self.changed_at
        if self.each:
            yield self.each


@dataclass(frozen=True, slots=True)
class Zones:
    """Where times without a zone are local: in the source's zone; days, which have no time, in the agreement's."""

    source: str
    agreement: str


def plan(spec: FileSpec, header: Header, zone: Zones) -> list[TargetPlan]:
    """Every target the file can feed: one that lacks a column no row can do without is left out."""
    plans = (_target(n, target, header, zone, known_columns(spec)) for n, target in enumerate(spec.targets))
    return [p for p in plans if p is not None]


def faults(plan: TargetPlan) -> Iterator[Fault]:
    """Reasons to set a row aside, the first that holds is told. Derived and dated rows are left out instead."""
    for value in plan.every_value():
        wrong = f"{value.key}_raw IS NOT NULL AND {value.key} IS NULL"
        if value.kind != "text":
            reason = why(value.kind, f"{value.key}_raw")
            yield Fault(f"{plan_key(plan)} AND {wrong}", value.source, f"{value.key}_raw", reason)
        elif value.raw.find(REFUSED) >= 0:
            refused = f"{value.key}_raw LIKE {text(REFUSED + '%')}"
            yield Fault(f"{plan_key(plan)} AND {refused}", value.source, f"{value.key}_raw[2:]", "'unknown-value'")
    for value in plan.values:
        column = plan.shape.column(value.name)
        if column and column.required and column.name != "recorded_at" and not plan.target.derived:
            missing = f"{plan_key(plan)} AND {value.key} IS NULL"
            yield Fault(missing, value.source, "NULL", "'missing-value'")
        if plan.shape.name == "opportunities" and value.name == "status":
            unknown = f"{plan_key(plan)} AND {value.key} NOT IN {options(STATUSES)}"
            yield Fault(unknown, value.source, value.key, "'unknown-status'")


def plan_key(plan: TargetPlan) -> str:
    """The staged flag that says whether a row takes part in a target."""
    return f"t{plan.index}"


def _target(index: int, target: Target, header: Header, zone: Zones, spoken: list[str]) -> TargetPlan | None:
    shape = SHAPES[target.table]
    columns = _same(shape, header) if target.same else target.columns
    values = [v for n, c in enumerate(columns) if (v := _value(f"t{index}_{n}", c, _kind(shape, c.name), header, zone))]
    properties = _properties(index, target, shape, header, zone, spoken)
    dated = [d for n, item in enumerate(target.dated) if (d := _dated(f"t{index}d{n}", item, header, zone))]
    changed = _value(f"t{index}_changed", target.changed_at, "time", header, zone) if target.changed_at else None
    each = _each(index, target, header, zone)
    have = {v.name for v in values} | ({each.name} if each else set())
    if (target.dated and not dated) or (target.each and not each):
        return None
    for column in shape.columns:
        if column.required and column.name not in have | _free(shape, bool(dated)):
            return None
    applies = " AND ".join(f"({_condition(c, header)})" for c in target.when) or "true"
    return TargetPlan(index, target, shape, tuple(values), properties, tuple(dated), changed, applies, each)


def _each(index: int, target: Target, header: Header, zone: Zones) -> Value | None:
    """The field that is cut into pieces; `staging` cuts it."""
    if target.each is None:
        return None
    return _value(f"t{index}_each", Column(target.each.column, (target.each.source,)), "text", header, zone)


def _free(shape: Shape, dated: bool) -> set[str]:
    """Required columns that come about by themselves."""
    own_id = set(shape.key) if shape.fact and len(shape.key) == 1 else set()
    return own_id | {"recorded_at"} | ({"at", "field", "value"} if dated else set())


def _kind(shape: Shape, name: str) -> Kind:
    column = shape.column(name)
    return column.kind if column else "text"


def _same(shape: Shape, header: Header) -> tuple[Column, ...]:
    return tuple(Column(c.name, (c.name,)) for c in shape.columns if c.name in header)


def _properties(
    index: int, target: Target, shape: Shape, header: Header, zone: Zones, spoken: list[str]
) -> tuple[Value, ...]:
    """The named properties and, with `rest`, every column that no target of this file speaks of."""
    columns = list(target.properties)
    if target.rest:
        taken = {header.index(name) for name in spoken} | {header.index(name) for name in target.leave_out}
        own = {c.name for c in shape.columns} if target.same else set()
        left = [n for n in header.own if header.index(n) not in taken and n not in own and n]
        columns += [Column(as_name(n) if target.as_names else n, (n,)) for n in left]
    found = (_value(f"t{index}p{n}", c, "text", header, zone) for n, c in enumerate(columns))
    return tuple(v for v in found if v)


def _dated(key: str, item: Dated, header: Header, zone: Zones) -> DatedPlan | None:
    at = _value(f"{key}_at", item.at, "time", header, zone)
    value = _value(f"{key}_value", item.value, "text", header, zone)
    return DatedPlan(at, item.field, value) if at and value else None


def _value(key: str, column: Column, kind: Kind, header: Header, zone: Zones) -> Value | None:
    """The value as SQL; None where the file has none of its columns (they may be left out, or it was refused)."""
    found = [i for s in column.sources if (i := header.index(s)) is not None]
    if column.constant is None and not found:
        return None
    raw = text(column.constant) if column.constant is not None else _taken(column, [f"c{i}" for i in found])
    on = ""
    if column.lookup:
        on, raw = _aliased(column.lookup.values, "keep", raw), f"{key}_lookup.taken"
        raw = f"coalesce({raw}, {on})" if column.lookup.keep else raw
    raw = _shaped(column, raw)
    source = ", ".join(column.sources) or column.name
    place = zone.agreement if column.day else zone.source
    return Value(key, column.name, kind, raw, typed(column, kind, f"{key}_raw", place), source, column.lookup, on)


def as_name(header: str) -> str:
    """A header as a name that rules can speak: `Job Level (new)` is `job_level_new`."""
    return re.sub(r"[^a-z0-9]+", "_", header.lower()).strip("_") or header


def _taken(column: Column, fields: list[str]) -> str:
    if column.joined_by is not None:
        taken = f"nullif(concat_ws({text(column.joined_by)}, {', '.join(fields)}), '')"
    else:
        taken = fields[0] if len(fields) == 1 else f"coalesce({', '.join(fields)})"
    if column.part:
        pieces = f"string_split({taken}, {text(column.part.split)})"
        taken = f"nullif(trim(list_extract({pieces}, {column.part.take})), '')"
    return taken


def _shaped(column: Column, raw: str) -> str:
    """Null words, letter case, aliases, what else, what if empty, prefix: in this order."""
    if column.nulls:
        raw = f"CASE WHEN {raw} IN {options(column.nulls)} THEN NULL ELSE {raw} END"
    if column.lower:
        raw = f"lower({raw})"
    if column.only:
        raw = f"CASE WHEN starts_with({raw}, {text(column.only)}) THEN {raw} END"
    if column.day:
        raw = f"left(trim({raw}), 10)"
    raw = _aliased(column.values, column.otherwise, raw)
    if column.empty is not None:
        raw = f"coalesce({raw}, {text(column.empty)})"
    return f"{text(column.prefix)} || {raw}" if column.prefix else raw


def _aliased(values: tuple[tuple[str, str], ...], otherwise: str, raw: str) -> str:
    if not values:
        return raw
    cases = " ".join(f"WHEN {text(old)} THEN {text(new)}" for old, new in values)
    rest = {"keep": raw, "none": "NULL", "refuse": f"{text(REFUSED)} || {raw}"}.get(
        otherwise, f"CASE WHEN {raw} IS NOT NULL THEN {text(otherwise)} END"
    )
    return f"CASE {raw} {cases} ELSE {rest} END"


def _condition(condition: Condition, header: Header) -> str:
    index = header.index(condition.column)
    field = f"c{index}" if index is not None else "CAST(NULL AS VARCHAR)"
    if condition.known is not None:
        return f"{field} IS NOT NULL" if condition.known else f"{field} IS NULL"
    if not condition.options:
        return "true" if condition.none_of else "false"
    found = f"coalesce({field} IN {options(condition.options)}, false)"
    return f"NOT {found}" if condition.none_of else found


def without_lookup(value: Value) -> Value:
    """The same value where the file it is fetched from is not among the sources: it stays empty."""
    return replace(value, raw=value.raw.replace(f"{value.key}_lookup.taken", "CAST(NULL AS VARCHAR)"), lookup=None)
