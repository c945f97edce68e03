"""Reading a rule: text -> our closed tree, or findings. sqlglot parses (DuckDB dialect); none of it reaches the tree.

Promises: a tree of ours or findings, never an exception, whatever the text. Limits hold before the parser is called,
and the tree written out again has every word of the text in its order: nothing is dropped or altered in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from itertools import zip_longest

from oarlock.agreement.findings import Finding
from oarlock.agreement.lexing import MAX_FINDINGS, Token, Trouble, tokens, troubles_of_nesting, troubles_of_text
from oarlock.agreement.moving import depends_on, rises_with_time
from oarlock.agreement.names import Names
from oarlock.agreement.terms import Rule
from oarlock.agreement.tree import Node
from oarlock.agreement.typecheck import typed
from oarlock.agreement.writing import Piece, pieces
from oarlock.ground.problems import NOWHERE, Place, UserProblem

__all__ = ["depends_on", "read_rule", "rises_with_time"]


def read_rule(text: str, where: Place = NOWHERE, names: Names | None = None) -> tuple[Rule | None, list[Finding]]:
    """The rule, or None and everything that is wrong with it. `where` is the place of the rule's first character."""
    _refuse_compiled_parser()
    tree, troubles = _read(text, names or Names())
    findings = [t.placed(text, where) for t in troubles[:MAX_FINDINGS]]
    return (None if tree is None or findings else Rule(text, tree, where)), findings


def _read(text: str, names: Names) -> tuple[Node | None, list[Trouble]]:
    if troubles := list(troubles_of_text(text)):
        return None, troubles
    words, troubles = tokens(text, names)
    if troubles := troubles or list(troubles_of_nesting(words)):
        return None, troubles
    tree = _parsed(text, words, names)
    if isinstance(tree, Trouble):
        return None, [tree]
    places = _places(words, list(pieces(tree)), names)
    if isinstance(places, Trouble):
        return None, [places]
    return typed(tree, places, names)


def _parsed(text: str, words: Sequence[Token], names: Names) -> Node | Trouble:
    from oarlock.agreement.reducing import Refused, parse, reduce  # sqlglot takes 0.15 s to import: only who reads pays

    brackets = sum(word.sort == "sign" and word.text == "(" for word in words)
    try:
        return reduce(parse(text), names, brackets)
    except Refused as refused:
        offset = refused.offset if refused.offset is not None else words[0].offset
        return Trouble(offset, refused.code, refused.message, refused.suggestion)


_ODD = "This form is not part of rules."
_ODD_HINT = "Put brackets round each condition, and use only what docs/reference/rules.md lists."


def _places(words: Sequence[Token], written: Sequence[Piece], names: Names) -> dict[int, int] | Trouble:
    """Where each node of the tree (by `id`) stands in the text; or where text and tree part ways.

    `not` may move (`not a in (1)` is written `a not in (1)`), brackets may be superfluous: these are only counted.
    """
    nots = [[w.text for w in side if w.sort == "keyword"].count("not") for side in (words, written)]
    places: dict[int, int] = {}
    for word, piece in zip_longest(filter(_counts, words), filter(_counts, written)):
        if word is None or piece is None or _meaning(word, names) != _meaning(piece, names) or nots[0] != nots[1]:
            return Trouble((word or words[-1]).offset, "not-in-rules", _ODD, _ODD_HINT)
        places.setdefault(id(piece.node), word.offset)
    return places


def _counts(word: Token | Piece) -> bool:
    return not (word.sort == "sign" and word.text in "()") and not (word.sort == "keyword" and word.text == "not")


def _meaning(word: Token | Piece, names: Names) -> object:
    """What must be equal in text and tree: `1_000` is `1000.0`, `person.person_id` is `person.id`."""
    if word.sort == "number":
        return float(word.text)
    return (word.sort, names.path(word.text) if word.sort == "name" else word.text)


@cache
def _refuse_compiled_parser() -> None:
    """Under sqlglot's compiled build, nested brackets end the whole process: only the pure build may parse."""
    home = find_spec("sqlglot.parser")
    pure = home is not None and str(home.origin).endswith(".py") and find_spec("sqlglotc") is None
    if not pure:
        raise UserProblem(
            "compiled-sqlglot",
            "The compiled build of sqlglot is installed; rules are read only by the pure build.",
            "Under the compiled build a hostile rule can end the process.",
            "Remove it: pip uninstall sqlglotc",
        )
