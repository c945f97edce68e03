"""Whose turn it is: weighted turns in which nobody is ever a whole lead behind or ahead of their share.

A credit is how many leads somebody is owed. Each decision owes every available member their share of one lead, and
takes a whole one from who gets it; so the credits of a pool always sum to nothing.
Promise: while the same members are available at the same weights, no credit leaves (-1, 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

TINY = 1e-9
"""Credits that differ by less are equal: what is equal in arithmetic is equal here, whatever floats made of it."""


def turn(credits: Mapping[str, float], weights: Mapping[str, float]) -> tuple[str, dict[str, float]]:
    """Who is next of those with a weight (the available), and everybody's credits afterwards.

    `credits` holds every member of the pool, in the pool's order. Tijdeman's rule: among those who are owed at least
    1 / (2n - 2) of a lead, whoever would be behind by too much first. Where nobody is owed that much (others who are
    away hold it), whoever is owed most.
    """
    slack = 1 / (2 * len(credits) - 2) if len(credits) > 1 else 0.0
    total, owed = sum(weights.values()), dict[str, float]()
    chosen, richest, soonest, most = "", "", inf, -inf
    for user, weight in weights.items():
        share = weight / total
        owed[user] = due = credits[user] + share
        patience = (1 - slack - due) / share
        if due > slack - TINY and patience < soonest - TINY:
            chosen, soonest = user, patience
        if due > most + TINY:
            richest, most = user, due
    chosen = chosen or richest
    return chosen, {**credits, **owed, chosen: owed[chosen] - 1}


def levelled(members: Mapping[str, float | None]) -> dict[str, float]:
    """Credits about their mean; whoever has none yet (None) begins there, owed nothing and ahead of nobody."""
    known = [credit for credit in members.values() if credit is not None]
    mean = sum(known) / len(known) if known else 0.0
    return {user: 0.0 if credit is None else credit - mean for user, credit in members.items()}
