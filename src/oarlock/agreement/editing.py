"""The common edits of an agreement as forms: single values that can be set where they stand, and two things to add.

Promises: everything else of the text stays as it is, byte by byte, comments too; what was put in is read back, and an
edit that does not come out as exactly that one change is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oarlock.agreement.draft import Draft
from oarlock.agreement.nodes import Block, Items, Node, Path, Plain, Scalar, find, plain, walk
from oarlock.agreement.reading import read_text
from oarlock.ground.problems import UserProblem

_NUMBER = re.compile(r"'[^']*'|(?<![\w.])(\d[\d_]*(?:\.\d+)?)(?![\w.])")
_RULES = ("icp when", "rules * when", "stages * when", "scoring fit * when", "routing * when", "sources * when")
_VALUES = (
    "in_force", "scoring engagement half_life", "scoring engagement points *", "scoring fit * points",
    "stages * within", "detours * wake_after", "handoffs * accept within", "handoffs * work *",
    "promises * * at_least", "promises * * at_most", "pools * members *", "pools * cap *", "goals * target",
)  # fmt: skip
"""Paths with a form; `*` is any one step."""
MOST = 200


@dataclass(frozen=True, slots=True)
class Setting:
    """One value that can be set. `id` is its path (with `#n` for the n-th number of a rule); `lead` and `tail` are the
    words of the rule around it, as written."""

    id: str
    term: str
    label: str
    value: str
    lead: str = ""
    tail: str = ""


def settings(draft: Draft) -> tuple[Setting, ...]:
    """Every value of the text that has a form, in the order of the text."""
    return tuple(setting for path, node in walk(draft.kept) for setting in _settings(draft, path, node))


def _settings(draft: Draft, path: Path, node: Node) -> Iterator[Setting]:
    if not isinstance(node, Scalar) or _span(draft.source, node) is None:
        return
    key = "/".join(map(str, path))
    if any(_fits(path, known) for known in _VALUES):
        yield Setting(key, term_of(draft, path), _label(path), node.text)
    elif any(_fits(path, known) for known in _RULES):
        for number, found in enumerate(_numbers(node.text)):
            start, end = found.span(1)
            yield Setting(
                f"{key}#{number}", term_of(draft, path), "", found.group(1), node.text[:start], node.text[end:]
            )


def _numbers(rule: str) -> list[re.Match[str]]:
    return [found for found in _NUMBER.finditer(rule) if found.group(1)]


def _fits(path: Path, known: str) -> bool:
    steps = known.split()
    return len(steps) == len(path) and all(step in ("*", str(here)) for step, here in zip(steps, path, strict=True))


def term_of(draft: Draft, path: Path) -> str:
    """The term a path belongs to, as `dependencies` names terms."""
    first = str(path[0])
    if first in ("icp", "in_force"):
        return first
    if first == "promises":
        metric = find(draft.kept, (*path[:3], "metric"))
        return f"promises.{path[1]}.{metric.text if isinstance(metric, Scalar) else path[2]}"
    second = path[1] + 1 if isinstance(path[1], int) else path[1]
    return f"{first}.{second}"


def _label(path: Path) -> str:
    words = [str(step + 1 if isinstance(step, int) else step) for step in (path[2:] or path)]
    return " ".join(word.replace("_", " ") for word in words)


def changed(source: bytes, wanted: Mapping[str, str]) -> bytes:
    """The text with these settings set to these values; those that have them already are left alone.

    UserProblem `bad-setting-value` where a value cannot stand there, `unknown-setting` where the text has no such one.
    """
    text = source
    for key, value in wanted.items():
        known = next((setting for setting in settings(read_text(text)) if setting.id == key), None)
        if known is None:
            raise UserProblem("unknown-setting", f"The text has no `{key[:MOST]}` to set.", "", "Edit the text itself.")
        if known.value != value.strip():
            text = _set(text, known, value.strip())
    return text


def _set(source: bytes, setting: Setting, value: str) -> bytes:
    draft, (key, _, number) = read_text(source), setting.id.partition("#")
    path = next(path for path, _ in walk(draft.kept) if "/".join(map(str, path)) == key)
    node = find(draft.kept, path)
    assert isinstance(node, Scalar), "only values have a form"
    span = _span(source, node)
    assert span is not None, "only values that stand as they read have a form"
    start, end = span
    if number:
        within = _numbers(node.text)[int(number)].span(1)
        start, end = start + len(node.text[: within[0]].encode()), start + len(node.text[: within[1]].encode())
    made = source[:start] + value.encode() + source[end:]
    told = node.text if not number else setting.lead + value + setting.tail
    _require(value, source, made, path, told if number else value)
    return made


def _require(value: str, source: bytes, made: bytes, path: Path, told: str) -> None:
    """Only that value may differ, and read as it was written."""
    after = read_text(made)
    node = find(after.root, path)
    fine = 0 < len(value) <= MOST and isinstance(node, Scalar) and node.text == told
    if not fine or _without(plain(after.root), path) != _without(plain(read_text(source).root), path):
        raise _bad(value)


def _without(value: Plain, path: Path) -> Plain:
    """The tree with a hole at that path."""
    if not path:
        return None
    step = path[0]
    if isinstance(value, dict):
        return {key: _without(item, path[1:]) if key == step else item for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, path[1:]) if number == step else item for number, item in enumerate(value)]
    return value


def _span(source: bytes, node: Scalar) -> tuple[int, int] | None:
    """Where the value's letters stand in the bytes; None where they are not written as they read (escapes, folds)."""
    if not node.text_place.line or not node.text:
        return None
    lines = source.split(b"\n")
    line = lines[node.text_place.line - 1].decode("utf-8", "replace")
    column = node.text_place.column - 1
    if line[column : column + len(node.text)] != node.text:
        return None
    start = sum(len(one) + 1 for one in lines[: node.text_place.line - 1]) + len(line[:column].encode())
    return start, start + len(node.text.encode())


def with_reason(source: bytes, handoff: str, reason: str, detour: str) -> bytes:
    """The text with one more reason to reject. UserProblem where it cannot be put in by a form."""
    path: Path = ("handoffs", handoff, "reject_reasons")
    draft = read_text(source)
    block = find(draft.kept, path)
    if not isinstance(block, Block) or not block.entries or block.entry(reason):
        raise _bad(reason)
    last = block.entries[-1].value
    span = _span(source, last) if isinstance(last, Scalar) else None
    if span is None:
        raise _bad(reason)
    line = source.split(b"\n")[block.entries[-1].place.line - 1]
    indent = line[: len(line) - len(line.lstrip())]
    joint = b", " if block.flow else b"\n" + indent
    made = source[: span[1]] + joint + f"{reason}: {detour}".encode() + source[span[1] :]
    return _added(source, made, path, {reason: detour})


def with_absence(source: bytes, who: str, first: str, until: str) -> bytes:
    """The text with one more absence, both days included. UserProblem where it cannot be put in by a form."""
    item = f"- {{who: {who}, from: {first}, until: {until}}}".encode()
    draft = read_text(source)
    listed = find(draft.kept, ("absences",))
    if listed is None or not draft.root.entry("absences"):
        made = source.rstrip(b"\n") + b"\n\nabsences:\n  " + item + b"\n"
    else:
        lines = source.split(b"\n")
        at = listed.items[-1].place.line if isinstance(listed, Items) and listed.items else 0
        if not lines[at - 1].lstrip().startswith(b"- {"):
            raise _bad(who)
        indent = lines[at - 1][: len(lines[at - 1]) - len(lines[at - 1].lstrip())]
        made = b"\n".join([*lines[:at], indent + item, *lines[at:]])
    return _added(source, made, ("absences",), [{"who": who, "from": first, "until": until}])


def _with(was: object, more: dict[str, str] | list[dict[str, str]]) -> object:
    """The value with these added to it; None where they do not go together, so that nothing was added."""
    if isinstance(was, dict) and isinstance(more, dict):
        return {**was, **more}
    return [*was, *more] if isinstance(was, list) and isinstance(more, list) else None


def _added(source: bytes, made: bytes, path: Path, more: dict[str, str] | list[dict[str, str]]) -> bytes:
    """The text made, if nothing but these were added there."""
    before, after = read_text(source).root, read_text(made).root
    old, new = find(before, path), find(after, path)
    was, now = (plain(old) if old else type(more)()), (plain(new) if new else None)
    wanted = _with(was, more)
    same = {k: v for k, v in _top(after).items() if k != path[0]} == {
        k: v for k, v in _top(before).items() if k != path[0]
    }
    if now != wanted or not same:
        raise _bad(next(iter(more)) if isinstance(more, dict) else more[0]["who"])
    return made


def _top(root: Node) -> dict[str, Plain]:
    told = plain(root)
    return told if isinstance(told, dict) else {}


def _bad(value: str) -> UserProblem:
    return UserProblem(
        "bad-setting-value", f"“{value[:60]}” cannot be put there by a form.", "It would change more than that value.",
        "Edit the text itself.",
    )  # fmt: skip
