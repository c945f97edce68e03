"""Strangers' text made fit to be shown: sources, owners and companies come from files nobody here wrote.

Promises: what comes out has no control, direction-changing or unpaired character (they would colour a terminal, turn
a line around, or stop the drawing of a chart), is one line, and is not longer than asked. Escaping for HTML is the
template's, not ours.
"""

from __future__ import annotations

import unicodedata

LONGEST = 80
_UNSEEN = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])


def shown(text: str, longest: int = LONGEST) -> str:
    """The text with unseen characters as `?`, cut with `…`."""
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join("?" if unicodedata.category(c) in _UNSEEN else c for c in short)


def value(text: str | None) -> str:
    """A value of a field; none at all is told apart from any text, also from the text `no value`."""
    if text is None:
        return "(no value)"
    return shown(text) if text.strip() else f"“{shown(text)}”"


def short(name: str, key: str) -> str:
    """A stage as people call it in passing: its name where that is short, else its key, abbreviations in capitals."""
    return shown(name if len(name) <= 12 else key.upper() if len(key) <= 4 else key)
