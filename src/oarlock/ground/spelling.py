"""Which known word a misspelt one may have meant. Promises a sentence for a problem's next step, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 80
"""A word longer than this is not compared: comparing costs the square of its length."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean "Europe/Berlin"?`, compared without regard to case; `""` where nothing is near."""
    by_lower = {w.lower(): w for w in sorted(known)}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6) if len(word) <= LONGEST else []
    return f'Did you mean "{by_lower[near[0]]}"?' if near else ""
