"""Ids of records in addresses. They come from other systems and may hold anything: each is one whole path segment.

`crm/4711` is `crm~2F4711`: what a segment cannot hold is written as `~` and two hexadecimal digits a byte.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

LONGEST = 200


class Key:
    """The path converter `key`."""

    regex = r"[A-Za-z0-9_.~-]{1,1200}"

    def to_python(self, text: str) -> str:
        """The id a segment stands for. ValueError (which is a 404) where it stands for none."""
        if re.search(r"~(?![0-9A-F]{2})", text):
            raise ValueError("no id")
        found = unquote_to_bytes(text.replace("~", "%")).decode("utf-8")
        if not found or len(found) > LONGEST or "\0" in found:
            raise ValueError("no id")
        return found

    def to_url(self, value: str) -> str:
        """The segment that stands for an id."""
        plain = quote(value, safe="").replace("~", "%7E").replace("%", "~")
        return plain.replace(".", "~2E") if set(plain) == {"."} else plain
