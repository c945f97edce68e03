"""Compare two versions: which terms changed, in words, and everything each change touches.

Promise: whatever differs in the two texts beyond layout and comments is in a change; a change of spelling that leaves
the meaning (`a>1` for `a > 1`) says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal as OneOf

from oarlock.agreement.dependencies import Use, uses
from oarlock.agreement.draft import Draft
from oarlock.agreement.interpreting import interpret
from oarlock.agreement.nodes import Block, Entry, Items, Node, Path, Plain, Scalar, plain
from oarlock.agreement.reading import read_text
from oarlock.agreement.sealing import terms_of
from oarlock.agreement.terms import Rule, Terms
from oarlock.agreement.termtexts import Detail, details, texts
from oarlock.agreement.writing import write
from oarlock.ground.problems import UserProblem

Kind = OneOf["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class Change:
    """One term that differs. `details` are its keys that do; `touches` what rests on it, in the old version or new."""

    term: str
    kind: Kind
    details: tuple[Detail, ...]
    touches: tuple[Use, ...]
    same_meaning: bool = False

    @property
    def in_words(self) -> str:
        """`stages.mql changed: when: was ..., is now ...`."""
        same = ", but not in its meaning" if self.same_meaning else ""
        told = "; ".join(detail.in_words for detail in self.details)
        return f"{self.term} {self.kind}{same}" + (f": {told}" if self.kind in ("changed", "moved") else "")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes from the old version to the new, in the order of the texts."""

    old: Terms
    new: Terms
    changes: tuple[Change, ...]

    @property
    def same_bytes(self) -> bool:
        """Whether the two are one text, so that signatures hold."""
        return self.old.hash == self.new.hash


@dataclass(frozen=True, slots=True)
class _Version:
    """A version's terms, and each term's text as written and as meant (rules in one spelling)."""

    terms: Terms
    written: Mapping[str, Plain]
    meant: Mapping[str, Plain]


def compare(old: Terms | Draft, new: Terms | Draft) -> Comparison:
    """What changed. UserProblem `cannot-compare` where one of the two is no agreement at all."""
    before, after = _version(old), _version(new)
    keys = [*before.written, *(term for term in after.written if term not in before.written)]
    differing = [term for term in keys if _differs(term, before, after)]
    changes = [_change(term, before, after) for term in differing]
    return Comparison(before.terms, after.terms, (*changes, *_moves(before.terms, after.terms)))


def _differs(term: str, before: _Version, after: _Version) -> bool:
    if term not in before.written or term not in after.written:
        return True
    return before.written[term] != after.written[term]


def _change(term: str, before: _Version, after: _Version) -> Change:
    kind: Kind = "added" if term not in before.written else "removed" if term not in after.written else "changed"
    touched = {use.term: use for version in (before, after) for use in uses(version.terms, term)}
    same = kind == "changed" and before.meant[term] == after.meant[term]
    told = details(before.written.get(term), after.written.get(term))
    return Change(term, kind, tuple(told), tuple(touched.values()), same)


def _moves(before: Terms, after: Terms) -> Iterator[Change]:
    """Stages in another order are another funnel."""
    old = [s.key for s in before.stages if after.stage(s.key)]
    new = [s.key for s in after.stages if before.stage(s.key)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    kept = {key for block in matcher.get_matching_blocks() for key in old[block.a : block.a + block.size]}
    for key in (key for key in new if key not in kept):
        detail = Detail("order", " > ".join(old), " > ".join(new))
        yield Change(f"stages.{key}", "moved", (detail,), uses(after, f"stages.{key}"))


def _version(version: Terms | Draft) -> _Version:
    draft = version if isinstance(version, Draft) else read_text(version.source)
    reading, terms = interpret(draft), version if isinstance(version, Terms) else terms_of(draft)
    if reading is None or terms is None or not draft.root.entries:
        next_step = "Run `oarlock check` on it."
        raise UserProblem(
            "cannot-compare", f"`{draft.name}` is not an agreement that can be read.", next_step=next_step
        )
    entries = list(filter(None, (_as_written(entry, draft) for entry in draft.kept.entries)))
    written = {entry.key: plain(entry.value) for entry in entries}
    meant = {entry.key: _meant(entry.value, (entry.key,), reading.rules) for entry in entries}
    return _Version(terms, texts(written), texts(meant))


def _as_written(entry: Entry, draft: Draft) -> Entry | None:
    """The entry; in place of a stand-in (it stands nowhere in the text) what was written, if anything was."""
    return entry if entry.value.place.file else draft.root.entry(entry.key)


def _meant(node: Node, path: Path, rules: Mapping[Path, Rule]) -> Plain:
    """The plain value, rules in one spelling, amounts without the underscores that only help the eye."""
    if path in rules:
        return write(rules[path].tree)
    if isinstance(node, Block):
        return {entry.key: _meant(entry.value, (*path, entry.key), rules) for entry in node.entries}
    if isinstance(node, Items):
        return [_meant(item, (*path, number), rules) for number, item in enumerate(node.items)]
    assert isinstance(node, Scalar), "there are three kinds of node"
    return re.sub(r"(?<=\d)_(?=\d)", "", node.value) if isinstance(node.value, str) else node.value
