"""Text into times, numbers, money and flags, as SQL over a whole column. Nothing is guessed.

Each function takes SQL for a trimmed text and gives SQL that is null where the text is not what it should be; the
intake sets such rows aside. Times without a zone are local in the mapping's (or the agreement's) time zone.
"""

from __future__ import annotations

from oarlock.engines.mapping import Column
from oarlock.engines.sql import options, text
from oarlock.records.shapes import Kind

_DAY = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_CLOCK = r"\d{1,2}:\d{2}(:\d{2}([.]\d{1,9})?)?"
_LOCAL = f"{_DAY}([T ]{_CLOCK})?"
_ZONED = rf"{_DAY}[T ]{_CLOCK} ?(Z|UTC|GMT|[+-]\d{{2}}(:?\d{{2}})?)"
_NUMBER = r"[+-]?(\d+[.]?\d*|[.]\d+)([eE][+-]?\d{1,3})?"
AMBIGUOUS = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*"
"""A date whose day and month could be either way round, or that at least is not ISO."""

REASONS: dict[Kind, str] = {
    "time": "not-a-date",
    "number": "not-a-number",
    "integer": "not-a-whole-number",
    "money": "not-an-amount",
    "flag": "not-a-flag",
    "texts": "not-json",
    "text": "unknown-value",
}
"""Why a row is set aside, by the kind its text should have been."""


def typed(column: Column, kind: Kind, raw: str, zone: str) -> str:
    """SQL for the value of `kind` that the SQL text `raw` stands for."""
    if kind == "text":
        return raw
    if kind == "time":
        return _time(column, f"trim({raw})", zone)
    if kind == "flag":
        return _flag(f"lower(trim({raw}))")
    if kind == "texts":
        return f"TRY_CAST(TRY_CAST({raw} AS JSON) AS MAP(VARCHAR, VARCHAR))"
    return _number(column, kind, f"trim({raw})")


def _time(column: Column, raw: str, zone: str) -> str:
    if column.epoch:
        step = 1_000_000 if column.epoch == "seconds" else 1_000
        found = f"make_timestamptz(CAST(TRY_CAST({raw} AS DOUBLE) * {step} AS BIGINT))"
    elif column.dates:
        found = f"coalesce({', '.join(_stated(form, raw, zone) for form in column.dates)})"
    else:
        return _iso(raw, zone)
    return f"TRY({found})"


def in_range(kind: Kind, value: str) -> str:
    """SQL that is the value where it can be told on (times from the year 1 to 9999), else null."""
    if kind != "time":
        return value
    return f"CASE WHEN {value} BETWEEN TIMESTAMPTZ '0001-01-02' AND TIMESTAMPTZ '9999-12-31' THEN {value} END"


def _iso(raw: str, zone: str) -> str:
    """ISO 8601 with or without time and zone. DuckDB's own cast would drop a zone it does not expect in silence."""
    return (
        f"CASE WHEN regexp_full_match({raw}, {text(_ZONED)}) THEN TRY_CAST({raw} AS TIMESTAMPTZ)"
        f" WHEN regexp_full_match({raw}, {text(_LOCAL)}) THEN {_local(f'TRY_CAST({raw} AS TIMESTAMP)', zone)} END"
    )


def _stated(form: str, raw: str, zone: str) -> str:
    found = f"try_strptime({raw}, {text(form)})"
    return f"CAST({found} AS TIMESTAMPTZ)" if "%z" in form else _local(f"CAST({found} AS TIMESTAMP)", zone)


def _local(time: str, zone: str) -> str:
    return f"timezone({text(zone)}, {time})"


def _number(column: Column, kind: Kind, raw: str) -> str:
    plain = raw
    for character in column.drop:
        plain = f"replace({plain}, {text(character)}, '')"
    if column.drop:
        plain = f"trim({plain})"
    if column.decimal_comma:
        # A point left over would otherwise be read as the mark of the decimals.
        plain = f"replace(replace({plain}, '.', '?'), ',', '.')"
    right = f"regexp_full_match({plain}, {text(_NUMBER)})"
    if kind == "money":
        exact = f"TRY_CAST({plain} AS DECIMAL(18, 2))"
        if column.times is not None:
            product = f"TRY_CAST({plain} AS DECIMAL(20, 6)) * {column.times!r}::DECIMAL(18, 6)"
            exact = f"TRY_CAST(TRY({product}) AS DECIMAL(18, 2))"
        return f"CASE WHEN {right} THEN {exact} END"
    value = f"TRY_CAST({plain} AS DOUBLE)" + (f" * {column.times!r}" if column.times is not None else "")
    if kind == "integer":
        return (
            f"CASE WHEN {right} AND abs({value}) < 9e15 AND {value} = floor({value}) THEN CAST({value} AS BIGINT) END"
        )
    return f"CASE WHEN {right} AND isfinite({value}) THEN {value} END"


def _flag(raw: str) -> str:
    yes, no = options(("true", "t", "yes", "y", "1")), options(("false", "f", "no", "n", "0"))
    return f"CASE WHEN {raw} IN {yes} THEN true WHEN {raw} IN {no} THEN false END"


def why(kind: Kind, raw: str) -> str:
    """SQL for the reason a text that is not of this kind is set aside with."""
    if kind != "time":
        return text(REASONS[kind])
    return (
        f"CASE WHEN regexp_full_match(trim({raw}), {text(AMBIGUOUS)}) THEN 'date-form-not-stated' ELSE 'not-a-date' END"
    )
