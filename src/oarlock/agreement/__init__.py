"""The agreement: read, check, seal into terms; evaluate, explain and compare them.

    read(path) -> Draft;  check(draft) -> list[Finding];  seal(draft) -> Terms
    explain(terms) -> Document;  compare(old, new) -> Comparison;  evaluate.evaluate(tree, record) -> Value

`tree` has the closed tree every rule is reduced to, `terms` the frozen agreement the other rooms read. The door opens
quickly: what parses (pydantic, ruamel.yaml, sqlglot) is loaded by the first call that needs it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from oarlock.agreement.draft import Draft
from oarlock.agreement.findings import Finding
from oarlock.agreement.terms import Terms

if TYPE_CHECKING:
    from oarlock.agreement.comparing import Comparison
    from oarlock.agreement.explaining import Document, Explanation

__all__ = [
    "Draft", "Finding", "Terms", "check", "compare", "explain", "explain_term", "read", "read_text", "seal",
]  # fmt: skip


def read(path: Path) -> Draft:
    """The agreement in that file or folder; what is wrong with it are its findings. UserProblem: no such file."""
    from oarlock.agreement import reading

    return reading.read(path)


def read_text(text: bytes, name: str = "agreement.yaml") -> Draft:
    """The agreement in these bytes: a file's, or a folder's as `Terms.source` holds them."""
    from oarlock.agreement import reading

    return reading.read_text(text, name)


def check(draft: Draft) -> list[Finding]:
    """Everything that was found in it, by place: errors and warnings."""
    from oarlock.agreement import checking

    return checking.check(draft)


def seal(draft: Draft, number: int = 1) -> Terms:
    """The frozen terms; UserProblem `agreement-has-errors` where `check` finds errors."""
    from oarlock.agreement import sealing

    return sealing.seal(draft, number)


def compare(old: Terms | Draft, new: Terms | Draft) -> Comparison:
    """Changed terms, in words, and everything each change touches."""
    from oarlock.agreement import comparing

    return comparing.compare(old, new)


def explain(terms: Terms) -> Document:
    """The agreement in plain English."""
    from oarlock.agreement import explaining

    return explaining.explain(terms)


def explain_term(terms: Terms, word: str) -> Explanation:
    """One term in plain English, what it rests on and what rests on it. UserProblem `unknown-term`."""
    from oarlock.agreement import explaining

    return explaining.explain_term(terms, word)
