"""What a stranger's bytes may be: JSON of bounded size and depth, texts without control letters, times that can be.

Promises: nothing here raises anything but UserProblem, whatever comes in.
"""

from __future__ import annotations

import json
import re
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from oarlock.ground.problems import UserProblem

LONGEST = 2_000
"""Letters kept of one value."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
SOON = timedelta(minutes=5)
"""A clock that runs ahead by less than this is a clock; more is a mistake worth a word."""
GZIP = 16 + zlib.MAX_WBITS
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def unpacked(data: bytes, most: int) -> bytes:
    """One gzip member of at most `most` bytes. UserProblem `too-large`, `unreadable`."""
    opening = zlib.decompressobj(GZIP)
    try:
        plain = opening.decompress(data, most + 1)
    except zlib.error as error:
        raise unreadable("It says it is gzip and is not.") from error
    if len(plain) > most or opening.unconsumed_tail:
        raise too_large(most)
    if not opening.eof or opening.unused_data:
        raise unreadable("The gzip is cut off, or has more than one member.")
    return plain


def json_of(data: bytes) -> Any:
    """The JSON of these bytes. UserProblem `unreadable`."""
    try:
        return json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise unreadable(f"It is no JSON: {_place(error)}.") from error


def _place(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at line {error.lineno}, column {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "it is no UTF-8, or a number too long"


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def text_of(value: object) -> str | None:
    """A value as a text we keep; None for nothing, for empty texts and for what is no single value."""
    if isinstance(value, str):
        plain = _CONTROLS.sub("", value).strip()
        if not plain.isascii():
            plain = plain.encode("utf-8", "replace").decode()  # half a letter pair is no letter
        return plain[:LONGEST] or None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:LONGEST] if isinstance(value, int | float) else None


def instant_of(value: object) -> datetime | None:
    """An instant in ISO 8601, in UTC where it names no zone; None where it is none."""
    if not isinstance(value, str) or not 8 <= len(value) <= 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def happened(at: datetime | None, received: datetime) -> tuple[datetime, str]:
    """When it happened, and a remark where what was said cannot be: nothing happens after it was told."""
    if at is None:
        return received, ""
    if at < EARLIEST:
        return received, f"The time {at.isoformat()} is before 2000: the time of receipt counts."
    if at > received:
        ahead = f"The time {at.isoformat()} lies ahead: the time of receipt counts."
        return received, ahead if at - received > SOON else ""
    return at, ""


def unreadable(why: str) -> UserProblem:
    """What was sent is not what it says it is."""
    return UserProblem("unreadable", "What was sent cannot be read.", why, "Send JSON in UTF-8.")


def too_large(most: int) -> UserProblem:
    """More than is taken at once."""
    return UserProblem("too-large", "This is more than is taken at once.", f"At most {most // 1000} KB.", "Send less.")
