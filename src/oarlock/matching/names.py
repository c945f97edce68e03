"""A firm's name, cleaned: one spelling of its words, its legal form and place apart.

    clean("* KONINKLIJKE  PHILIPS Électronics, N.V.") -> Name(("koninklijke", "philips", "electronics"), ("nv",))

Promises: whatever has a letter or a digit is never cleaned to nothing; the same name with and without its legal form
has the same words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import groupby
from unicodedata import category, normalize

from oarlock.matching.legal_forms import CLEAR_FORMS, FORMS, JOINING, PHRASES

LONGEST = 300
"""Characters of a name that are read; what is longer is no name."""
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ß": "ss"})
MOST_BEHIND = 1
"""So many words behind a legal form may be part of the name (`Bosch GmbH Robert`); more are an address."""
_BRACKETS = re.compile(r"\([^()]*(?:\)|$)|\[[^][]*(?:\]|$)|\{[^{}]*(?:\}|$)")
_SPELT_FORMS = ("gmbh", "spa", "srl", "llc", "plc", "nv", "bv", "ag", "sa", "kk", "ab")
_WORD = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Name:
    """A cleaned name: its words, none only where there was neither letter nor digit; and its legal form."""

    words: tuple[str, ...]
    forms: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join(self.words)


@lru_cache(maxsize=65_536)
def clean(text: str) -> Name:
    """The name behind the spelling."""
    plain = _plain(text[:LONGEST])
    parts = [tuple(_joined(part)) for part in _BRACKETS.sub(" ", plain).split(",")]
    words = _without_place([part for part in parts if part]) or tuple(_joined(plain))
    bare, forms = _without_forms(words)
    kept = tuple(w for w in bare if w not in JOINING) or bare
    return Name(kept or words, forms if kept else ())


def _plain(text: str) -> str:
    """Lower case without accents; what joins words is a space, an apostrophe is nothing."""
    folded = normalize("NFKD", unescape(normalize("NFKC", text))).casefold().translate(LETTERS)
    spelt = "".join(c for c in folded if category(c) != "Mn")
    return spelt.replace("'", "").replace("’", "").replace("_", " ").replace("&", " and ")


def _joined(text: str) -> list[str]:
    """The words; letters that stand alone beside each other are one word: `b. v.` is `bv`, `D S M` is `dsm`."""
    words: list[str] = []
    for single, run in groupby(_WORD.findall(text), _is_single):
        found = list(run)
        words += _spelt("".join(found)) if single else found
    return words


def _spelt(letters: str) -> list[str]:
    """Letters that stood alone: a word, and the legal form it ends in, if any: `D S M N. V.` is `dsm nv`."""
    for form in _SPELT_FORMS:
        if len(letters) > len(form) + 1 and letters.endswith(form):
            return [letters.removesuffix(form), form]
    return [letters]


def _is_single(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _without_place(parts: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """What stands behind a legal form and a comma is where the firm is: `Cargill B.V., Bergen op Zoom`."""
    words: tuple[str, ...] = ()
    for part in parts:
        ended = len(words) > 1 and words[-1] in FORMS
        if ended and not any(word in FORMS for word in part):
            break
        words = tuple(_joined(" ".join((*words, *part))))
    for at, word in enumerate(words):
        behind = [w for w in words[at + 1 :] if w not in FORMS and w not in JOINING]
        if at and word in CLEAR_FORMS and len(behind) > MOST_BEHIND and words[at - 1] not in FORMS:
            return words[: at + 1]
    return words


def _without_forms(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words before and behind which only legal forms stand, and those forms; never none of both."""
    first, last = 0, len(words)
    while last - first > 1 and (length := _form_at_end(words[first:last])):
        last -= length
    while last - first > 1 and words[first] in FORMS:
        first += 1
    return words[first:last], words[:first] + words[last:]


def _form_at_end(words: tuple[str, ...]) -> int:
    """How many words the legal form at the end has; joining words before it count to it (`& Co.`)."""
    for phrase in PHRASES:
        if len(words) > len(phrase) and words[-len(phrase) :] == phrase:
            return len(phrase)
    if words[-1] in FORMS:
        return 1
    return 1 if len(words) > 2 and words[-1] in ("and", "und", "et") else 0
