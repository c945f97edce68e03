"""Who sent it and when: `t=<seconds since 1970>,v1=<hex HMAC-SHA256 of "t.body">`, in the header Oarlock-Signature.

Promises: a signature older than five minutes, or from more than five minutes ahead, counts for nothing; comparing takes
the same time whatever differs; several secrets may hold at once, so that one can be replaced without a gap.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from oarlock.ground.intervals import micros

HEADER = "Oarlock-Signature"
WINDOW = 300
"""Seconds a signature holds, before and after."""
MOST = 8
"""Signatures looked at in one header."""


def signed(body: bytes, secret: str, at: datetime) -> str:
    """The header's value, as a sender makes it."""
    seconds = micros(at) // 1_000_000
    return f"t={seconds},v1={_mac(body, secret, str(seconds))}"


def vouched(header: str, body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
    """Why this is not to be believed, in words; None where it is."""
    parts = [part.strip().partition("=") for part in header[:2000].split(",")]
    told = [value for name, _, value in parts if name == "t"]
    if len(told) != 1 or not re.fullmatch(r"[0-9]{1,12}", told[0]):
        return f"It has no header {HEADER} of the form t=...,v1=..."
    offered = [value for name, _, value in parts if name == "v1"][:MOST]
    wanted = [_mac(body, secret, told[0]) for secret in secrets]
    same = [hmac.compare_digest(one.encode(), other.encode()) for one in offered for other in wanted]
    if not any(same):
        return "Its signature is made with another secret, or of other bytes."
    late = micros(now) // 1_000_000 - int(told[0])
    if abs(late) > WINDOW:
        return f"It was signed {abs(late):,} seconds {'ago' if late > 0 else 'ahead'}; at most {WINDOW} count."
    return None


def _mac(body: bytes, secret: str, seconds: str) -> str:
    return hmac.new(secret.encode(), seconds.encode() + b"." + body, sha256).hexdigest()
