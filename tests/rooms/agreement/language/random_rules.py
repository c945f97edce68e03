"""Random rules and random rows, made of the values on which two readers are most likely to part ways.

Constants and rows draw from the same small pools, so that comparisons often hit. In the environment, OARLOCK_TRIES
scales the number of rule-row pairs and OARLOCK_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

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
    ("fit", "number"), ("engagement", "number"), ("score", "number"),
    ("person.created_at", "time"), ("opportunity.closed_at", "time"),
    ("person.subscribed", "flag"), ("icp", "flag"),
)  # fmt: skip
NAMES = Names.made((Field("person.robots", "number"), Field("person.subscribed", "flag")), ["icp"])
COUNTS = (
    Count("touches", "webinar.attended", 30), Count("touches", "*", 7), Count("activities", "meeting.held", 60),
)  # fmt: skip

TEXTS = (
    "", " ", "a", "A", "b", "ab", "aB", "a_b", "a%b", "%", "_", "50%", "\\", "\\%", "it's", "''", '"', "é", "É", "ß",
    "ẞ", "İstanbul", "istanbul", "ΑΣ", "ας", "ασ", "日本", "😀", "a😀b", "𐐀", "𐐨", "manufacturing", "Logistics",
    "{0}", "null", "true", "1", "z" * 60, "aaab", "--", "/*", "; drop table people",
)  # fmt: skip
ROW_TEXTS = (*TEXTS, "e\u0301", "a\nb", "\t", "a\u200bb", "\u00a0", "\u00ff", "\ue000", "\U0010ffff", "\x01")
NUMBERS = (
    0.0,
    1.0,
    2.0,
    3.0,
    0.1,
    0.2,
    0.3,
    0.5,
    2.5,
    40.0,
    50.0,
    5000.0,
    1e6,
    1e15,
    4503599627370497.5,
    9007199254740993.0,
)
WILD_NUMBERS = (1e308, 1.7976931348623157e308, 1e-300, 5e-324)
ROW_NUMBERS = (*NUMBERS, *WILD_NUMBERS, *(-n for n in NUMBERS), -1e308, float("inf"), float("-inf"), float("nan"))
TIMES = tuple(
    datetime.fromisoformat(t).replace(tzinfo=UTC) for t in (
        "0001-01-01", "1969-12-31T23:59:59.999999", "1970-01-01", "2026-03-29T01:00:00", "2026-10-01",
        "2026-10-01T00:00:00.000001", "2026-10-25T00:59:59.999999", "9999-12-31T23:59:59.999999",
    )
)  # fmt: skip

Draw = Callable[[st.SearchStrategy[Any]], Any]
KINDS: tuple[Type, ...] = ("text", "number", "time", "flag")
ORDERED: tuple[Type, ...] = ("text", "number", "time")
_texts = st.sampled_from(TEXTS)
_patterns = st.one_of(
    _texts,
    st.lists(st.sampled_from(("%", "_", "a", "b", "aa", "É", "😀", "%%", "it's", "\\", ".", "[")), max_size=7).map(
        "".join
    ),
)
_numbers = st.one_of(*[st.sampled_from(NUMBERS)] * 9, st.sampled_from(WILD_NUMBERS))
_constants: dict[Type, st.SearchStrategy[Value]] = {
    "text": _texts, "number": st.one_of(_numbers, _numbers, _numbers.map(lambda n: -n)), "time": st.sampled_from(TIMES),
    "flag": st.booleans(),
}  # fmt: skip
_orders, _same = st.sampled_from(("=", "<>", "<", "<=", ">", ">=")), st.sampled_from(("=", "<>"))


@st.composite
def values(draw: Draw, kind: Type, depth: int) -> Node:
    """A value of that type, nested at most so deep."""
    forms: list[Form] = [_rule] if kind == "flag" else [_name, _name, _literal, *([_count] if kind == "number" else [])]
    if depth and kind != "flag":
        forms += _DEEPER[kind]
    form: Form = draw(st.sampled_from(forms))
    return form(draw, kind, depth if kind == "flag" else depth - 1)


@st.composite
def rules(draw: Draw, depth: int) -> Node:
    """A condition, nested at most so deep. Each has a text that is read as this very tree."""
    forms = [_name, _literal, _is_null] if depth == 0 else _CONDITIONS
    form: Form = draw(st.sampled_from(forms))
    return form(draw, "flag", max(0, depth - 1))


def _rule(draw: Draw, kind: Type, depth: int) -> Node:
    node: Node = draw(rules(depth))
    return node


def _name(draw: Draw, kind: Type, depth: int) -> Node:
    return Name(draw(st.sampled_from([path for path, k in FIELDS if k == kind])), kind)


def _literal(draw: Draw, kind: Type, depth: int) -> Node:
    return Literal(draw(_constants[kind]))


def _count(draw: Draw, kind: Type, depth: int) -> Node:
    count: Count = draw(st.sampled_from(COUNTS))
    return count


def _first(draw: Draw, kind: Type, depth: int) -> Node:
    """A left side; of times always a field, since quoted dates alone are texts."""
    node: Node = _name(draw, kind, depth) if kind == "time" else draw(values(kind, depth))
    return node


def _coalesce(draw: Draw, kind: Type, depth: int) -> Node:
    others = draw(st.lists(values(kind, depth), min_size=1, max_size=2))
    return Coalesce((_first(draw, kind, depth), *others))


def _arithmetic(draw: Draw, kind: Type, depth: int) -> Node:
    return Arithmetic(draw(st.sampled_from("+-*/")), draw(values("number", depth)), draw(values("number", depth)))


def _negative(draw: Draw, kind: Type, depth: int) -> Node:
    return Negative(draw(values("number", depth)))


def _days_since(draw: Draw, kind: Type, depth: int) -> Node:
    return DaysSince(draw(values("time", depth)))


def _lower(draw: Draw, kind: Type, depth: int) -> Node:
    return Lower(draw(values("text", depth)))


def _is_null(draw: Draw, kind: Type, depth: int) -> Node:
    return IsNull(
        draw(values(draw(st.sampled_from(("text", "number", "flag") if depth else ("text", "number"))), depth))
    )


def _compare(draw: Draw, kind: Type, depth: int) -> Node:
    of: Type = draw(st.sampled_from(KINDS))
    return Compare(draw(_same if of == "flag" else _orders), _first(draw, of, depth), draw(values(of, depth)))


def _in(draw: Draw, kind: Type, depth: int) -> Node:
    of: Type = draw(st.sampled_from(KINDS))
    options = draw(st.lists(_constants[of].map(Literal), min_size=1, max_size=4))
    return In(_first(draw, of, depth), tuple(options))


def _between(draw: Draw, kind: Type, depth: int) -> Node:
    of: Type = draw(st.sampled_from(ORDERED))
    return Between(_first(draw, of, depth), draw(values(of, depth)), draw(values(of, depth)))


def _like(draw: Draw, kind: Type, depth: int) -> Node:
    return Like(draw(values("text", depth)), draw(_patterns))


def _search(draw: Draw, kind: Type, depth: int) -> Node:
    form: type[Contains] | type[StartsWith] = draw(st.sampled_from((Contains, StartsWith)))
    return form(draw(values("text", depth)), draw(_texts))


def _not(draw: Draw, kind: Type, depth: int) -> Node:
    return Not(draw(rules(depth)))


def _joined(draw: Draw, kind: Type, depth: int) -> Node:
    parts = draw(st.lists(rules(depth), min_size=2, max_size=4))
    form: type[And] | type[Or] = draw(st.sampled_from((And, Or)))
    return form(tuple(parts))


Form = Callable[[Draw, Type, int], Node]
_DEEPER: dict[Type, list[Form]] = {
    "text": [_coalesce, _lower], "number": [_coalesce, _arithmetic, _arithmetic, _negative, _days_since],
    "time": [_coalesce],
}  # fmt: skip
_CONDITIONS: list[Form] = [
    _name, _compare, _compare, _compare, _in, _between, _is_null, _like, _search, _not, _not, _joined, _joined, _joined,
    _coalesce,
]  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One record, as the live reader asks it."""

    at: datetime
    known: dict[str, Value]
    counts: dict[Count, int]

    def value(self, path: str) -> Value:
        return self.known[path]

    def count(self, what: str, kind: str, days: int) -> int:
        return next((n for c, n in self.counts.items() if (c.what, c.kind, c.days) == (what, kind, days)), 0)


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
    """The seed of this run and how many pairs to try; another seed each time only in the heavy form."""
    chosen = random.SystemRandom().randrange(2**32) if "OARLOCK_HEAVY" in os.environ else 7
    seed = int(os.environ.get("OARLOCK_SEED") or chosen)
    return seed, int(os.environ.get("OARLOCK_TRIES", push))
