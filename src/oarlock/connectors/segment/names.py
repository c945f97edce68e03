"""What an event is called here: by the agreement's own word where it has one, else by its name in our spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

LONGEST = 100


class Kinds:
    """The kinds of touch an agreement gives points for, found by any spelling of theirs."""

    def __init__(self, kinds: Iterable[str] = ()) -> None:
        self._by_letters = {_letters(kind): kind for kind in sorted(kinds)}

    def of_event(self, name: str) -> str:
        """`Webinar Attended` is the agreement's `webinar.attended`; `Order Completed` is `order.completed`."""
        return self._by_letters.get(_letters(name)) or _ours(name)

    def of_page(self, name: str | None, url: str | None, what: str = "page") -> str:
        """A page by its name, or by where it lies: `page.pricing`, `page.home`."""
        said = name or (urlsplit(_address(url)).path if url else "")
        word = _ours(said).replace(".", "_") or "home"
        return self._by_letters.get(_letters(f"{what}{word}")) or f"{what}.{word}"


def _address(url: str) -> str:
    """An address that can be split: what is in brackets and is no IPv6 address cannot."""
    return url.replace("[", "").replace("]", "")


@lru_cache(maxsize=4096)
def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())


@lru_cache(maxsize=4096)
def _ours(name: str) -> str:
    """`Order Completed` is `order.completed`, `Form Demo Request` `form.demo_request`: what it is of, then what."""
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name[:LONGEST]).lower()).split()
    return words[0] + ("." + "_".join(words[1:]) if words[1:] else "") if words else ""
