"""What somebody is known by, each in its one spelling: an id of the sender's, e-mail, phone, a visitor's number."""

from __future__ import annotations

import re
from functools import lru_cache

from oarlock.records.arrivals import Identity

LONGEST = 320
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@[^\s@<>\"(),:;\\/]{1,250}\.[^\s@<>\"(),:;\\/.]{2,63}")
NOBODY = frozenset({"null", "undefined", "none", "nan", "0", "-1", "anonymous", "unknown", "guest", "[object object]"})
"""What clients send as an id of nobody. Taken at its word, each of these would make one person of all visitors."""


def known_by(
    *, external: str | None = None, email: str | None = None, phone: str | None = None, country: str | None = None,
    anonymous: str | None = None,
) -> tuple[Identity, ...]:  # fmt: skip
    """The identities, the surest first; what is none is left out."""
    found: list[Identity] = []
    if external and external.lower() not in NOBODY:
        found.append(("external", external[:LONGEST]))
    address = email_of(email)
    if address:
        found.append(("email", address))
    number = phone_of(phone, country)
    if number:
        found.append(("phone", number))
    if anonymous and anonymous.lower() not in NOBODY:
        found.append(("anonymous", anonymous[:LONGEST]))
    return tuple(found)


def email_of(text: str | None) -> str | None:
    """An e-mail address in its one spelling; None where it is none."""
    plain = (text or "").strip().lower()
    return plain if len(plain) <= LONGEST and _EMAIL.fullmatch(plain) else None


@lru_cache(maxsize=4096)
def phone_of(text: str | None, country: str | None = None) -> str | None:
    """A phone number as E.164; None where it is none, or cannot be told without its country."""
    digits = re.sub(r"[\s().\-/]", "", text or "")
    return digits if re.fullmatch(r"\+[1-9][0-9]{7,14}", digits) else None
