"""Values as the lake's texts, in tables: written, carried forward in time, and read back with their type.

A carried value is `=` and the text, or `-` where the field was emptied, so that "set to nothing" differs from "not set
here". What is read back agrees with `lifecycle.judging.typed`.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from oarlock.agreement.tree import Type
from oarlock.lifecycle.judging import NUMBER, TIME

TIME_TYPE = "timestamp('UTC', 6)"


@ibis.udf.agg.builtin  # type: ignore[untyped-decorator]
def max_by(value: str, order: int) -> str:
    """The value in the row with the highest order; both DuckDB and Spark have it by this name."""
    raise AssertionError("runs in the engine")


def written(value: ir.Value) -> ir.StringValue:
    """A typed value as lake text."""
    if value.type().is_boolean():
        return ibis.ifelse(value, "true", "false")
    return value.cast("string")


def carried(text: ir.StringValue) -> ir.StringValue:
    """A text made ready to be carried forward: never null."""
    return (ibis.literal("=") + text).fill_null("-")


def read(carried_text: ir.StringValue, kind: Type) -> ir.Value:
    """A carried value with its type; null where never set, emptied, or not to be read as that type."""
    text = ibis.ifelse(carried_text.startswith("="), carried_text.substr(1), ibis.null("string"))
    if kind == "number":
        number = ibis.ifelse(text.re_search(NUMBER), text, ibis.null("string")).try_cast("float64")
        return ibis.ifelse(number.isinf(), ibis.null("float64"), number)
    if kind == "time":
        return ibis.ifelse(text.re_search(TIME), text, ibis.null("string")).try_cast(TIME_TYPE)
    if kind == "flag":
        return text.cases(("true", True), ("false", False), else_=ibis.null("boolean"))
    return text
