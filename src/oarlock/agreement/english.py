"""The reader for people: a rule in plain English.

Promises: two rules that mean different things never read the same; nested groups stand in brackets, so that "and" and
"or" cannot be mistaken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from oarlock.agreement.names import Names
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
)

_COLUMNS: Mapping[str, str] = MappingProxyType({
    "created_at": "date of creation", "closed_at": "closing date", "expected_close": "expected closing date",
    "employees": "number of employees", "owner_id": "owner", "campaign_id": "campaign", "account_id": "account",
    "person_id": "person", "parent_id": "parent account", "recorded_stage": "stage in the CRM", "at": "last step",
    "lost_reason": "reason for the loss", "source_detail": "source in detail",
})  # fmt: skip
_OWNERS = {"handoff": "hand-off"}
_SCORES = {"score": "the score"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_NUMBERS = {"=": "is", "<>": "is not", "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least"}
_TIMES = {
    "=": "is exactly", "<>": "is not", "<": "is before", "<=": "is at or before", ">": "is after",
    ">=": "is at or after",
}  # fmt: skip
_TEXTS = {
    "=": "is", "<>": "is not", "<": "sorts before", "<=": "is or sorts before", ">": "sorts after",
    ">=": "is or sorts after",
}  # fmt: skip
_AMOUNTS = {"=": "exactly", "<": "fewer than", "<=": "at most", ">": "more than", ">=": "at least"}
_SIGNS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


def say(node: Node, names: Names | None = None, spoken: Mapping[str, str] = MappingProxyType({})) -> str:
    """The rule as a clause without full stop: `the account's industry is one of “a” or “b” and “icp” holds`.

    `names` gives the zone in which times are told; `spoken` other words for names (`{"icp": "our ideal customer"}`).
    """
    return _Speaker((names or Names()).zone, spoken).clause(node)


class _Speaker:
    """Conditions are clauses, values are nouns."""

    def __init__(self, zone: ZoneInfo, spoken: Mapping[str, str]) -> None:
        self.zone, self.spoken = zone, spoken

    def clause(self, node: Node) -> str:
        """A condition as a clause."""
        speak = _CLAUSES.get(type(node))
        return speak(self, node) if speak else f"{self.noun(node)} is true"

    def noun(self, node: Node) -> str:
        """A value as a noun; a condition in its place becomes "whether (...)"."""
        speak = _NOUNS.get(type(node))
        return speak(self, node) if speak else f"whether ({self.clause(node)})"

    def part(self, node: Node) -> str:
        """A clause inside a group: a group of its own stands in brackets."""
        return f"({self.clause(node)})" if isinstance(node, And | Or) else self.clause(node)

    def joined(self, node: And | Or) -> str:
        return (" and " if isinstance(node, And) else " or ").join(self.part(part) for part in node.parts)

    def denied(self, node: Not) -> str:
        part = node.part
        if isinstance(part, IsNull):
            return f"{self.noun(part.subject)} is known"
        if isinstance(part, In):
            return f"{self.noun(part.subject)} is none of {self.listed(part.options)}"
        if isinstance(part, Name) and "." not in part.path:
            return f"{self.named(part)} does not hold"
        return f"it is not the case that ({self.clause(part)})"

    def literal_clause(self, node: Literal) -> str:
        return "it is always so" if node.value else "it is never so"

    def name_clause(self, node: Name) -> str:
        return f"{self.named(node)} is true" if "." in node.path else f"{self.named(node)} holds"

    def compare(self, node: Compare) -> str:
        if isinstance(node.left, Count) and (amount := self.amount(node.left, node.op, node.right)):
            return amount
        kinds = {_kind(node.left), _kind(node.right)}
        words = _TIMES if "time" in kinds else _TEXTS if "text" in kinds else _NUMBERS
        return f"{self.noun(node.left)} {words[node.op]} {self.noun(node.right)}"

    def amount(self, count: Count, op: str, right: Node) -> str:
        """`the person has had at least one “meeting.held” activity in the last 60 days`."""
        number = right.value if isinstance(right, Literal) else None
        if op not in _AMOUNTS or not isinstance(number, float) or number < 0 or not number.is_integer():
            return ""
        if (op, number) in ((">=", 1.0), (">", 0.0)):
            how_many = "at least one"
        elif (op, number) in (("=", 0.0), ("<", 1.0), ("<=", 0.0)):
            how_many = "no"
        else:
            how_many = f"{_AMOUNTS[op]} {_number(number)}"
        one = number <= 1
        return f"the person has had {how_many} {_happenings(count, one)}"

    def one_of(self, node: In) -> str:
        return f"{self.noun(node.subject)} is one of {self.listed(node.options)}"

    def listed(self, options: Sequence[Node]) -> str:
        *first, last = [self.noun(option) for option in options]
        return f"{', '.join(first)} or {last}" if first else last

    def between(self, node: Between) -> str:
        return f"{self.noun(node.subject)} is between {self.noun(node.low)} and {self.noun(node.high)}"

    def like(self, node: Like) -> str:
        subject, bare = self.noun(node.subject), node.pattern.strip("%")
        form = node.pattern.replace(bare, "x", 1) if bare and not set(bare) & set("%_") else ""
        verb = {"%x%": "contains", "x%": "starts with", "%x": "ends with"}.get(form)
        return f"{subject} {verb} {_quoted(bare)}" if verb else f"{subject} matches the pattern {_quoted(node.pattern)}"

    def is_null(self, node: IsNull) -> str:
        return f"{self.noun(node.subject)} is not known"

    def contains(self, node: Contains) -> str:
        return f"{self.noun(node.subject)} contains {_quoted(node.part)}"

    def starts_with(self, node: StartsWith) -> str:
        return f"{self.noun(node.subject)} starts with {_quoted(node.part)}"

    def literal(self, node: Literal) -> str:
        value = node.value
        if value is None:
            return "nothing known"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, datetime):
            return self.instant(value)
        return _number(value) if isinstance(value, float) else _quoted(value)

    def instant(self, value: datetime) -> str:
        """`1 October 2026` where that is a local midnight, else with the time of day."""
        local = value.astimezone(self.zone)
        day = f"{local.day} {_MONTHS[local.month - 1]} {local.year}"
        if local.time() == time():
            return day
        clock = local.time().isoformat("auto").removesuffix(":00")
        return f"{day} {clock} ({local.tzname()})"

    def named(self, node: Name) -> str:
        """`the account's number of employees`, `engagement`, `“icp”`."""
        entity, _, column = node.path.rpartition(".")
        if node.path in self.spoken:
            return self.spoken[node.path]
        if not entity:
            return _SCORES.get(column, column) if node.type == "number" else _quoted(column)
        return f"the {_OWNERS.get(entity, entity)}'s {_COLUMNS.get(column, column.replace('_', ' '))}"

    def name_noun(self, node: Name) -> str:
        return f"whether ({self.name_clause(node)})" if node.type == "flag" else self.named(node)

    def arithmetic(self, node: Arithmetic) -> str:
        return f"{self.operand(node.left)} {_SIGNS[node.op]} {self.operand(node.right)}"

    def operand(self, node: Node) -> str:
        return f"({self.noun(node)})" if isinstance(node, Arithmetic | Negative) else self.noun(node)

    def negative(self, node: Negative) -> str:
        return f"minus {self.operand(node.part)}"

    def count(self, node: Count) -> str:
        return f"the number of {_happenings(node, one=False)}"

    def days_since(self, node: DaysSince) -> str:
        return f"the days since {self.noun(node.subject)}"

    def lower(self, node: Lower) -> str:
        return f"{self.noun(node.subject)} in small letters"

    def coalesce(self, node: Coalesce) -> str:
        return f"(the first known of {', '.join(self.noun(option) for option in node.options)})"


def _happenings(count: Count, one: bool) -> str:
    words = {"touches": ("touch", "touches"), "activities": ("activity", "activities")}[count.what]
    word = words[0] if one else words[1]
    kind = f"{word} of any kind" if count.kind == "*" else f"{_quoted(count.kind)} {word}"
    return f"{kind} in the last {count.days:,} day{'s' if count.days > 1 else ''}"


def _quoted(text: str) -> str:
    return f"“{text}”"


def _number(value: float) -> str:
    return f"{int(value):,}" if value.is_integer() and abs(value) < 1e15 else repr(value)


def _kind(node: Node) -> str:
    """The type of a value, as far as its words need it."""
    if isinstance(node, Name):
        return node.type
    if isinstance(node, Coalesce):
        return next((kind for kind in map(_kind, node.options) if kind), "")
    value = node.value if isinstance(node, Literal) else None
    if isinstance(value, datetime):
        return "time"
    return "text" if isinstance(node, Lower) or isinstance(value, str) else ""


_CLAUSES: dict[type[Node], Callable[[_Speaker, Any], str]] = {
    And: _Speaker.joined,
    Or: _Speaker.joined,
    Not: _Speaker.denied,
    Literal: _Speaker.literal_clause,
    Name: _Speaker.name_clause,
    Compare: _Speaker.compare,
    In: _Speaker.one_of,
    Between: _Speaker.between,
    Like: _Speaker.like,
    IsNull: _Speaker.is_null,
    Contains: _Speaker.contains,
    StartsWith: _Speaker.starts_with,
}
_NOUNS: dict[type[Node], Callable[[_Speaker, Any], str]] = {
    Literal: _Speaker.literal,
    Name: _Speaker.name_noun,
    Arithmetic: _Speaker.arithmetic,
    Negative: _Speaker.negative,
    Count: _Speaker.count,
    DaysSince: _Speaker.days_since,
    Lower: _Speaker.lower,
    Coalesce: _Speaker.coalesce,
}
