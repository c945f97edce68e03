"""Values as the lake's texts, in tables: written, read with their type, and carried forward in time.

A carried value is the value itself, or a mark where the field was emptied, so that "set to nothing" differs from "not
set here" (null). What is read agrees with `lifecycle.judging.typed`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import ibis
import ibis.expr.types as ir

from oarlock.agreement.tree import Type
from oarlock.lifecycle.judging import NUMBER, TIME

TIME_TYPE = "timestamp('UTC', 6)"

TYPES: dict[Type, str] = {"text": "string", "number": "float64", "time": TIME_TYPE, "flag": "int8"}
"""How a value of each type is carried; a flag as 0 or 1."""

EMPTIED: dict[Type, object] = {
    "text": "\x1a",
    "number": float("nan"),
    "time": datetime(9998, 1, 1, tzinfo=UTC),
    "flag": 2,
}
"""The mark of "set to nothing": values no field can have (a number is never read as NaN)."""


def _max_by(kind: str) -> Callable[..., ir.Value]:
    """`max_by(value, order)` for one type: the value in the row with the highest order."""

    def max_by(value: object, order: object) -> None:
        """Runs in the engine: both DuckDB and Spark have it by this name."""

    made: Callable[..., ir.Value] = ibis.udf.agg.builtin(max_by, signature=((kind, "int64"), kind))
    return made


def _epoch_us() -> Callable[..., ir.Value]:
    def epoch_us(instant: object) -> None:
        """Runs in the engine."""

    made: Callable[..., ir.Value] = ibis.udf.scalar.builtin(epoch_us, signature=((TIME_TYPE,), "int64"))
    return made


micros = _epoch_us()
"""Microseconds since 1970, by DuckDB's own name: its `date_diff` goes through calendars and is far slower."""

LATEST = {kind: _max_by(carried_as) for kind, carried_as in TYPES.items()}


def written(value: ir.Value) -> ir.StringValue:
    """A typed value as lake text."""
    if value.type().is_boolean():
        return ibis.ifelse(value, "true", "false")
    return value.cast("string")


def typed(text: ir.StringValue, kind: Type) -> ir.Value:
    """A lake text as a value of that type; null where it cannot be read so."""
    if kind == "number":
        number = ibis.ifelse(text.re_search(NUMBER), text, ibis.null("string")).try_cast("float64")
        return ibis.ifelse(number.isinf(), ibis.null("float64"), number)
    if kind == "time":
        return ibis.ifelse(text.re_search(TIME), text, ibis.null("string")).try_cast(TIME_TYPE)
    if kind == "flag":
        return text.cases(("true", 1), ("false", 0), else_=ibis.null("int8")).cast("int8")
    return text


def as_kind(value: ir.Value, kind: Type) -> ir.Value:
    """A column's value as it is carried; what has the right type already takes no way through text."""
    if kind == "number" and value.type().is_numeric():
        number = value.cast("float64")
        return ibis.ifelse(number.isinf() | number.isnan(), ibis.null("float64"), number)
    if kind == "time" and value.type().is_timestamp():
        return value.cast(TIME_TYPE)
    return typed(written(value), kind)


def carried(value: ir.Value, kind: Type) -> ir.Value:
    """A value made ready to be carried forward: never null."""
    return as_kind(value, kind).fill_null(emptied(kind))


def emptied(kind: Type) -> ir.Scalar:
    """The mark of "set to nothing"."""
    return ibis.literal(EMPTIED[kind], type=TYPES[kind])


def latest(carried: ir.Value, order: ir.IntegerValue, kind: Type) -> ir.Value:
    """The carried value set last; a row that sets nothing has no say (Spark would let it)."""
    return LATEST[kind](carried, ibis.ifelse(carried.notnull(), order, ibis.null("int64")))


def read(carried: ir.Value, kind: Type) -> ir.Value:
    """A carried value as a rule sees it: null where never set or emptied."""
    if kind == "number":
        return ibis.ifelse(carried.isnan(), ibis.null("float64"), carried)
    value = carried.nullif(emptied(kind))
    return (value == 1) if kind == "flag" else value
