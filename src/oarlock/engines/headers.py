"""Which file of a mapping a header belongs to, and whether it has what that file needs.

A header is recognised as it is written, else without regard to case; nothing is ever guessed beyond that.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from oarlock.engines.arriving import refusal
from oarlock.engines.mapping import Column, FileSpec, Format, Mapping, Target
from oarlock.ground.spelling import did_you_mean
from oarlock.records.shapes import SHAPES

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 4000
ROW, LINE, COLUMN, VALUE, REASON, REST = (
    "oarlock_row", "oarlock_line", "oarlock_column", "oarlock_value", "oarlock_reason", "oarlock_rest",
)  # fmt: skip
OURS = (ROW, LINE, COLUMN, VALUE, REASON, REST)
"""What a quarantine file has beside the source's own columns; import leaves them aside."""


@dataclass(frozen=True, slots=True)
class Header:
    """The names in a file's first row, and the one character between them."""

    names: tuple[str, ...]
    delimiter: str = ","

    def index(self, name: str) -> int | None:
        """Where a column stands, as written or else without regard to case; None if it is not there."""
        if name in self.names:
            return self.names.index(name)
        folded = [n.casefold() for n in self.names]
        return folded.index(name.casefold()) if folded.count(name.casefold()) == 1 else None

    def __contains__(self, name: str) -> bool:
        return self.index(name) is not None

    @property
    def mended(self) -> bool:
        """Whether the file comes out of the quarantine."""
        return ROW in self.names

    @property
    def own(self) -> tuple[str, ...]:
        """The source's own columns."""
        return tuple(n for n in self.names if n not in OURS)


def recognise(name: str, first_row: str, mapping: Mapping) -> tuple[FileSpec, Header] | None:
    """The file of the mapping that this one is, with its header; None if the mapping does not know it."""
    for spec in mapping.files:
        if spec.names and not any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in spec.names):
            continue
        header = _best_header(first_row, spec)
        if all(h in header for h in spec.headers):
            return spec, header
    return None


def _best_header(first_row: str, spec: FileSpec) -> Header:
    """The header under the delimiter that is stated, else under the one that yields most columns we know."""
    known = known_columns(spec)
    plain = read_header(first_row, ",", quoted=True)
    if plain.mended:
        return plain
    stated = spec.format.delimiter
    headers = [read_header(first_row, d, spec.format.quoted) for d in ((stated,) if stated else DELIMITERS)]
    return max(headers, key=lambda h: (sum(n in h for n in known), len(h.names)))


def read_header(first_row: str, delimiter: str, quoted: bool) -> Header:
    """The names in a header row, without the blanks around them."""
    if quoted:
        row = next(csv.reader([first_row], delimiter=delimiter), [])
    else:
        row = first_row.split(delimiter)
    return Header(tuple(name.strip().removeprefix("\ufeff") for name in row), delimiter)


def format_of(spec: FileSpec, header: Header) -> Format:
    """How the file is written. A quarantine file is always plain CSV in UTF-8, whatever its source was."""
    return Format(",", "utf-8", nulls=spec.format.nulls) if header.mended else spec.format


def known_columns(spec: FileSpec) -> list[str]:
    """Every column of a file that its mapping speaks of, in order, once."""
    names = list(spec.headers)
    for target in spec.targets:
        names += _of_target(target)
    if spec.format.broken_in:
        names.append(spec.format.broken_in)
    return list(dict.fromkeys(names))


def unused_columns(spec: FileSpec, header: Header, mapping: Mapping) -> frozenset[int]:
    """Where the columns stand that nothing is made of, neither here nor by a file that fetches values from this one."""
    if any(target.rest or target.same for target in spec.targets):
        left_out = [name for target in spec.targets if target.rest for name in target.leave_out]
        unused = {header.index(name) for name in left_out}
    else:
        unused = {*range(len(header.names))}
    fetched = [c.lookup for file in mapping.files for c in file.fetched() if c.lookup and c.lookup.file == spec.key]
    named = [*known_columns(spec), *OURS, *(n for lookup in fetched for n in (lookup.match, *lookup.take))]
    return frozenset(n for n in unused if n is not None) - {
        n for name in named if (n := header.index(name)) is not None
    }


def _of_target(target: Target) -> list[str]:
    shape = SHAPES[target.table]
    same = [c.name for c in shape.columns if c.kind != "texts"] if target.same else []
    columns: list[Column] = [*target.columns, *target.properties]
    columns += [c for d in target.dated for c in (d.at, d.value)]
    columns += [target.changed_at] if target.changed_at else []
    columns += [Column(target.each.column, (target.each.source,))] if target.each else []
    return same + [s for c in columns for s in c.sources] + [c.column for c in target.when]


def must_have(spec: FileSpec) -> list[str]:
    """The columns without which the file is refused."""
    if spec.needs is not None:
        return [*spec.needs]
    needed = known_columns(spec)
    for target in spec.targets:
        if target.same:
            shape = SHAPES[target.table]
            free = {"recorded_at"} | (set(shape.key) if shape.fact and len(shape.key) == 1 else set())
            optional = {c.name for c in shape.columns if not c.required or c.name in free}
            needed = [n for n in needed if n not in optional]
    return needed


def accept(path: Path, spec: FileSpec, header: Header) -> None:
    """Raises UserProblem if columns are missing, doubled, unknown where none may be, or too many."""
    if len(header.names) > MOST_COLUMNS:
        raise refusal(path, "too-many-columns", f"{path.name} has {len(header.names):,} columns.",
                      f"At most {MOST_COLUMNS:,} are read.")  # fmt: skip
    missing = [n for n in must_have(spec) if n not in header]
    if missing:
        near = " ".join(filter(None, (did_you_mean(m, header.own) for m in missing[:3])))
        raise refusal(path, "missing-column", f"{path.name} has no column {_listed(missing)}.",
                      f"It has: {_listed(header.own[:30])}.",
                      near or "Export it again with that column, or mend the mapping.")  # fmt: skip
    doubled = [n for n in known_columns(spec) if _times(n, header.names) > 1]
    if doubled:
        raise refusal(path, "doubled-column", f"{path.name} has more than one column {_listed(doubled)}.",
                      "Nothing says which one is meant.", "Rename or remove the others.")  # fmt: skip
    for target in spec.targets:
        if target.same and not target.rest:
            _no_strangers(path, target, header)


def _no_strangers(path: Path, target: Target, header: Header) -> None:
    known = [c.name for c in SHAPES[target.table].columns]
    strangers = [n for n in header.own if n not in known]
    if strangers:
        near = " ".join(filter(None, (did_you_mean(s, known) for s in strangers[:3])))
        raise refusal(path, "unknown-column", f"Table `{target.table}` has no column {_listed(strangers)}.",
                      "It holds no properties, so the column has nowhere to go.", near or "Remove it.")  # fmt: skip


def _times(name: str, names: Sequence[str]) -> int:
    return names.count(name) or [n.casefold() for n in names].count(name.casefold())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{n}`" for n in names)
