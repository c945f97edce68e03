"""What a text must be before any parser sees it: small, plain UTF-8, without characters that deceive the eye.

Texts come from strangers (an upload, a proposed version), so every limit here is checked in time proportional to the
text. Anything refused becomes a finding with its place; nothing is ever repaired in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from oarlock.agreement.findings import Finding
from oarlock.ground.problems import Place

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_VALUES = 10_000
"""Keys and values together."""
MAX_LINE = 20_000
"""Characters in a line: some marks (`!!!!...`) cost a parser the square of their length."""

MAX_LINES = 20_000
MAX_BRACKETS = 64
"""Brackets open at once, anywhere in the text: far above what depth 12 needs, far below what costs a parser time."""

_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"  # controls (tab, line feed, carriage return may stand)
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "FULLWIDTH", "MATHEMATICAL"}
"""The scripts with letters that look like Latin ones."""


def decode(data: bytes, file: str) -> tuple[str | None, list[Finding]]:
    """The text of these bytes, or None and why it is refused."""
    if len(data) > MAX_BYTES:
        return None, [_error("too-large", f"The text has {len(data):,} bytes; at most {MAX_BYTES:,} are read.", file)]
    if data.startswith(b"\xef\xbb\xbf"):
        return None, [_error("byte-order-mark", "The file begins with a byte order mark.", file, 1, 1,
                             "Save it as UTF-8 without a byte order mark.")]  # fmt: skip
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line, column = data.count(b"\n", 0, problem.start) + 1, problem.start - data.rfind(b"\n", 0, problem.start)
        return None, [_error("not-utf-8", f"The byte {data[problem.start]:#04x} is not UTF-8 text.", file, line, column,
                             "Save the file as UTF-8.")]  # fmt: skip
    found = list(_deceptions(text, file))
    return (None, found) if found else (text, [])


def _deceptions(text: str, file: str) -> Iterator[Finding]:
    hidden = _HIDDEN.search(text)
    if hidden:
        code = f"U+{ord(hidden.group()):04X}"
        name = unicodedata.name(hidden.group(), "control")
        message = f"There is an invisible or directional character here ({code} {name})."
        yield _error("hidden-character", message, file, *position(text, hidden.start()), "Delete it.")
    if not unicodedata.is_normalized("NFC", text):
        line = next(n for n, part in enumerate(text.split("\n"), 1) if not _normal(part)) if "\n" in text else 1
        yield _error("not-normalised", "Letters here are written in pieces (the text is not in Unicode form NFC).",
                     file, line, 1, "Type the accented letters again, or save the text in NFC.")  # fmt: skip
    lines = text.count("\n") + 1
    if lines > MAX_LINES:
        yield _error("too-many-lines", f"The text has {lines:,} lines; at most {MAX_LINES:,} are read.", file)
    number = next((n for n, line in enumerate(text.split("\n"), 1) if len(line) > MAX_LINE), None)
    if number is not None:
        message = f"This line has more than {MAX_LINE:,} characters."
        yield _error("long-line", message, file, number, 1, "Break it into several lines.")
    deep = _too_many_open(text)
    if deep is not None:
        message = f"More than {MAX_BRACKETS} brackets are open at once."
        yield _error("too-deep", message, file, *position(text, deep), f"Nest at most {MAX_DEPTH} levels.")


def _normal(line: str) -> bool:
    return unicodedata.is_normalized("NFC", line)


def _too_many_open(text: str) -> int | None:
    """Where more than `MAX_BRACKETS` are open, whatever quotes say: one look at each bracket."""
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth = depth + 1 if bracket.group() in "[{" else max(0, depth - 1)
        if depth > MAX_BRACKETS:
            return bracket.start()
    return None


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def mixed_word(text: str) -> str | None:
    """The first word whose letters come from scripts that look alike (`раid` with two Cyrillic letters)."""
    if text.isascii():
        return None
    return next((word for word in _WORD.findall(text) if len(_scripts(word)) > 1), None)


def _scripts(word: str) -> set[str]:
    names = (unicodedata.name(letter, "").split(" ", 1)[0] for letter in word)
    return {name for name in names if name in _SCRIPTS}


def _error(code: str, message: str, file: str, line: int = 0, column: int = 0, suggestion: str = "") -> Finding:
    return Finding("error", code, message, Place(file, line, column), suggestion)
