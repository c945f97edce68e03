"""What a rule says of one record, with the values it looked at: the `look` that `choose` is given.

Promise: what would say who somebody is, is said to be known and no more, since decisions are kept for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from oarlock.agreement.evaluate import Reader, compile_rule
from oarlock.agreement.tree import Count, Literal, Name, Node, Record, Value, walk
from oarlock.records.shapes import COUNTED_BY

Seen = tuple[tuple[str, str | None], ...]
Look = Callable[[Node], tuple[bool | None, Seen]]
"""A rule's verdict and the values it looked at, as text by name."""

KNOWN = "known"
"""What stands where a value would say who somebody is."""
_TOLD = frozenset(f"person.{name}" for name in COUNTED_BY)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A rule ready to be asked; `named` are the texts it names itself, which tell nobody anything new."""

    tree: Node
    read: Reader
    fields: tuple[str, ...]
    counts: tuple[Count, ...]
    named: frozenset[Value]


_READY: dict[int, _Ready] = {}
_KEPT = 4096


def looking(record: Record) -> Look:
    """The look at this record: a `lifecycle` moment, or anything else that answers as one."""
    seen: dict[str, tuple[str, str | None]] = {}

    def look(tree: Node) -> tuple[bool | None, Seen]:
        ready = _READY.get(id(tree))
        if ready is None or ready.tree is not tree:
            ready = _ready(tree)
        verdict = ready.read(record)
        try:
            values = tuple(map(seen.__getitem__, ready.fields))
        except KeyError:  # asked for the first time, or not to be kept
            values = tuple(seen.get(path) or _see(path, record, ready.named, seen) for path in ready.fields)
        if ready.counts:
            values = (*values, *_counted(ready.counts, record))
        return (verdict if verdict is None else verdict is True), values

    return look


def _ready(tree: Node) -> _Ready:
    """Made once a rule, kept by identity: hashing a tree costs more than judging it."""
    parts = tuple(walk(tree))
    fields = dict.fromkeys(part.path for part in parts if isinstance(part, Name))
    counts = tuple(dict.fromkeys(part for part in parts if isinstance(part, Count)))
    named = frozenset(part.value for part in parts if isinstance(part, Literal))
    made = _Ready(tree, compile_rule(tree), tuple(fields), counts, named)
    if len(_READY) >= _KEPT:
        _READY.clear()  # in one go: several threads may be here
    _READY[id(tree)] = made
    return made


def _see(
    path: str, record: Record, named: frozenset[Value], seen: dict[str, tuple[str, str | None]]
) -> tuple[str, str | None]:
    """A field as the record will have it; kept for the next rule, unless what may be told hangs on the rule."""
    pair = path, _told(path, record.value(path), named)
    if path in _TOLD or not path.startswith("person."):
        seen[path] = pair
    return pair


def _counted(counts: tuple[Count, ...], record: Record) -> Seen:
    return tuple((f"{c.what}('{c.kind}', {c.days})", str(record.count(c.what, c.kind, c.days))) for c in counts)


def _told(path: str, value: Value, named: frozenset[Value]) -> str | None:
    """A value as text; of a person's own fields only those that are counted by, or that the rule itself names."""
    if value is None:
        return None
    if isinstance(value, str):
        private = path not in _TOLD and path.startswith("person.") and value not in named
        return KNOWN if private else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else f"{value:.15g}"
