"""The pages of this area."""

from __future__ import annotations

from django.urls import reverse

PAGES = (
    ("Inbox", "handoffs"), ("Queue", "handoff_queue"), ("Decisions", "decisions"), ("Routing", "routing"),
    ("Availability", "availability"), ("Fairness", "fairness"), ("Sent", "sent"), ("Promises", "promises"),
)  # fmt: skip
"""Words and the name of their address."""


def tabs(current: str) -> list[tuple[str, str, bool]]:
    """Words, address, and which one this is."""
    return [(words, reverse(name), name == current) for words, name in PAGES]
