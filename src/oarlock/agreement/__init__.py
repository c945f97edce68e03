"""The agreement: read, check, seal into terms; evaluate, explain and compare them.

    read(path) -> Draft;  check(draft) -> list[Finding];  seal(draft) -> Terms

`tree` has the closed tree every rule is reduced to, `terms` the frozen agreement the other rooms read. The door opens
quickly: what parses (pydantic, ruamel.yaml, sqlglot) is loaded by the first call that needs it.
"""

from __future__ import annotations

from pathlib import Path

from oarlock.agreement.draft import Draft
from oarlock.agreement.findings import Finding
from oarlock.agreement.terms import Terms

__all__ = ["Draft", "Finding", "Terms", "check", "read", "read_text", "seal"]


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
