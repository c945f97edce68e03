"""Cursors: where a page of a list ended, signed so that only what we gave out is taken, and opaque to who holds it."""

from __future__ import annotations

from django.core import signing

from oarlock.ground.problems import UserProblem

SALT = "oarlock.web.api.cursors"


def given(place: str | None, of: str) -> str | None:
    """The cursor for that place of the list `of`; None at its end."""
    return None if place is None else signing.dumps([of, place], salt=SALT)


def taken(cursor: str, of: str) -> str:
    """The place behind a cursor; empty for the beginning. UserProblem `bad-place`."""
    if not cursor:
        return ""
    try:
        kind, place = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise _unknown() from error
    if kind != of or not isinstance(place, str):
        raise _unknown()
    return place


def _unknown() -> UserProblem:
    return UserProblem("bad-place", "This list has no such place.", "The cursor is not one of ours.", "Begin anew.")
