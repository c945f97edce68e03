"""Addresses and numbers in their one spelling, so that two sayings of one are found to be the same.

Promise: what is none is None and never guessed at; the text as it came stays with whoever keeps the record.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

LONGEST = 320
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@[^\s@<>\"(),:;\\/]{1,250}\.[^\s@<>\"(),:;\\/.]{2,63}")
LONGEST_PHONE = 60


def email_of(text: str | None) -> str | None:
    """An e-mail address in lower case; None where it is none.

    A tag (`ann+fair@acme.com`) is kept: to write to her without it may reach nobody, and two tags may be two people.
    """
    plain = normalize("NFKC", (text or "")[: 2 * LONGEST]).strip().lower()
    return plain if len(plain) <= LONGEST and _EMAIL.fullmatch(plain) else None


def mailbox_of(email: str) -> str:
    """An address without its tag: two addresses of one mailbox are proposed as one person, and not joined."""
    local, _, domain = email.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


@lru_cache(maxsize=4096)
def phone_of(text: str | None, country: str | None = None) -> str | None:
    """A phone number as E.164; None where it is none, or cannot be told without its country (two letters)."""
    plain = normalize("NFKC", (text or "").strip())
    if not plain or len(plain) > LONGEST_PHONE:
        return None
    region = (country or "").strip().upper() or None
    try:
        number = phonenumbers.parse(plain, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or len(set(str(number.national_number))) == 1:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
