"""The sections of the settings, as far as the one who asks may see them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from oarlock.web.rights import may

SECTIONS = (
    ("Me", "settings", "own-account"),
    ("My notices", "my-notices", "own-account"),
    ("Members", "members", "look"),
    ("Tokens", "tokens", "tokens"),
    ("Arrivals", "arrivals", "import"),
    ("Audit trail", "trail", "audit"),
    ("Channels", "channels", "channels"),
    ("Notices", "notices", "keep-alive"),
    ("Jobs", "jobs", "keep-alive"),
    ("Status", "status", "keep-alive"),
)
"""Word, name of its address, and the right it takes."""


@dataclass(frozen=True, slots=True)
class Section:
    """One tab."""

    word: str
    address: str
    current: bool


def sections(request: HttpRequest) -> list[Section]:
    """The tabs of this asker, the one they are in marked."""
    open_ = [(word, reverse(name)) for word, name, right in SECTIONS if may(request.user, right)]
    here = max((address for _, address in open_ if request.path.startswith(address)), key=len, default="")
    return [Section(word, address, address == here) for word, address in open_]
