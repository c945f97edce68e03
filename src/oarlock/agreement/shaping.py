"""From nodes to the format's models: every refused value becomes a finding with its place, and the rest goes on.

A value that is refused is taken out and the rest read again, so that one mistake hides no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from oarlock.agreement.findings import Finding
from oarlock.agreement.format.keys import keys_at
from oarlock.agreement.format.whole import Agreement
from oarlock.agreement.nodes import EMPTY, Block, Entry, Node, Path, Scalar, find, place, plain, walk, without
from oarlock.ground.problems import NOWHERE, Place
from oarlock.ground.spelling import did_you_mean

MAX_REFUSED = 200
"""So many refused values are told at once; the rest are refused in silence until these are mended."""

_MOST_ROUNDS = 8
_STAND_INS: dict[str, Node] = {
    "oarlock": Scalar(1, NOWHERE, NOWHERE, "1"),
    "company": Scalar("-", NOWHERE, NOWHERE, "-"),
    "in_force": Scalar("2000-01-01", NOWHERE, NOWHERE, "2000-01-01"),
    "time_zone": Scalar("UTC", NOWHERE, NOWHERE, "UTC"),
    "currency": Scalar("EUR", NOWHERE, NOWHERE, "EUR"),
    "stages": EMPTY,
}
_KINDS = {
    "dict_type": "a list of `key: value` lines",
    "model_type": "a list of `key: value` lines",
    "list_type": "a list of lines beginning with `-`",
    "string_type": "a text",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What was understood, the nodes it was understood from, and what was found."""

    agreement: Agreement | None
    kept: Block
    findings: tuple[Finding, ...]


def shaped(root: Block, name: str) -> Shape:
    """The agreement without what was refused, and what was found. `name` is the file, for want of a better place."""
    empty = [path for path, node in walk(root) if path and isinstance(node, Scalar) and node.value is None]
    findings = [_nothing_behind(path, root) for path in empty]
    kept, gone = _taken_out(root, empty), {_slot(root, path) for path in empty}
    for _ in range(_MOST_ROUNDS):
        try:
            return Shape(Agreement.model_validate(plain(kept)), kept, tuple(findings))
        except ValidationError as refused:
            errors = [(error, _path(error, kept)) for error in refused.errors(include_url=False)]
        new = [(e, path) for e, path in errors if e["type"] != "missing" or _slot(kept, path) not in gone]
        findings += [_finding(error, path, kept, name) for error, path in new[:MAX_REFUSED]]
        targets = {path[:-1] if e["type"] == "missing" else path for e, path in errors} - {()}
        gone |= {_slot(kept, path) for path in targets}
        kept = _stood_in(_taken_out(kept, targets), name)
    return Shape(None, kept, tuple(findings))


def _stood_in(root: Block, name: str) -> Block:
    """Required top keys that are missing, by stand-ins: they were reported, and the rest can still be checked."""
    at = root.place if root.place.file else Place(name)
    absent = [key for key in _STAND_INS if root.entry(key) is None]
    return replace(root, entries=(*root.entries, *(Entry(key, at, _STAND_INS[key]) for key in absent)))


def _slot(root: Block, path: Path) -> tuple[Place, str]:
    """A key by the place of what holds it: it stays the same while other things are taken out."""
    holder = find(root, path[:-1])
    return (holder.place if holder else root.place, str(path[-1]))


def _taken_out(root: Block, paths: Iterable[Path]) -> Block:
    node = without(root, frozenset(paths))
    assert isinstance(node, Block), "taking something out of a block leaves a block"
    return node


def _nothing_behind(path: Path, root: Block) -> Finding:
    at, last = place(root, path, key=True), path[-1]
    what = f"Nothing stands behind `{last}`." if isinstance(last, str) else "Nothing stands behind this `-`."
    return Finding("warning", "empty-value", what, at, "Fill it in, or delete the line.")


def _path(error: ErrorDetails, root: Block) -> Path:
    """Where the error is, in keys and indexes that stand in the text; shorthand forms leave no step of their own."""
    steps: Path = tuple(step for step in error["loc"] if step != "[key]")
    if error["type"] == "missing":
        return steps if find(root, steps[:-1]) is not None else steps[:-1]
    while steps and find(root, steps) is None:
        steps = steps[:-1]
    return steps


def _finding(error: ErrorDetails, path: Path, root: Block, name: str) -> Finding:
    at = place(root, path, key=error["type"] in ("extra_forbidden", "string_pattern_mismatch"))
    code, message, suggestion = _told(error, path, find(root, path))
    return Finding("error", code, message, at if at.file else Place(name), suggestion)


def _told(error: ErrorDetails, path: Path, node: Node | None) -> tuple[str, str, str]:
    """Code, message and suggestion."""
    kind, context = error["type"], error.get("ctx", {})
    last = str(path[-1])[:60] if path else ""
    if "told" in context:
        return kind, str(context["told"]), str(context["suggestion"])
    if kind == "extra_forbidden":
        known = keys_at(path[:-1])
        return "unknown-key", f"`{last}` is not a key here.", did_you_mean(last, known) or _one_of(known)
    if kind == "missing":
        return "missing-key", f"{_owner(path[:-1])} needs the key `{last}`.", f"Add `{last}:`."
    if kind == "literal_error":
        options = str(context.get("expected", "")).split("'")[1::2]
        written = str(node.text)[:60] if isinstance(node, Scalar) else "This"
        return "not-one-of", f"`{written}` is not known here.", did_you_mean(written, options) or _one_of(options)
    if kind == "string_pattern_mismatch":
        what, example = ("rule", "icp") if path[0] == "rules" else ("field", "person.job_level")
        return "bad-name", f"`{last}` cannot name a {what}.", f"Write it like `{example}`."
    if kind in _KINDS:
        suggestion = "Write the rule behind `when:`." if "when" in keys_at(path) and isinstance(node, Scalar) else ""
        return "wrong-kind", f"{_owner(path)} must be {_KINDS[kind]}.", suggestion
    if kind == "too_long":
        return "too-many", f"{_owner(path)} has more than {context.get('max_length')} entries.", ""
    if kind == "too_short":
        return "too-few", f"{_owner(path)} has fewer than {context.get('min_length')} entries.", ""
    return kind.replace("_", "-"), f"{_owner(path)}: {error['msg']}.", ""


def _one_of(options: Iterable[str]) -> str:
    words = ", ".join(sorted(options))
    return f"Known here: {words}." if words else ""


def _owner(path: Path) -> str:
    return f"`{'.'.join(map(str, path))[:120]}`" if path else "The agreement"
