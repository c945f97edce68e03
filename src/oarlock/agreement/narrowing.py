"""One more condition on a stage's rule, put into the text where the rule stands.

Promise: nothing else of the text changes; what was put in is read back as the rule and that condition, both of which
must hold, or there is no edit.
"""

from __future__ import annotations

import re

from oarlock.agreement.checking import check
from oarlock.agreement.draft import Draft
from oarlock.agreement.nodes import Path, Scalar, find, plain
from oarlock.agreement.reading import read_text
from oarlock.ground.problems import UserProblem

_QUOTED = re.compile(r"'[^']*'")
_OR = re.compile(r"\bor\b", re.IGNORECASE)


def narrowed(source: bytes, stage: str, condition: str) -> bytes:
    """The text with that condition added to the stage's rule. UserProblem `cannot-narrow` where it cannot be put there
    for sure: the stage has no rule of its own, it is not written on one line, or the condition is none."""
    path: Path = ("stages", stage, "when")
    draft = read_text(source)
    rule = find(draft.root, path)
    if not isinstance(rule, Scalar) or not isinstance(rule.value, str):
        raise _cannot(stage, "It has no rule in the text.")
    lines = source.split(b"\n")
    place = rule.text_place
    line = lines[place.line - 1].decode("utf-8", "replace") if place.line else ""
    if line[place.column - 1 : place.column - 1 + len(rule.value)] != rule.value:
        raise _cannot(stage, "Its rule is not written on one line, as it reads.")
    told = f"({rule.value})" if _OR.search(_QUOTED.sub("", rule.value)) else rule.value
    wanted = f"{told} and {condition}"
    before, after = line[: place.column - 1], line[place.column - 1 + len(rule.value) :]
    lines[place.line - 1] = (before + wanted + after).encode()
    made = b"\n".join(lines)
    _require(draft, made, path, wanted, stage)
    return made


def _require(before: Draft, made: bytes, path: Path, wanted: str, stage: str) -> None:
    """Only that rule may differ, it must read as it was written, and it must make sense."""
    after = read_text(made)
    rule = find(after.root, path)
    if not isinstance(rule, Scalar) or rule.value != wanted:
        raise _cannot(stage, "The text would not read as it was written.")
    was, now = plain(before.root), plain(after.root)
    if _without(was, path) != _without(now, path):
        raise _cannot(stage, "More than its rule would change.")
    errors = [f for f in check(after) if f.level == "error"]
    if len(errors) > len([f for f in check(before) if f.level == "error"]):
        raise _cannot(stage, errors[0].message)


def _without(value: object, path: Path) -> object:
    """The tree with a hole at that path."""
    if not path or not isinstance(value, dict):
        return None
    return {k: _without(v, path[1:]) if k == path[0] else v for k, v in value.items()}


def _cannot(stage: str, why: str) -> UserProblem:
    return UserProblem(
        "cannot-narrow", f"The condition cannot be added to the rule of `{stage[:60]}` by itself.", why,
        "Propose a change and add it in the editor.",
    )  # fmt: skip
