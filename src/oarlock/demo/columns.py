"""Columns of text made at the speed of memory: numbered ids, instants, cents and words by code.

Fixed-width text is written as bytes into one buffer; nothing here loops over rows in Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from oarlock.demo.draws import Flags, Ints

_Bytes = npt.NDArray[np.uint8]
_DAY = 86_400


def _fixed(matrix: _Bytes, known: Flags | None = None) -> pa.Array:
    """Rows of bytes as text; where not `known`, null."""
    count, width = matrix.shape
    offsets = np.arange(count + 1, dtype=np.int64) * width
    text = pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(matrix)))
    return text if known is None else pc.if_else(pa.array(known), text, pa.scalar(None, pa.large_string()))


def numbers(values: Ints) -> pa.Array:
    """Whole numbers as text, without leading zeros."""
    return pa.array(values).cast(pa.large_string())


def numbered(prefix: str, numbers: Ints, width: int = 7, known: Flags | None = None) -> pa.Array:
    """Ids such as `p-0000012`: a prefix and a number of at least `width` digits."""
    width = max(width, len(str(int(numbers.max())))) if numbers.size else width
    head = np.frombuffer(prefix.encode(), dtype=np.uint8)
    matrix = np.empty((numbers.size, head.size + width), dtype=np.uint8)
    matrix[:, : head.size] = head
    rest = numbers.copy()
    for place in range(head.size + width - 1, head.size - 1, -1):
        matrix[:, place] = 48 + rest % 10
        rest //= 10
    return _fixed(matrix, known)


@cache
def _clock() -> tuple[_Bytes, _Bytes]:
    """The texts of all days from 1970 to 2038 (`2026-10-01T`) and of all seconds of a day (`08:30:00Z`)."""
    days = np.datetime_as_string(np.arange(25_000).astype("datetime64[D]")).astype("S10")
    seconds = [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}Z" for s in range(_DAY)]
    day_bytes = np.frombuffer(days.tobytes(), dtype=np.uint8).reshape(-1, 10)
    marked = np.concatenate([day_bytes, np.full((25_000, 1), ord("T"), dtype=np.uint8)], axis=1)
    return marked, np.frombuffer("".join(seconds).encode(), dtype=np.uint8).reshape(-1, 9)


def stamps(at: Ints, known: Flags | None = None) -> pa.Array:
    """Instants (seconds since 1970) as `2026-10-01T08:30:00Z`."""
    days, seconds = _clock()
    there = at if known is None else np.where(known, at, 0)
    return _fixed(np.concatenate([days[there // _DAY], seconds[there % _DAY]], axis=1), known)


def money(cents: Ints, known: Flags | None = None) -> pa.Array:
    """Cents as text with two decimals: 123456 -> `1234.56`."""
    text = pc.binary_join_element_wise(
        pa.array(cents // 100).cast(pa.large_string()),
        words(tuple(f"{c:02}" for c in range(100)), cents % 100),
        pa.scalar(".", pa.large_string()),
    )
    return text if known is None else pc.if_else(pa.array(known), text, pa.scalar(None, pa.large_string()))


def words(known: Sequence[str | None], codes: Ints) -> pa.Array:
    """The word of each code; -1 is null."""
    return pa.array(known, pa.large_string()).take(pa.array(codes, mask=codes < 0))


def chosen(texts: pa.Array, rows: Ints) -> pa.Array:
    """The text in each of these rows of another column; -1 is null."""
    return texts.take(pa.array(rows, mask=rows < 0))


def joined(*parts: pa.Array | str, by: str = "") -> pa.Array:
    """Texts put together; null where a part is null."""
    scalar = [pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*scalar, pa.scalar(by, pa.large_string()))


def nothing(count: int) -> pa.Array:
    """A column in which nothing is known."""
    return pa.nulls(count, pa.large_string())
