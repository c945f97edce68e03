"""What every page has around it: company, main menu, who is signed in, the agreement in force.

Two queries at most: the version in force and, for whoever works leads, how many hand-offs wait for their answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from oarlock.store.models import Member
from oarlock.store.reads.inbox import count_to_answer
from oarlock.store.reads.versions import in_force


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the main menu."""

    word: str
    address: str
    current: bool
    count: int = 0


MENU = (
    ("Today", "today", "/"),
    ("Agreement", "agreement", "/agreement/"),
    ("Funnel", "funnel", "/funnel/"),
    ("Drift", "drift", "/drift/"),
    ("Hand-offs", "handoffs", "/handoffs/"),
    ("Records", "people", "/records/"),
    ("Settings", "settings", "/settings/"),
)
"""Word, name of its address, and what the addresses under it begin with. A page is listed once it is built."""

UNDER = {"/me/": "/settings/", "/promises/": "/handoffs/"}
"""What stands under an entry without beginning with its address: what is mine, and what hand-offs owe."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    member = getattr(request, "user", None)
    if not isinstance(member, Member):
        return {"menu": (), "member": None}
    path = next((place for start, place in UNDER.items() if request.path.startswith(start)), request.path)
    here = max((start for _, _, start in MENU if path.startswith(start)), key=len)
    waiting = count_to_answer(member.person) if member.person else 0
    menu = [
        Item(word, reverse(name), start == here, waiting if name == "handoffs" else 0) for word, name, start in MENU
    ]
    return {"menu": menu, "member": member, "force": in_force()}
