"""Small edits of an agreement's text that keep everything else to the letter: a threshold of a stage's rule, one of
its conditions, a word the CRM records for it.

    edits_of(source, stage, words)   each possible edit with the whole new text

Promise: an edit changes one place of the text and nothing else; where the place cannot be found for sure, there is no
edit. Whether the new text makes sense is for `check` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from oarlock.agreement.nodes import Items, Scalar, find
from oarlock.agreement.reading import read_text

_COMPARED = re.compile(r"(>=|<=|>|<)(\s*)(\d+(?:\.\d+)?)(?![\w.%])")
_QUOTED = re.compile(r"'[^']*'")
_WORD = re.compile(r"\band\b", re.IGNORECASE)
FACTORS = (0.5, 0.75, 1.25, 1.5, 2.0)
"""By how much a threshold is moved to see what it does."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: of which kind, what it does in words, and the whole text with it."""

    kind: Literal["threshold", "condition", "word"]
    words: str
    source: bytes


def edits_of(source: bytes, stage: str, words: Sequence[str] = ()) -> Iterator[Edit]:
    """Every edit of that stage. `words`: what the CRM records and no stage knows."""
    text = source.decode("utf-8")
    root = read_text(source).root
    rule = find(root, ("stages", stage, "when"))
    if isinstance(rule, Scalar) and isinstance(rule.value, str):
        at = _offset(text, rule.text_place.line, rule.text_place.column)
        if text.startswith(rule.value, at):
            yield from _of_rule(text, at, rule.value)
    known = find(root, ("stages", stage, "recorded_as"))
    if isinstance(known, Items) and known.items:
        last = known.items[-1]
        if isinstance(last, Scalar):
            yield from _of_words(text, last, words)


def _of_rule(text: str, at: int, rule: str) -> Iterator[Edit]:
    for found in _COMPARED.finditer(_masked(rule)):
        number = float(found[3])
        for factor in FACTORS if number else ():
            moved = _written(number * factor)
            edited = rule[: found.start(3)] + moved + rule[found.end(3) :]
            what = f"{rule[_left(rule, found.start()) : found.start()].strip()} {found[1]}"
            told = f"{what} {moved} in place of {found[3]}"
            yield Edit("threshold", told, _spliced(text, at, rule, edited))
    parts = _conditions(rule)
    for n, part in enumerate(parts if len(parts) > 1 else ()):
        rest = " and ".join(p.strip() for i, p in enumerate(parts) if i != n)
        yield Edit("condition", f"without the condition {part.strip()}", _spliced(text, at, rule, rest))


def _of_words(text: str, last: Scalar, words: Sequence[str]) -> Iterator[Edit]:
    """A word is added after the last one of the list, in its own style."""
    at = _offset(text, last.place.line, last.place.column)
    written = text[at:]
    end = re.match(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'|[^,\]\n#]+', written)
    if end is None or "\n" in end.group() or not re.match(r"\s*[,\]]", written[end.end() :]):
        return
    place = at + len(end.group().rstrip())
    for word in words:
        if re.fullmatch(r"[\w .,/&+-]{1,80}", word):
            edited = f'{text[:place]}, "{word}"{text[place:]}'
            yield Edit("word", f"{word} counts as recorded, too", edited.encode())


def _masked(rule: str) -> str:
    """The rule with quoted texts and counts' arguments blanked out, every letter in its place."""
    blank = _QUOTED.sub(lambda m: " " * len(m.group()), rule)
    return blank


def _left(rule: str, end: int) -> int:
    """Where the words before a comparison begin: after the last `and`, `or`, `not` before it."""
    found = list(re.finditer(r"\b(?:and|or|not)\b", _masked(rule)[:end], re.IGNORECASE))
    return found[-1].end() if found else 0


def _conditions(rule: str) -> list[str]:
    """What stands between the outermost `and`s; the whole where an `or` or a `between` stands beside them."""
    masked, depth, flat = _masked(rule), 0, []
    for letter in masked:
        depth += letter == "("
        flat.append(letter if depth == 0 else " ")
        depth -= letter == ")"
    outer = "".join(flat)
    if re.search(r"\b(?:or|between)\b", outer, re.IGNORECASE):
        return [rule]
    cuts = [(0, 0), *((m.start(), m.end()) for m in _WORD.finditer(outer)), (len(rule), len(rule))]
    return [rule[a[1] : b[0]] for a, b in pairwise(cuts)]


def _written(number: float) -> str:
    return str(round(number)) if number >= 2 or number == round(number) else f"{number:g}"


def _spliced(text: str, at: int, was: str, now: str) -> bytes:
    return (text[:at] + now + text[at + len(was) :]).encode()


def _offset(text: str, line: int, column: int) -> int:
    """Where a line (from 1) and column (from 1) stand in the text."""
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start + column - 1
