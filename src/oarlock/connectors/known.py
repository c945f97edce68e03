"""What somebody is known by, each in its one spelling: an id of the sender's, e-mail, phone, a visitor's number."""

from __future__ import annotations

from oarlock.matching.reaching import LONGEST, email_of, phone_of
from oarlock.records.arrivals import Identity

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
