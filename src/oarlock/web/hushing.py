"""What a log line may not hold: the secret in the address of a one-time link, and anything that ends a line.

Django's own lines name the path of every request it refuses; a link whose password was refused still works.
"""

from __future__ import annotations

import logging
import re

_LINK = re.compile(r"/(me/begin/[^/\s]*|first)/[^/\s]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Hush(logging.Filter):
    """Rewrites a line before it is written; drops none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True."""
        told = record.getMessage()
        calm = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", _LINK.sub(r"/\1/...", told))
        if calm != told:
            record.msg, record.args = calm, ()
        return True
