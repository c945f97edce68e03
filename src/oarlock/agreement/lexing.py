"""The words and signs of a rule, and the limits a text must keep before any parser sees it.

Promises: time proportional to the text; whatever is not a word, number, quoted text or sign of the language is a
finding with its place. So the parser behind never meets comments, sub-queries, casts or deep nesting.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from oarlock.agreement.findings import Finding
from oarlock.agreement.names import FUNCTIONS, KEYWORDS, Names
from oarlock.ground.problems import Place
from oarlock.ground.spelling import did_you_mean

MAX_CHARACTERS = 4_000
MAX_DEPTH = 16
MAX_NODES = 200
MAX_TOKENS = 1_000
"""Parts, brackets and commas together."""
MAX_DIGITS = 40
"""The longest number, counted in characters."""
MAX_FINDINGS = 20
"""So many findings of one rule are told; the rest would be noise."""
MAX_GUESSES = 3
"""So many unknown names are compared with the known ones, as comparing costs milliseconds."""

Sort = OneOf["text", "number", "name", "function", "keyword", "sign"]


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign. `text` is lower case for keywords and functions; a quoted text without its quotes."""

    sort: Sort
    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A finding of this room before it has its place in a file: `offset` counts characters from 0."""

    offset: int
    code: str
    message: str
    suggestion: str = ""

    def placed(self, text: str, where: Place) -> Finding:
        """The finding, its place counted from where the rule begins; later lines begin at the same column."""
        line = text.count("\n", 0, self.offset)
        column = self.offset - (text.rfind("\n", 0, self.offset) + 1)
        place = Place(where.file, (where.line or 1) + line, (where.column or 1) + column)
        return Finding("error", self.code, self.message, place, self.suggestion)


_REFUSED: dict[str, tuple[str, str, str]] = {
    "--": ("comment", "A rule holds no comments.", "Write what it means in `means:`. Between two signs put a space."),
    "/*": ("comment", "A rule holds no comments.", "Write what it means in `means:`."),
    "//": ("unknown-sign", "`//` means nothing in a rule.", "Divide with `/`."),
    "==": ("unknown-sign", "`==` means nothing in a rule.", "Compare with one `=`."),
    "<=>": ("unknown-sign", "`<=>` means nothing in a rule.", "Compare with `=`, or ask `is null`."),
    "**": ("unknown-sign", "`**` means nothing in a rule.", ""),
    "::": ("cast", "A rule does not change a value's type.", "Declare the field's type under `fields:`."),
    "||": ("unknown-sign", "`||` means nothing in a rule.", "For `or` write the word."),
    "&&": ("unknown-sign", "`&&` means nothing in a rule.", "For `and` write the word."),
    ";": ("statement", "A rule is one expression: it holds no `;`.", "Join conditions with `and`."),
    '"': ("double-quotes", "Double quotes name nothing in a rule.", "Put texts in single quotes: 'manufacturing'."),
    "`": ("back-quotes", "Back quotes name nothing in a rule.", "Names stand bare, texts in single quotes."),
    "$": ("unknown-sign", "`$` means nothing in a rule.", "Put texts in single quotes."),
    "?": ("unknown-sign", "A rule has no parameters.", "Write the value itself."),
    ":": ("unknown-sign", "A rule has no parameters.", "Write the value itself."),
    "%": ("unknown-sign", "`%` stands only inside a pattern.", "Write 75% as 0.75."),
    "!": ("unknown-sign", "`!` means nothing in a rule.", "Write `not`, or `<>` for different."),
    "[": ("unknown-sign", "Square brackets mean nothing in a rule.", "Lists stand in round brackets: in ('a', 'b')."),
    "{": ("unknown-sign", "Curly brackets mean nothing in a rule.", ""),
}
_TOKEN = re.compile(
    "(?P<refused>(?!!=)(?:" + "|".join(re.escape(mark) for mark in sorted(_REFUSED, key=len, reverse=True)) + "))"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<number>[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?(?![\w.]))"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*(?![\w.']))"
    r"|(?P<sign><=|>=|<>|!=|[=<>+\-*/(),])"
)
_SPACE = re.compile(r"[ \t\r\n]*")
_STRETCH = re.compile(r"[\w.]+'?")
_SQL = frozenset((
    "select", "from", "where", "case", "when", "then", "else", "end", "cast", "try_cast", "exists", "any", "all",
    "some", "distinct", "union", "with", "over", "filter", "having", "group", "order", "limit", "interval", "date",
    "timestamp", "time", "row", "array", "struct", "map", "lambda", "collate", "escape", "ilike", "similar", "glob",
    "regexp", "symmetric", "isnull", "notnull", "unknown", "current_date", "current_timestamp", "now", "copy", "attach",
    "detach", "pragma", "install", "load", "set", "call", "insert", "update", "delete", "drop", "create", "alter",
    "export", "import",
))  # fmt: skip
"""Words of SQL that people try; they get a clearer finding than a mere unknown name."""


def troubles_of_text(text: str) -> Iterator[Trouble]:
    """What is wrong with the text as characters: too long, empty, hidden or deceiving characters."""
    if len(text) > MAX_CHARACTERS:
        message = f"The rule has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read."
        yield Trouble(0, "rule-too-long", message, "Name parts of it under `rules:`.")
        return
    if not text.strip():
        yield Trouble(0, "rule-empty", "The rule is empty.", "Write a condition such as: person.email is not null")
    if not unicodedata.is_normalized("NFC", text):
        message = "Letters are written in pieces (the text is not in Unicode form NFC)."
        yield Trouble(0, "not-normalised", message, "Type the accented letters again.")
    for offset, letter in enumerate(text):
        if letter not in " \t\r\n" and _hidden(letter):
            name = unicodedata.name(letter, "a control character").lower()
            yield Trouble(offset, "hidden-character", f"There is a hidden character here: U+{ord(letter):04X}, {name}.",
                          "Delete it, and type a plain space where one is meant.")  # fmt: skip


_UNSEEN = frozenset(["Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"])
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"


def _hidden(letter: str) -> bool:
    """Controls, directions, odd spaces, and letters by name that nobody sees: fillers, variation selectors."""
    if letter.isascii():
        return not letter.isprintable()
    return (
        unicodedata.category(letter) in _UNSEEN or letter in _FILLERS
        or "\ufe00" <= letter <= "\ufe0f" or letter >= "\U000e0000"
    )  # fmt: skip


def tokens(text: str, names: Names) -> tuple[list[Token], list[Trouble]]:
    """The words and signs of a text that passed `troubles_of_text`, and all that means nothing."""
    found, troubles = _split(text)
    named = list[Token]()
    for token, after in zip(found, [*found[1:], None], strict=False):
        meant = _named(token, after, names)
        if isinstance(meant, Token):
            named.append(meant)
        elif len(troubles) < MAX_FINDINGS:
            troubles.append(meant)
    guessed = [t.offset for t in troubles if t.code == "unknown-name"][:MAX_GUESSES]
    troubles = [_guessed(t, text, names) if t.offset in guessed else t for t in troubles]
    return named, sorted(troubles, key=lambda t: t.offset)


def _guessed(trouble: Trouble, text: str, names: Names) -> Trouble:
    word = _TOKEN.match(text, trouble.offset)
    return replace(trouble, suggestion=names.suggestion(word.group() if word else ""))


def _split(text: str) -> tuple[list[Token], list[Trouble]]:
    """The text as words and signs, a word not yet looked up."""
    found, troubles, at = list[Token](), list[Trouble](), 0
    while (space := _SPACE.match(text, at)) and (at := space.end()) < len(text):
        if len(troubles) >= MAX_FINDINGS:
            break
        if len(found) >= MAX_TOKENS:
            troubles.append(_too_many(MAX_TOKENS, at))
            break
        token, at = _next(text, at)
        if isinstance(token, Trouble):
            troubles.append(token)
        else:
            found.append(token)
    return found, troubles


def _too_many(most: int, offset: int) -> Trouble:
    message = f"The rule has more than {most:,} {'words and signs' if most > MAX_NODES else 'parts'}."
    return Trouble(offset, "rule-too-large", message, "Name parts of it under `rules:`.")


def _next(text: str, at: int) -> tuple[Token | Trouble, int]:
    """The token that begins here, or what is wrong, and where to go on."""
    match = _TOKEN.match(text, at)
    if match is None:
        return _unreadable(text, at)
    word, end = match.group(), match.end()
    if match.lastgroup == "refused":
        closing = text.find(word, end) if word in ('"', "`") else -1
        return Trouble(at, *_REFUSED[word]), end if closing < 0 else closing + 1
    if match.lastgroup == "text":
        return _quoted(match)
    if match.lastgroup == "number" and len(word) > MAX_DIGITS:
        return Trouble(at, "bad-number", f"This number has more than {MAX_DIGITS} digits.", "Round it."), end
    if match.lastgroup == "number":
        return Token("number", word.replace("_", ""), at), end
    return Token("name" if match.lastgroup == "word" else "sign", "<>" if word == "!=" else word, at), end


def _quoted(quoted: re.Match[str]) -> tuple[Token | Trouble, int]:
    inner = quoted.group()[1:-1].replace("''", "'")
    if any(c in inner for c in "\t\r\n"):
        return Trouble(quoted.start(), "broken-text", "This text runs over the end of its line.",
                       "Write it on one line, with a quote at both ends."), quoted.end()  # fmt: skip
    return Token("text", inner, quoted.start()), quoted.end()


def _unreadable(text: str, at: int) -> tuple[Trouble, int]:
    if text[at] == "'":
        message = "This text has no closing quote."
        return Trouble(at, "open-quote", message, "Close it with '. A quote inside is written twice: 'it''s'."), len(
            text
        )
    stretch = _STRETCH.match(text, at)
    end = stretch.end() if stretch else at + 1
    piece = text[at:end]
    odd = next((c for c in piece if not c.isascii()), None)
    if odd is not None:
        message = f"{piece!r} holds {odd!r} ({unicodedata.name(odd, 'unnamed').lower()}), which is not a plain letter."
        return Trouble(at, "look-alike", message, "Names are written in the letters a to z."), end
    if piece.endswith("'"):
        return Trouble(at, "quote-prefix", f"{piece} begins no text.", "A text begins with a bare single quote."), end
    if piece[0].isdigit() or piece[0] == ".":
        return Trouble(at, "bad-number", f"{piece} is not a number.", "Write digits: 5000, 5_000 or 0.75."), end
    return Trouble(at, "unknown-sign", f"{piece!r} means nothing in a rule."), end


def _named(token: Token, following: Token | None, names: Names) -> Token | Trouble:
    """A bare word as the keyword, function or name that it is."""
    if token.sort != "name":
        return token
    word = token.text.lower()
    called = _is_sign(following, "(")
    if word in KEYWORDS:
        return Token("keyword", word, token.offset)
    if called:
        return Token("function", word, token.offset) if word in FUNCTIONS else _no_function(token)
    if names.type_of(token.text) is not None:
        return token
    return _no_name(token)


def _no_function(token: Token) -> Trouble:
    suggestion = did_you_mean(token.text, FUNCTIONS) or f"Rules have: {', '.join(FUNCTIONS)}."
    return Trouble(token.offset, "unknown-function", f"A rule cannot call {token.text}().", suggestion)


def _no_name(token: Token) -> Trouble:
    word = token.text.lower()
    if word in FUNCTIONS:
        message = f"{token.text} is a function and needs its brackets."
        return Trouble(token.offset, "not-called", message, f"Write {word}(...).")
    if word in _SQL:
        return Trouble(token.offset, "not-in-rules", f"`{token.text}` is SQL, but not part of rules.",
                       "A rule compares names, as in: account.employees between 50 and 5000")  # fmt: skip
    return Trouble(token.offset, "unknown-name", f"Nothing is called {token.text}.")


def troubles_of_nesting(found: Sequence[Token]) -> Iterator[Trouble]:
    """Too many parts, brackets that do not close, `not` in odd places, nesting deeper than allowed."""
    parts = [t for t in found if t.sort != "sign" or t.text not in "(),"]
    if len(parts) > MAX_NODES:
        yield _too_many(MAX_NODES, parts[MAX_NODES].offset)
    yield from _odd_nots(found)
    yield from _depths(found)


def _depths(found: Sequence[Token]) -> Iterator[Trouble]:
    """Each open bracket, and each `not` or minus waiting for its value, is one level."""
    levels: list[tuple[Token, int]] = []
    waiting = 0
    for before, token in zip([None, *found], found, strict=False):
        if _is_sign(token, "("):
            levels.append((token, waiting + 1))
        elif _is_sign(token, ")"):
            if not levels:
                yield Trouble(token.offset, "brackets", "This bracket closes nothing.", "Delete it.")
                return
            levels.pop()
        waiting = waiting + 1 if _is_prefix(token, before) else 0
        if sum(depth for _, depth in levels) + waiting > MAX_DEPTH:
            message = f"The rule is nested more than {MAX_DEPTH} deep."
            yield Trouble(token.offset, "rule-too-deep", message, "Name parts of it under `rules:`.")
            return
    if levels:
        yield Trouble(levels[-1][0].offset, "brackets", "This bracket is never closed.", "Add a `)`.")


def _odd_nots(found: Sequence[Token]) -> Iterator[Trouble]:
    """A `not` stands before a condition, after `is`, or before `in`, `between`, `like`; nowhere else."""
    for before, token, after in zip([None, *found], found, [*found[1:], None], strict=False):
        if token.sort != "keyword" or token.text != "not":
            continue
        if _ends_value(before):
            fits = after is not None and after.sort == "keyword" and after.text in ("in", "between", "like")
        else:
            fits = before is None or before.text in ("(", ",", "and", "or", "not", "is")
        if not fits:
            yield Trouble(token.offset, "odd-not", "`not` cannot stand here.", "Put brackets round what it denies.")


def _is_sign(token: Token | None, *texts: str) -> bool:
    return token is not None and token.sort == "sign" and token.text in texts


def _ends_value(token: Token | None) -> bool:
    if token is None:
        return False
    constant = token.sort == "keyword" and token.text in ("null", "true", "false")
    return constant or token.sort in ("text", "number", "name") or _is_sign(token, ")")


def _is_prefix(token: Token, before: Token | None) -> bool:
    """A `not` or a sign that stands before its value, so that each one nests deeper."""
    if token.sort == "keyword" and token.text == "not":
        return True
    return _is_sign(token, "+", "-") and not _ends_value(before)
