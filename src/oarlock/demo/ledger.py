"""A ledger of facts put together: pieces of one kind each, ordered by time, numbered, instants written as text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from oarlock.demo import columns
from oarlock.demo.draws import Ints, chance, skewed
from oarlock.demo.seasons import END, NEVER, seconds

_INSTANTS = ("at", "recorded_at", "due_at")


def learned(rng: np.random.Generator, at: Ints, odds: float) -> Ints:
    """When a fact came to be known: at once, or, with these odds, days later; never after the history's end."""
    later = seconds(skewed(rng, at.size, 2.5, 0.7))
    return np.minimum(at + np.where(chance(rng, odds, at.size), later, rng.integers(0, 90, at.size)), END)


def same(text: str | None, count: int) -> pa.Array:
    """A column with one text in all rows."""
    return columns.words((text,), np.zeros(count, dtype=np.int64))


def ordered(pieces: list[pa.Table], key: str, prefix: str, first: int) -> pa.Table:
    """Pieces as one table in time order, numbered from `first` on; `NEVER` becomes null."""
    table = pa.concat_tables(pieces).combine_chunks()
    table = table.take(pa.array(np.argsort(table["at"].to_numpy(), kind="stable")))
    for place, name in enumerate(table.column_names):
        if name in _INSTANTS:
            instants = table[name].to_numpy()
            table = table.set_column(place, name, columns.stamps(instants, instants < NEVER))
    return table.add_column(0, key, columns.numbered(prefix, first + np.arange(table.num_rows), 8))
