"""Random rules and random rows, made of the values on which two readers are most likely to part ways.

Constants and rows draw from the same small pools, so that comparisons often hit. `seed_and_tries` reads the environment:
OARLOCK_TRIES scales the number of rule-row pairs, OARLOCK_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import strategies as st

from oarlock.agreement.names import Names
from oarlock.agreement.terms import Field
from oarlock.agreement.tree import (
    And,
    Arithmetic,
    Between,
    Coalesce,
    Compare,
    Contains,
    Count,
    DaysSince,
    In,
    IsNull,
    Like,
    Literal,
    Lower,
    Name,
    Negative,
    Node,
    Not,
    Or,
    StartsWith,
    Type,
    Value,
)

FIELDS: tuple[tuple[str, Type], ...] = (
    ("person.email", "text"), ("person.country", "text"), ("account.industry", "text"),
    ("account.employees", "number"), ("opportunity.amount", "number"), ("person.robots", "number"),
    ("fit", "number"), ("engagement", "number"),
    ("person.created_at", "time"), ("opportunity.closed_at", "time"),
    ("person.subscribed", "flag"), ("icp", "flag"),
)  # fmt: skip
NAMES = Names.made((Field("person.robots", "number"), Field("person.subscribed", "flag")), ["icp"])
COUNTS = (
    Count("touches", "webinar.attended", 30), Count("touches", "*", 7), Count("activities", "meeting.held", 60),
)  # fmt: skip

TEXTS = (
    "", " ", "a", "A", "b", "ab", "aB", "a_b", "a%b", "%", "_", "50%", "\\", "\\%", "it's", "''", '"', "é", "É", "ß", "ẞ",
    "İstanbul", "istanbul", "ΑΣ", "ας", "ασ", "日本", "😀", "a😀b", "𐐀", "𐐨", "manufacturing", "Logistics", "{0}", "null",
    "true", "1", "z" * 60, "aaab", "--", "/*", "; drop table people",
)  # fmt: skip
ROW_TEXTS = (*TEXTS, "e\u0301", "a\nb", "\t", "a\u200bb", "\u00a0", "\u00ff", "\ue000", "\U0010ffff", "\x01")
NUMBERS = (0.0, 1.0, 2.0, 3.0, 0.1, 0.2, 0.3, 0.5, 2.5, 40.0, 50.0, 5000.0, 1e6, 1e15, 4503599627370497.5, 9007199254740993.0)
WILD_NUMBERS = (1e308, 1.7976931348623157e308, 1e-300, 5e-324)
ROW_NUMBERS = (*NUMBERS, *WILD_NUMBERS, *(-n for n in NUMBERS), -1e308, float("inf"), float("-inf"), float("nan"))
TIMES = tuple(
    datetime.fromisoformat(t).replace(tzinfo=UTC) for t in (
        "0001-01-01", "1969-12-31T23:59:59.999999", "1970-01-01", "2026-03-29T01:00:00", "2026-10-01",
        "2026-10-01T00:00:00.000001", "2026-10-25T00:59:59.999999", "9999-12-31T23:59:59.999999",
    )
)  # fmt: skip

_texts = st.sampled_from(TEXTS)
_numbers = st.one_of(*[st.sampled_from(NUMBERS)] * 9, st.sampled_from(WILD_NUMBERS)).map(Literal)
_signed = st.one_of(_numbers, _numbers, _numbers.map(lambda n: Literal(-n.value)))  # type: ignore[operator]
_literals: dict[Type, st.SearchStrategy[Literal]] = {
    "text": _texts.map(Literal), "number": _signed, "time": st.sampled_from(TIMES).map(Literal),
    "flag": st.booleans().map(Literal),
}  # fmt: skip
_orders = st.sampled_from(("=", "<>", "<", "<=", ">", ">="))


def names(kind: Type) -> st.SearchStrategy[Node]:
    """A field of that type."""
    return st.sampled_from([Name(path, k) for path, k in FIELDS if k == kind])


def constants(kind: Type) -> st.SearchStrategy[Literal]:
    """A constant of that type."""
    return _literals[kind]


@cache
def values(kind: Type, depth: int) -> st.SearchStrategy[Node]:
    """A value of that type, nested at most so deep."""
    if kind == "flag":
        return rules(depth)
    leaves: list[st.SearchStrategy[Node]] = [names(kind), names(kind), constants(kind)]
    if kind == "number":
        leaves.append(st.sampled_from(COUNTS))
    if depth == 0:
        return st.one_of(leaves)
    below = values(kind, depth - 1)
    # beside a time a quoted date is read as a time: only a name first keeps the options times
    first = names("time") if kind == "time" else below
    deeper: list[st.SearchStrategy[Node]] = [
        st.builds(lambda one, rest: Coalesce((one, *rest)), first, st.lists(below, min_size=1, max_size=2))
    ]
    if kind == "number":
        deeper += [
            st.builds(Arithmetic, st.sampled_from("+-*/"), below, below), st.builds(Negative, below),
            st.builds(DaysSince, values("time", depth - 1)),
        ]  # fmt: skip
    if kind == "text":
        deeper.append(st.builds(Lower, below))
    return st.one_of(*leaves, *deeper)


@cache
def rules(depth: int) -> st.SearchStrategy[Node]:
    """A condition, nested at most so deep. Each has a text that is read as this very tree."""
    if depth == 0:
        return st.one_of(names("flag"), constants("flag"), st.builds(IsNull, names("text")))
    kinds: tuple[Type, ...] = ("text", "number", "time")
    below = depth - 1
    texts, conditions = values("text", below), rules(below)
    return st.one_of(
        names("flag"),
        *(st.builds(Compare, _orders, _named_first(kind, below), values(kind, below)) for kind in kinds),
        st.builds(Compare, st.sampled_from(("=", "<>")), conditions, conditions),
        *(st.builds(In, _named_first(kind, below), _options(kind)) for kind in (*kinds, "flag")),  # type: ignore[arg-type]
        *(st.builds(Between, _named_first(kind, below), values(kind, below), values(kind, below)) for kind in kinds),
        *(st.builds(IsNull, values(kind, below)) for kind in ("text", "number", "flag")),  # type: ignore[arg-type]
        st.builds(Like, texts, _patterns),
        st.builds(Contains, texts, _texts),
        st.builds(StartsWith, texts, _texts),
        st.builds(Not, conditions),
        st.lists(conditions, min_size=2, max_size=4).map(lambda parts: And(tuple(parts))),
        st.lists(conditions, min_size=2, max_size=4).map(lambda parts: Or(tuple(parts))),
        st.builds(lambda one, rest: Coalesce((one, rest)), conditions, conditions),
    )


def _named_first(kind: Type, depth: int) -> st.SearchStrategy[Node]:
    """A left side; of times always a field, since two quoted dates alone are two texts."""
    return names("time") if kind == "time" else values(kind, depth)


def _options(kind: Type) -> st.SearchStrategy[tuple[Literal, ...]]:
    return st.lists(constants(kind), min_size=1, max_size=4).map(tuple)


_patterns = st.one_of(
    _texts,
    st.lists(st.sampled_from(("%", "_", "a", "b", "aa", "É", "😀", "%%", "it's", "\\", ".", "[")), max_size=7).map("".join),
)


@dataclass(frozen=True)
class Row:
    """One record, as the live reader asks it."""

    at: datetime
    known: dict[str, Value]
    counts: dict[Count, int]

    def value(self, path: str) -> Value:
        return self.known[path]

    def count(self, what: str, kind: str, days: int) -> int:
        return next(n for c, n in self.counts.items() if (c.what, c.kind, c.days) == (what, kind, days))


def rows(seed: int, how_many: int) -> list[Row]:
    """Random rows, a third of their values unknown."""
    chance = random.Random(seed)
    return [_row(chance) for _ in range(how_many)]


def _row(chance: random.Random) -> Row:
    at = chance.choice((*TIMES, datetime(2026, 11, 21, 9, 30, 0, 7, tzinfo=UTC)))
    known = {path: None if chance.random() < 0.3 else _value(kind, chance) for path, kind in FIELDS}
    return Row(at, known, {count: chance.choice((0, 0, 1, 2, 40)) for count in COUNTS})


def _value(kind: Type, chance: random.Random) -> Value:
    if kind == "text":
        return chance.choice(ROW_TEXTS) if chance.random() < 0.8 else _any_text(chance)
    if kind == "number":
        return chance.choice(ROW_NUMBERS) if chance.random() < 0.8 else chance.uniform(-100, 6000)
    if kind == "time":
        near = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=chance.randrange(10**13))
        return chance.choice((*TIMES, near))
    return chance.random() < 0.5


def _any_text(chance: random.Random) -> str:
    planes = ((0x20, 0x7F), (0xA0, 0x250), (0x370, 0x530), (0x1E00, 0x2000), (0x3040, 0x30FF), (0x1F300, 0x1F640))
    return "".join(chr(chance.randrange(*chance.choice(planes))) for _ in range(chance.randrange(6)))


def seed_and_tries(push: int) -> tuple[int, int]:
    """The seed of this run and how many pairs to try."""
    seed = int(os.environ.get("OARLOCK_SEED") or random.SystemRandom().randrange(2**32))
    return seed, int(os.environ.get("OARLOCK_TRIES", push))


def constants_in(nodes: Sequence[Node]) -> set[Value]:
    """Every constant below these nodes."""
    from oarlock.agreement.tree import walk

    return {part.value for node in nodes for part in walk(node) if isinstance(part, Literal)}
