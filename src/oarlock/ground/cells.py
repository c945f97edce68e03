"""Cells of a CSV file that a spreadsheet will open: a stranger's text stays text there, a number stays a number."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

_RISKY = re.compile(r"[\s\0]*[=+\-@＝＋－＠]|[\t\r\n\0]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII)


def calm(value: object) -> str:
    """A cell: a text a spreadsheet would take for a formula gets an apostrophe before it, a plain number does not."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    text = str(value)
    if isinstance(value, int | float | Decimal) or _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if _RISKY.match(text) else text
