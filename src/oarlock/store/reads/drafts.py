"""Texts of agreements as they were read, each read once: reading and checking one costs a tenth of a second."""

from __future__ import annotations

from functools import lru_cache

from oarlock.agreement import Draft, Finding, Terms, check, compare, read_text, seal
from oarlock.agreement.comparing import Comparison

NAME = "proposal"
"""What a text is called in its findings."""


@lru_cache(maxsize=16)
def draft_of(source: bytes) -> Draft:
    """The text, read."""
    return read_text(source, NAME)


@lru_cache(maxsize=16)
def findings_of(source: bytes) -> tuple[Finding, ...]:
    """Everything that was found in it."""
    return tuple(check(draft_of(source)))


@lru_cache(maxsize=16)
def terms_of_text(source: bytes, number: int) -> Terms:
    """Its terms under that number; UserProblem `agreement-has-errors`."""
    return seal(draft_of(source), number)


@lru_cache(maxsize=16)
def comparison_of(old: bytes, new: bytes) -> Comparison:
    """What changed from one text to another; UserProblem `cannot-compare` where one of them is no agreement."""
    return compare(draft_of(old), draft_of(new))
