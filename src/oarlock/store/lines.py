"""Two people's edits of one text put together, line by line; and the lines in which two texts differ.

Promises: what one of the two left alone is as the other has it; where both changed the same lines in different ways
nothing is put together at all, for a machine that chooses between two people chooses wrongly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal as OneOf

MOST = 4_000
"""Changed lines beyond which texts are not put together: comparing costs the square of them."""

Block = tuple[int, int, int]
"""A run of equal lines: where it begins in the first text, where in the second, how many lines it has."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: `gone`, `new`, `same`, or `skipped` (lines left out); numbers count from 1."""

    kind: OneOf["gone", "new", "same", "skipped"]
    text: str
    old: int | None = None
    new: int | None = None


def put_together(before: bytes, one: bytes, other: bytes) -> bytes | None:
    """Both edits of `before`; None where they are at odds."""
    if one in (before, other) or other == before:
        return other if one == before else one
    base, mine, theirs = (text.split(b"\n") for text in (before, one, other))
    runs = _blocks(base, mine), _blocks(base, theirs)
    if runs[0] is None or runs[1] is None:
        return None
    merged: list[bytes] = []
    at, a, b = 0, 0, 0
    for start, end, from_a, from_b in (*_shared(runs[0], runs[1]), (len(base), len(base), len(mine), len(theirs))):
        chosen = _chosen(base[at:start], mine[a:from_a], theirs[b:from_b])
        if chosen is None:
            return None
        merged += [*chosen, *base[start:end]]
        at, a, b = end, from_a + end - start, from_b + end - start
    return b"\n".join(merged)


def _chosen(base: list[bytes], mine: list[bytes], theirs: list[bytes]) -> list[bytes] | None:
    if mine in (base, theirs):
        return theirs
    return mine if theirs == base else None


def _shared(one: Sequence[Block], other: Sequence[Block]) -> Iterator[tuple[int, int, int, int]]:
    """The runs of lines that stand in all three texts: from and to in the first, and where in the other two."""
    i = j = 0
    while i < len(one) and j < len(other):
        (start_a, a, length_a), (start_b, b, length_b) = one[i], other[j]
        start, end = max(start_a, start_b), min(start_a + length_a, start_b + length_b)
        if start < end:
            yield start, end, a + start - start_a, b + start - start_b
        if start_a + length_a < start_b + length_b:
            i += 1
        else:
            j += 1


def _blocks(base: Sequence[bytes], text: Sequence[bytes]) -> list[Block] | None:
    """The runs of equal lines; None where too much differs to look."""
    head = 0
    while head < min(len(base), len(text)) and base[head] == text[head]:
        head += 1
    tail = 0
    while tail < min(len(base), len(text)) - head and base[-1 - tail] == text[-1 - tail]:
        tail += 1
    inner, changed = base[head : len(base) - tail], text[head : len(text) - tail]
    if len(inner) + len(changed) > MOST:
        return None
    found = SequenceMatcher(None, inner, changed).get_matching_blocks()
    middle = [(m.a + head, m.b + head, m.size) for m in found if m.size]
    return [(0, 0, head), *middle, (len(base) - tail, len(text) - tail, tail)]


def differing(old: bytes, new: bytes, around: int = 2) -> tuple[Line, ...]:
    """The lines in which two texts differ, with so many lines around them; what lies between is one `skipped` line."""
    before, after = (text.decode("utf-8", "replace").split("\n") for text in (old, new))
    runs = _blocks([line.encode() for line in before], [line.encode() for line in after])
    if runs is None:
        return (Line("skipped", "The texts differ in too many lines to show."),)
    return tuple(_told(before, after, runs, around))


def _told(before: list[str], after: list[str], runs: Sequence[Block], around: int) -> Iterator[Line]:
    at_old = at_new = 0
    for number, (old, new, length) in enumerate(runs):
        yield from (Line("gone", before[n], old=n + 1) for n in range(at_old, old))
        yield from (Line("new", after[n], new=n + 1) for n in range(at_new, new))
        first, last = number == 0, number == len(runs) - 1
        head = 0 if first and (old, new) == (0, 0) else around
        tail = 0 if last else around
        yield from _same(before, old, new, length, head, tail)
        at_old, at_new = old + length, new + length


def _same(before: list[str], old: int, new: int, length: int, head: int, tail: int) -> Iterator[Line]:
    hidden = length - head - tail
    for n in range(length):
        if hidden > 1 and n == head:
            yield Line("skipped", f"{hidden} lines are the same")
        if hidden <= 1 or not head <= n < length - tail:
            yield Line("same", before[old + n], old=old + n + 1, new=new + n + 1)
