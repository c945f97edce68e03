"""Ids: of facts, made from what they say, so that the same fact twice is one; and of new things, in time's order.

Promises: different parts give different ids (up to a 128-bit hash), and the id of given parts never changes between
releases, machines or runs.
"""

from __future__ import annotations

from base64 import b32encode
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from oarlock.ground.intervals import micros

Part = str | int | datetime | None
RANDOM_BYTES = 10


def fact_id(*parts: Part) -> str:
    """26 characters (a-z, 2-7) that stand for these parts.

    Kind and length of each part go into the hash: None, "" and 0 differ, and so do ("ab", "c") and ("a", "bc").
    A datetime is its instant, whatever zone it is told in.
    """
    told = b"".join(_told(part) for part in parts)
    return b32encode(blake2b(told, digest_size=16).digest()).decode().rstrip("=").lower()


def _told(part: Part) -> bytes:
    kind, text = _kind_and_text(part)
    data = text.encode("utf-8", "surrogatepass")
    return b"%s%d:%s" % (kind, len(data), data)


def _kind_and_text(part: Part) -> tuple[bytes, str]:
    match part:
        case None:
            return b"n", ""
        case bool():
            return b"b", str(part)
        case int():
            return b"i", str(part)
        case str():
            return b"s", part
        case datetime():
            return b"t", str(micros(part))
        case _:
            raise TypeError(f"an id is made of text, whole numbers, times and None, not of {type(part).__name__}")


def new_id(now: datetime, randomness: bytes) -> str:
    """A UUID of version 7 (RFC 9562) as text: ids of later milliseconds sort later. `randomness` is 10 bytes."""
    if len(randomness) != RANDOM_BYTES:
        raise ValueError(f"a new id takes {RANDOM_BYTES} random bytes, not {len(randomness)}")
    milliseconds = micros(now) // 1000
    if milliseconds < 0:
        raise ValueError(f"a new id is made after 1970, not at {now}")
    random = int.from_bytes(randomness)
    high, low = random >> 68, random & ((1 << 62) - 1)
    return str(UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))
