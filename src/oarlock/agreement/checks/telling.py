"""How a check words its findings, with the place of what it speaks about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from oarlock.agreement.findings import Finding
from oarlock.agreement.interpreting import Reading
from oarlock.agreement.nodes import Path
from oarlock.ground.problems import UserProblem
from oarlock.ground.spelling import did_you_mean

_MOST_COMPARED = 300
"""Among more names than this no nearest one is looked for: it would cost a stranger's text too much of our time."""


def error(reading: Reading, path: Path, code: str, message: str, suggestion: str = "", *, key: bool = False) -> Finding:
    """An error at the value of that path (or at its key)."""
    return Finding("error", code, message, reading.draft.place(path, key=key), suggestion)


def warning(
    reading: Reading, path: Path, code: str, message: str, suggestion: str = "", *, error_from: date | None = None
) -> Finding:
    """A warning at the key of that path; `error_from` says since when it is an error."""
    return Finding("warning", code, message, reading.draft.place(path, key=True), suggestion, error_from)


def unknown(
    reading: Reading, path: Path, what: str, word: str, known: Collection[str], *, key: bool = False
) -> Finding:
    """`word` should name a `what`, and none is called so."""
    code = "unknown-" + what.removeprefix("a ").removeprefix("an ").replace(" ", "-").replace("'", "")
    return error(reading, path, code, f"`{word[:60]}` is not {what} of this agreement.", nearest(word, known), key=key)


def nearest(word: str, known: Collection[str]) -> str:
    """The nearest known name, or the few there are."""
    if not known:
        return "None is defined."
    if len(known) > _MOST_COMPARED:
        return ""
    listed = f"Known: {', '.join(sorted(known))}." if len(known) <= 12 else ""
    return did_you_mean(word, known) or listed


def written(reading: Reading, path: Path, *keys: str) -> bool:
    """Whether any of these keys stands there, be its value understood or not: so that one mistake is told once."""
    return any(key in reading.draft.keys(*path) for key in keys)


def told(reading: Reading, path: Path, problem: UserProblem) -> Finding:
    """A problem of a lower room as an error of the agreement."""
    message = " ".join(filter(None, (problem.what, problem.why)))
    return error(reading, path, problem.code, message, problem.next_step)
