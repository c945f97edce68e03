"""A mapping: how the columns of a company's files become the lake's. Frozen, read from YAML by `mapping_text`.

It is a list of statements, never code: no SQL, no expressions. docs/reference/mapping.md says what each may hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Epoch = Literal["seconds", "milliseconds"]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A value fetched from another file of the same import: where its `match` equals ours, its `take`.

    Several columns are put together with a slash. `values` are aliases for ours, used for the search only; `keep`:
    what is not found stays what it was.
    """

    file: str
    match: str
    take: tuple[str, ...]
    values: tuple[tuple[str, str], ...] = ()
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a text: split at `split`, the `take`-th piece counted from 1 (-1 is the last)."""

    split: str
    take: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """Where one of our columns comes from, and what is done to the text on the way, in the order of the fields.

    `sources` are headers; with `joined_by` their known values are put together, else the first known one is taken.
    `otherwise` is for values that `values` does not name: `keep`, `none` (empty), `refuse`, or a text. `only` keeps
    what begins so; `day` takes the day of a time, as a day of the agreement's time zone.
    """

    name: str
    sources: tuple[str, ...] = ()
    constant: str | None = None
    joined_by: str | None = None
    part: Part | None = None
    lookup: Lookup | None = None
    nulls: tuple[str, ...] = ()
    lower: bool = False
    values: tuple[tuple[str, str], ...] = ()
    otherwise: str = "keep"
    empty: str | None = None
    prefix: str = ""
    dates: tuple[str, ...] = ()
    epoch: Epoch | None = None
    decimal_comma: bool = False
    drop: str = ""
    times: float | None = None
    day: bool = False
    only: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A row takes part only where this holds: `column` is known, unknown, or one of `options` (or none of them)."""

    column: str
    known: bool | None = None
    options: tuple[str, ...] = ()
    none_of: bool = False


@dataclass(frozen=True, slots=True)
class Dated:
    """One row of `changes` out of a column that holds a date: at that time `field` became `value`."""

    at: Column
    field: str
    value: Column


@dataclass(frozen=True, slots=True)
class Each:
    """One row for every piece of a field: `column` is the piece, out of `source` split at `split`."""

    column: str
    source: str
    split: str


@dataclass(frozen=True, slots=True)
class Target:
    """One lake table a file feeds. `same` takes every column that bears our name; `rest` puts all others into
    `properties`, except those in `leave_out`; `as_names` gives them names that rules can speak (`job_level` for
    `Job Level`). `derived` rows only fill gaps: an entity that is known already stays as it is."""

    table: str
    columns: tuple[Column, ...] = ()
    properties: tuple[Column, ...] = ()
    same: bool = False
    rest: bool = False
    as_names: bool = False
    leave_out: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    derived: bool = False
    dated: tuple[Dated, ...] = ()
    each: Each | None = None
    changed_at: Column | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written, as far as it is stated; what is not stated is found out from the file.

    `broken_in`: a known fault of the source: rows broken in two by a line break inside that column.
    """

    delimiter: str | None = None
    encoding: str | None = None
    quoted: bool = True
    broken_in: str | None = None
    nulls: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One kind of file. It is recognised by its name (any of `names`) and by the `headers` it must have.

    `needs` are the columns without which it is refused; None = every column that is mapped.
    """

    key: str
    names: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    format: Format = Format()
    needs: tuple[str, ...] | None = None
    targets: tuple[Target, ...] = ()
    time_zone: str | None = None

    def fetched(self) -> list[Column]:
        """The columns whose values come from other files."""
        columns = (c for t in self.targets for c in (*t.columns, *t.properties))
        return [c for c in columns if c.lookup]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping. `hash` is `sha256:` over the bytes it was read from."""

    name: str
    files: tuple[FileSpec, ...]
    means: str = ""
    time_zone: str | None = None
    hash: str = ""

    def file(self, key: str) -> FileSpec | None:
        """The file of that key, or None."""
        return next((f for f in self.files if f.key == key), None)
