"""From sqlglot's tree to ours. Only the node types listed here pass, and of each only the parts listed here.

Promises: a tree, or `Refused` with words for a person. The one module that knows sqlglot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from oarlock.agreement.lexing import MAX_DEPTH
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

MAX_DAYS = 36_500
"""The longest look-back of a count: a hundred years."""

_CONDITIONS = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In, exp.Between, exp.Like, exp.Is,
)  # fmt: skip
_SPOKEN: dict[type[exp.Expr], str] = {
    exp.Cast: "A rule does not change a value's type.", exp.Alias: "Two values stand side by side.",
    exp.Concat: "Two texts stand side by side.", exp.Tuple: "A list stands only after `in`.",
    exp.ILike: "`ilike` is not part of rules.", exp.Block: "A rule is one expression.",
}  # fmt: skip
_HINTS: dict[type[exp.Expr], str] = {
    exp.Alias: "Put `and`, `or` or a comparison between them.", exp.Concat: "Put a comma between them.",
    exp.ILike: "Write: lower(name) like 'pattern'",
}  # fmt: skip


class Refused(Exception):
    """Not part of the language. `offset` counts characters from 0 where it is known."""

    def __init__(
        self, message: str, suggestion: str = "", offset: int | None = None, code: str = "not-in-rules"
    ) -> None:
        super().__init__(message)
        self.message, self.suggestion, self.offset, self.code = message, suggestion, offset, code


def parse(text: str) -> exp.Expr:
    """sqlglot's tree of a text that passed the limits of `lexing`."""
    try:
        return sqlglot.parse_one(text, dialect="duckdb")
    except ParseError as problem:
        raise _broken(text, problem) from None
    except (SqlglotError, RecursionError):
        raise Refused("This is not a rule.", "Compare names, as in: person.email is not null") from None


def _broken(text: str, problem: ParseError) -> Refused:
    """The place sqlglot stopped at (it says the line, and the column of the last letter of the odd word)."""
    found: dict[str, Any] = problem.errors[0] if problem.errors else {}
    line, column, word = found.get("line") or 1, found.get("col") or 1, str(found.get("highlight") or "")
    start = sum(len(part) for part in text.splitlines(keepends=True)[: line - 1])
    offset = min(max(0, start + column - len(word)), max(0, len(text) - 1))
    return Refused(
        "The rule breaks off or goes wrong here.", "A value or a condition is missing.", offset, "rule-broken"
    )


def reduce(tree: exp.Expr, names: Names, brackets: int) -> Node:
    """Our tree of it. `brackets` is how many open in the text: sqlglot sets some of its own (`a = b is null`)."""
    if sum(type(e) in _BRACKETED for e in tree.walk()) != brackets:
        raise Refused("Two conditions run into each other.", "Put brackets round each condition.", _offset(tree))
    return _Reducer(names).node(tree)


class _Reducer:
    """Holds the names while it walks; one method a form. `_parts` makes sure that no part of a form is overlooked."""

    def __init__(self, names: Names) -> None:
        self.names, self.depth = names, 0

    def node(self, e: exp.Expr) -> Node:
        """Our node for this form and all below it."""
        self.depth += 1
        if self.depth > MAX_DEPTH + 1 and type(e) is not exp.Paren:
            raise Refused(f"The rule is nested more than {MAX_DEPTH} deep.", "Name parts of it under `rules:`.",
                          _offset(e), "rule-too-deep")  # fmt: skip
        node = self.form(e)
        self.depth -= 1
        return node

    def form(self, e: exp.Expr) -> Node:
        form = _FORMS.get(type(e))
        if form is None or e.comments:
            raise Refused(_SPOKEN.get(type(e), "This form is not part of rules."), _HINTS.get(type(e), ""), _offset(e))
        return form(self, e)

    def value(self, e: exp.Expr) -> Node:
        """An operand: a condition may stand here only in brackets, so that nobody reads it otherwise than we do."""
        if isinstance(e, _CONDITIONS):
            raise Refused("Two conditions run into each other.", "Put brackets round each condition.", _offset(e))
        return self.node(e)

    def literal(self, e: exp.Literal) -> Node:
        this, is_string = _parts(e, "this", "is_string")
        if not is_string and not str(this).replace(".", "", 1).isdigit():
            raise Refused("This is not a number.", "Write digits: 5000, 5_000 or 0.75.", _offset(e), "bad-number")
        return Literal(str(this) if is_string else float(this))

    def boolean(self, e: exp.Boolean) -> Node:
        return Literal(bool(e.args.get("this")))

    def null(self, e: exp.Null) -> Node:
        raise Refused("Nothing is equal to null: null is what is not known.", "Ask: is null, or: is not null",
                      _offset(e), "null-compared")  # fmt: skip

    def name(self, e: exp.Column) -> Node:
        parts = [_identifier(part) for part in reversed(_parts(e, "this", "table")) if part]
        path = self.names.path(".".join(parts))
        kind = self.names.type_of(path)
        if kind is None:
            raise Refused(f"Nothing is called {path}.", self.names.suggestion(path), _offset(e), "unknown-name")
        return Name(path, kind)

    def bracketed(self, e: exp.Paren) -> Node:
        (this,) = _parts(e, "this")
        return self.node(this)

    def compare(self, e: exp.Expr) -> Node:
        left, right = _parts(e, "this", "expression")
        return Compare(_COMPARISONS[type(e)], self.value(left), self.value(right))  # type: ignore[arg-type]

    def arithmetic(self, e: exp.Expr) -> Node:
        left, right = _parts(e, "this", "expression")
        return Arithmetic(_ARITHMETIC[type(e)], self.value(left), self.value(right))  # type: ignore[arg-type]

    def joined(self, e: exp.Expr) -> Node:
        """`a and b and c` as one node of three parts; what stands in brackets stays a part of its own."""
        kind, parts, rest = type(e), list[Node](), e
        while type(rest) is kind:
            left, right = _parts(rest, "this", "expression")
            parts.append(self.node(right))
            rest = left
        every = (self.node(rest), *reversed(parts))
        return And(every) if kind is exp.And else Or(every)

    def denied(self, e: exp.Not) -> Node:
        (this,) = _parts(e, "this")
        return Not(self.node(this))

    def negative(self, e: exp.Neg) -> Node:
        (this,) = _parts(e, "this")
        part = self.value(this)
        if type(this) is exp.Literal and isinstance(part, Literal) and isinstance(part.value, float):
            return Literal(-part.value)
        return Negative(part)

    def one_of(self, e: exp.In) -> Node:
        this, options = _parts(e, "this", "expressions")
        if not options:
            raise Refused("`in` has no list.", "Write: in ('a', 'b')", _offset(e))
        return In(self.value(this), tuple(self.option(o) for o in options))

    def option(self, e: exp.Expr) -> Literal:
        node = self.node(e)
        if type(e) is exp.Paren or not isinstance(node, Literal):
            raise Refused("A list holds only constants.", "Compare with a name by `=`.", _offset(e))
        return node

    def between(self, e: exp.Between) -> Node:
        this, low, high = _parts(e, "this", "low", "high")
        return Between(self.value(this), self.value(low), self.value(high))

    def like(self, e: exp.Like) -> Node:
        this, pattern, negate = _parts(e, "this", "expression", "negate")
        found = Like(self.value(this), _text(pattern, "`like`"))
        return Not(found) if negate else found

    def is_null(self, e: exp.Is) -> Node:
        this, what = _parts(e, "this", "expression")
        if type(what) is not exp.Null:
            raise Refused("After `is` stands only `null` or `not null`.", "A condition stands alone: icp, or: not icp",
                          _offset(e))  # fmt: skip
        return IsNull(self.value(this))

    def call(self, e: exp.Anonymous) -> Node:
        """`touches`, `activities` and `days_since`, which sqlglot does not know."""
        word, given = _parts(e, "this", "expressions")
        word, given = str(word).lower(), given or []
        if word in ("touches", "activities"):
            return self.count(word, given)
        if word != "days_since" or len(given) != 1:
            raise Refused(f"{word} does not take these arguments.", "Write: days_since(person.created_at)", _offset(e))
        return DaysSince(self.node(given[0]))

    def count(self, word: str, given: list[exp.Expr]) -> Node:
        example = f"Write: {word}('meeting.held', 30)"
        if len(given) != 2:
            raise Refused(f"{word} takes a kind and a number of days.", example, code="bad-argument")
        days = given[1].this if type(given[1]) is exp.Literal and not given[1].is_string else ""
        if not str(days).isdigit() or not 1 <= int(days[:9]) <= MAX_DAYS:
            raise Refused(f"The days of {word} are a whole number from 1 to {MAX_DAYS:,}.", example, _offset(given[1]),
                          "bad-argument")  # fmt: skip
        what = "touches" if word == "touches" else "activities"
        return Count(what, _text(given[0], word), int(days))  # type: ignore[arg-type]

    def lower(self, e: exp.Lower) -> Node:
        (this,) = _parts(e, "this")
        return Lower(self.node(this))

    def contains(self, e: exp.Contains) -> Node:
        this, part = _parts(e, "this", "expression")
        return Contains(self.node(this), _text(part, "contains"))

    def starts_with(self, e: exp.StartsWith) -> Node:
        this, part = _parts(e, "this", "expression")
        return StartsWith(self.node(this), _text(part, "starts_with"))

    def coalesce(self, e: exp.Coalesce) -> Node:
        this, others = _parts(e, "this", "expressions")
        if not others:
            raise Refused("coalesce takes two values or more.", "Write: coalesce(person.region, person.country)",
                          _offset(e), "bad-argument")  # fmt: skip
        return Coalesce(tuple(self.node(o) for o in (this, *others)))


def _parts(e: exp.Expr, *known: str) -> tuple[Any, ...]:
    """The named parts of a form; any other part that says something refuses the whole."""
    odd = sorted(key for key, part in e.args.items() if key not in known and part not in (None, False, []))
    if odd:
        raise Refused("This form is not part of rules.", "docs/reference/rules.md lists all forms.", _offset(e))
    return tuple(e.args.get(key) for key in known)


def _identifier(e: exp.Expr) -> str:
    this, quoted = _parts(e, "this", "quoted")
    if type(e) is not exp.Identifier or quoted:
        raise Refused("This is not a name.", "Names stand bare, texts in single quotes.", _offset(e))
    return str(this)


def _text(e: exp.Expr, of: str) -> str:
    if type(e) is not exp.Literal or not e.is_string:
        raise Refused(f"{of} takes a text in single quotes here.", "Write: 'text'", _offset(e), "bad-argument")
    return str(e.this)


def _offset(e: exp.Expr) -> int | None:
    """Where the form begins: the first place known of any of its parts."""
    starts = [part.meta["start"] for part in e.walk() if "start" in part.meta]
    return min(starts, default=None)


_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_BRACKETED = (exp.Paren, exp.In, exp.Anonymous, exp.Lower, exp.Contains, exp.StartsWith, exp.Coalesce)
_FORMS: dict[type[exp.Expr], Callable[[_Reducer, Any], Node]] = {
    exp.Literal: _Reducer.literal,
    exp.Boolean: _Reducer.boolean,
    exp.Null: _Reducer.null,
    exp.Column: _Reducer.name,
    exp.Paren: _Reducer.bracketed,
    **dict.fromkeys(_COMPARISONS, _Reducer.compare),
    **dict.fromkeys(_ARITHMETIC, _Reducer.arithmetic),
    exp.And: _Reducer.joined,
    exp.Or: _Reducer.joined,
    exp.Not: _Reducer.denied,
    exp.Neg: _Reducer.negative,
    exp.In: _Reducer.one_of,
    exp.Between: _Reducer.between,
    exp.Like: _Reducer.like,
    exp.Is: _Reducer.is_null,
    exp.Anonymous: _Reducer.call,
    exp.Lower: _Reducer.lower,
    exp.Contains: _Reducer.contains,
    exp.StartsWith: _Reducer.starts_with,
    exp.Coalesce: _Reducer.coalesce,
}
