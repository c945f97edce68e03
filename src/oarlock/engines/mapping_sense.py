"""What a mapping must make sense of: tables and columns that exist, keys that are filled, files that are there.

Turns the checked text (pydantic) into the frozen Mapping, or says everything that makes no sense.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oarlock.agreement import nodes
from oarlock.agreement.findings import Finding
from oarlock.engines.mapping import Column, Condition, Dated, Each, FileSpec, Format, Lookup, Mapping, Part, Target
from oarlock.ground.spelling import did_you_mean
from oarlock.records.shapes import SHAPES, STATUSES, Shape

if TYPE_CHECKING:
    from oarlock.engines import mapping_text as written

_DIRECTIVE = re.compile(r"%(-?.)")
_DIRECTIVES = frozenset("YymdHIMSfpbBz") | {"-d", "-m", "-H", "-I", "-M", "-S"}


@dataclass
class _Sense:
    root: nodes.Block
    findings: list[Finding] = field(default_factory=list)

    def say(self, code: str, message: str, path: nodes.Path, suggestion: str = "") -> None:
        self.findings.append(Finding("error", code, message, nodes.place(self.root, path, key=True), suggestion))


def assemble(text: written.MappingText, root: nodes.Block, hash_: str) -> tuple[Mapping | None, list[Finding]]:
    """The frozen mapping, or None and what makes no sense in it."""
    sense = _Sense(root)
    files = tuple(_file(key, spec, sense) for key, spec in text.files.items())
    if text.time_zone is not None:
        _zone(text.time_zone, (), sense)
    _lookups(files, sense)
    if sense.findings:
        return None, sense.findings
    return Mapping(text.name, files, text.means, text.time_zone, hash_), []


def _zone(name: str, path: nodes.Path, sense: _Sense) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        sense.say(
            "unknown-time-zone", f"`{name}` is not a time zone.", (*path, "time_zone"), "Write one like Europe/Berlin."
        )


def _lookups(files: tuple[FileSpec, ...], sense: _Sense) -> None:
    known = {f.key for f in files}
    for spec in files:
        for column in spec.fetched():
            wanted = column.lookup.file if column.lookup else ""
            if wanted not in known:
                message = f"`{column.name}` is looked up in `{wanted}`, which is no file of this mapping."
                sense.say("unknown-file", message, ("files", spec.key), did_you_mean(wanted, known))


def _file(key: str, text: written.FileText, sense: _Sense) -> FileSpec:
    path: nodes.Path = ("files", key)
    if not text.match.names and not text.match.headers:
        sense.say("no-match", f"Nothing says how `{key}` is recognised: give names or headers.", (*path, "match"))
    if text.time_zone is not None:
        _zone(text.time_zone, path, sense)
    form = text.format
    return FileSpec(
        key,
        tuple(text.match.names),
        tuple(text.match.headers),
        Format(form.delimiter, form.encoding, form.quote == "double", form.broken_in, tuple(form.nulls)),
        tuple(text.needs) if text.needs is not None else None,
        tuple(_target(target, (*path, "tables", n), sense) for n, target in enumerate(text.tables)),
        text.time_zone,
    )


def _target(text: written.TargetText, path: nodes.Path, sense: _Sense) -> Target:
    shape = SHAPES.get(text.table)
    if shape is None:
        sense.say("unknown-table", f"`{text.table}` is not a table of the lake.", (*path, "table"),
                  did_you_mean(text.table, SHAPES))  # fmt: skip
        return Target(text.table)
    columns = {} if text.columns == "same" else text.columns
    target = Target(
        text.table,
        tuple(_named(name, form, shape, (*path, "columns", name), sense) for name, form in columns.items()),
        _properties(text.properties, (*path, "properties"), sense),
        same=text.columns == "same",
        rest=text.properties in ("rest", "rest as names")
        or (text.columns == "same" and shape.column("properties") is not None),
        as_names=text.properties == "rest as names",
        leave_out=tuple(text.leave_out),
        when=tuple(_condition(c, (*path, "when", n), sense) for n, c in enumerate(text.when)),
        derived=text.derived,
        dated=tuple(_dated(d, (*path, "dated", n), sense) for n, d in enumerate(text.dated)),
        each=Each(text.each.column, text.each.source, text.each.split) if text.each else None,
        changed_at=_column("changed_at", text.changed_at, (*path, "changed_at"), sense) if text.changed_at else None,
    )
    _complete(target, shape, path, sense)
    return target


def _takes_rest(text: written.TargetText, shape: Shape) -> bool:
    same = text.columns == "same" and shape.column("properties") is not None
    return same or text.properties in ("rest", "rest as names")


def _complete(target: Target, shape: Shape, path: nodes.Path, sense: _Sense) -> None:
    """A row of the table must be able to come about: required columns are mapped (a fact's own id may be left out)."""
    if (target.properties or target.rest) and shape.column("properties") is None:
        sense.say("no-properties", f"Table `{shape.name}` holds no properties.", path)
    if target.each and shape.column(target.each.column) is None:
        message = f"Table `{shape.name}` has no column `{target.each.column}`."
        sense.say("unknown-column", message, (*path, "each"))
    if target.each and (target.dated or target.derived):
        sense.say("each-elsewhere", "`each` goes with neither `dated` nor `derived`.", (*path, "each"))
    if target.dated and shape.name != "changes":
        sense.say("dated-elsewhere", "`dated` makes rows of `changes` only.", path)
    if target.same:
        return
    free = {"recorded_at"} | (set(shape.key) if shape.fact and len(shape.key) == 1 else set())
    free |= {"at", "field", "value"} if target.dated else set()
    free |= {target.each.column} if target.each else set()
    have = {c.name for c in target.columns}
    for column in shape.columns:
        if column.required and column.name not in have | free:
            sense.say("column-not-mapped", f"`{shape.name}.{column.name}` must be mapped.", path)


def _named(name: str, form: written.ColumnText, shape: Shape, path: nodes.Path, sense: _Sense) -> Column:
    known = [c.name for c in shape.columns if c.kind != "texts"]
    if name not in known:
        message = f"Table `{shape.name}` has no column `{name}`."
        sense.say("unknown-column", message, path, did_you_mean(name, known))
    column = _column(name, form, path, sense)
    constants = [column.constant, column.empty, *(v for _, v in column.values)]
    for value in constants if (shape.name, name) == ("opportunities", "status") else ():
        if value is not None and value not in STATUSES:
            sense.say("unknown-status", f"A status is open, won or lost, not `{value}`.", path)
    return column


def _properties(form: Any, path: nodes.Path, sense: _Sense) -> tuple[Column, ...]:
    if isinstance(form, str):
        return ()
    if isinstance(form, list):
        return tuple(Column(name, (name,)) for name in form)
    return tuple(_column(name, column, (*path, name), sense) for name, column in form.items())


def _column(name: str, form: written.ColumnText, path: nodes.Path, sense: _Sense) -> Column:
    if (form.source is None) == (form.value is None):
        sense.say("no-source", f"`{name}` needs either `from` or `value`.", path)
    for date in _texts(form.date):
        unknown = [d for d in _DIRECTIVE.findall(date) if d not in _DIRECTIVES]
        if unknown or "%" not in date:
            sense.say("date-form", f"`{date}` is not a form of date.", path, "Write it like %d.%m.%Y %H:%M.")
    return Column(
        name,
        _texts(form.source),
        _text(form.value),
        form.joined_by,
        Part(form.part.split, form.part.take) if form.part else None,
        _lookup(form.lookup) if form.lookup else None,
        tuple(form.nulls),
        form.lower,
        _aliases(form.values),
        form.otherwise,
        _text(form.empty),
        form.prefix,
        _texts(form.date),
        form.epoch,
        form.decimal == "comma",
        form.drop,
        None if form.times is None else float(form.times),
        form.day,
        form.only,
    )


def _lookup(form: written.LookupText) -> Lookup:
    return Lookup(form.file, form.match, _texts(form.take), _aliases(form.values), form.otherwise == "keep")


def _aliases(values: dict[str, str | bool | int | float]) -> tuple[tuple[str, str], ...]:
    return tuple((key, _text(value) or "") for key, value in values.items())


def _condition(text: written.ConditionText, path: nodes.Path, sense: _Sense) -> Condition:
    said = [text.known is not None, text.options is not None, text.none_of is not None]
    if sum(said) != 1:
        sense.say("condition", "A condition says one of `is`, `in` and `not_in`.", path)
    options = tuple(_text(o) or "" for o in text.options or text.none_of or ())
    known = None if text.known is None else text.known == "known"
    return Condition(text.column, known, options, text.none_of is not None)


def _dated(text: written.DatedText, path: nodes.Path, sense: _Sense) -> Dated:
    if (text.value is None) == (text.source is None):
        sense.say("no-source", "A dated change needs either `value` or `from`.", path)
    value = _column("value", text.source, path, sense) if text.source else Column("value", constant=_text(text.value))
    return Dated(_column("at", text.at, path, sense), text.field, value)


def _texts(value: str | list[str] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def _text(value: str | bool | int | float | None) -> str | None:
    """A YAML constant as the text it stands for: `true` is the text true."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
