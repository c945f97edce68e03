"""A decision as plain data, for JSON, and back: what is written today is read in five years.

Promise: `from_plain(as_plain(d)) == d`; forms once written are never changed, only followed by a next `form`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast, get_args

from oarlock.ground.problems import UserProblem
from oarlock.routing.decisions import REASONS, Because, Decision, Skipped, Tried, Verdict, Why

FORM = 1
Plain = dict[str, Any]


def as_plain(decision: Decision) -> Plain:
    """The decision in form 1: times in ISO 8601 with their offset, floats as they are."""
    return {
        "form": FORM,
        "at": decision.at.isoformat(),
        "agreement": decision.agreement,
        "because": decision.because,
        "owner": decision.owner,
        "pool": decision.pool,
        "queue": decision.queue,
        "steps": [_step(step) for step in decision.steps],
        "credits": dict(decision.credits),
    }


def _step(step: Tried) -> Plain:
    return {
        "step": step.step,
        "name": step.name,
        "to": step.to,
        "rule": step.rule,
        "verdict": step.verdict,
        "values": [list(pair) for pair in step.values],
        "skipped": [[s.user, s.why, s.detail] for s in step.skipped],
        "turns": [list(turn) for turn in step.turns],
        "opens": step.opens and step.opens.isoformat(),
    }


def from_plain(plain: Mapping[str, Any]) -> Decision:
    """The decision again. UserProblem `decision-unreadable`: a form of a later program, or no decision at all."""
    read = _FORMS.get(plain.get("form"))
    if read is None:
        raise _unreadable(f"It is of the form {str(plain.get('form'))[:20]!r}.")
    try:
        return read(plain)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(f"Something in it is missing or of another kind: {error}.") from error


def _unreadable(why: str) -> UserProblem:
    return UserProblem(
        "decision-unreadable", "This record of a decision cannot be read.", why,
        "Read it with the version of Oarlock that wrote it, or a later one.",
    )  # fmt: skip


def _read_first(plain: Mapping[str, Any]) -> Decision:
    return Decision(
        at=_instant(plain["at"]),
        agreement=int(plain["agreement"]),
        because=cast(Because, _one_of(plain["because"], REASONS)),
        owner=_text(plain["owner"]),
        pool=_text(plain["pool"]),
        queue=_text(plain["queue"]),
        steps=tuple(_read_step(step) for step in plain["steps"]),
        credits={str(user): float(credit) for user, credit in plain["credits"].items()},
    )


def _read_step(plain: Mapping[str, Any]) -> Tried:
    return Tried(
        step=int(plain["step"]),
        name=str(plain["name"]),
        to=str(plain["to"]),
        rule=_text(plain["rule"]),
        verdict=cast(Verdict, _one_of(plain["verdict"], get_args(Verdict))),
        values=tuple((str(path), _text(value)) for path, value in plain["values"]),
        skipped=tuple(Skipped(str(u), cast(Why, _one_of(w, get_args(Why))), str(d)) for u, w, d in plain["skipped"]),
        turns=tuple((str(user), float(weight), float(credit)) for user, weight, credit in plain["turns"]),
        opens=_instant(plain["opens"]) if plain["opens"] else None,
    )


def _one_of(word: object, words: tuple[str, ...]) -> str:
    if word not in words:
        raise ValueError(f"{str(word)[:40]!r} is no word of a decision")
    return str(word)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without its offset")
    return at


_FORMS: dict[object, Callable[[Mapping[str, Any]], Decision]] = {1: _read_first}
