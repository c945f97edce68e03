"""Who could take a lead, after one more went somewhere: the roster moves on, so that the next decision sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from oarlock.routing.decisions import Decision
from oarlock.routing.roster import Roster, Turn


def after(roster: Roster, decision: Decision) -> Roster:
    """The roster once this decision holds: turns taken, and one more today for whoever has it.

    Somebody who is new in a pool in which others have had turns joined it now.
    """
    turns = dict(roster.turns)
    pool = decision.pool
    if pool is not None and decision.credits:
        known = any(key[0] == pool for key in turns)
        for user, credit in decision.credits.items():
            turn = turns.get((pool, user)) or Turn(since=decision.at if known else None)
            given = turn.given_today + (1 if user == decision.owner else 0)
            turns[pool, user] = replace(turn, credit=credit, given_today=given)
    return replace(roster, turns=turns)


def moved(open_: Mapping[str, int], from_: str | None, to: str | None) -> Mapping[str, int]:
    """How many each holds once one went from somebody to somebody; None is nobody."""
    counts = dict(open_)
    if from_ is not None:
        counts[from_] = max(0, counts.get(from_, 0) - 1)
    if to is not None:
        counts[to] = counts.get(to, 0) + 1
    return counts
