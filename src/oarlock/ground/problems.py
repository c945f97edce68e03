"""What can go wrong, and how it is told to a person.

    Exception
      Problem                something a person can act on: it has a code, what, why, next step and place
        UserProblem          the person who asked can mend it (a wrong file, a misspelt key): exit code 1
        OutsideProblem       the other system's side; `permanent` says whether trying again can help: exit code 3

Everything else that is raised is a bug in Oarlock and says so (exit code 70). One place in each door
(command line, page, API) turns a Problem into what that door speaks.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a text: file, then line and column counted from 1 (0 means "the whole")."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        numbers = [str(n) for n in (self.line, self.column) if n]
        return ":".join([self.file or "-", *numbers])


NOWHERE = Place()


class Problem(Exception):
    """Something a person can act on. `code` is a stable kebab-case word; texts are whole sentences."""

    def __init__(self, code: str, what: str, why: str = "", next_step: str = "", where: Place = NOWHERE) -> None:
        super().__init__(what)
        self.code, self.what, self.why, self.next_step, self.where = code, what, why, next_step, where

    def as_dict(self) -> dict[str, object]:
        """The problem as plain data, for `--json` and problem+json."""
        return {
            "code": self.code,
            "what": self.what,
            "why": self.why,
            "next_step": self.next_step,
            "file": self.where.file,
            "line": self.where.line,
            "column": self.where.column,
        }


class UserProblem(Problem):
    """The person who asked can mend it."""


class OutsideProblem(Problem):
    """Another system failed us. `permanent` is False where the same call may succeed later."""

    def __init__(
        self, code: str, what: str, why: str = "", next_step: str = "", where: Place = NOWHERE, *, permanent: bool
    ) -> None:
        super().__init__(code, what, why, next_step, where)
        self.permanent = permanent
