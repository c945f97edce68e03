"""An agreement's text cut into its terms, and two texts of one term compared key by key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from oarlock.agreement.nodes import Plain

_WHOLE = frozenset(("icp", "plan", "requests", "attribution", "forecast", "closing", "matching", "notices"))
"""Sections that are one term."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One key of a term that differs; None where it does not stand."""

    key: str
    old: str | None
    new: str | None

    @property
    def in_words(self) -> str:
        """`within: was 1 business hours, is now 2 business hours`."""
        head = f"{self.key}: " if self.key else ""
        if self.old is None:
            return f"{head}now {self.new}"
        return f"{head}was {self.old}, is now {self.new}" if self.new is not None else f"{head}was {self.old}, is gone"


def texts(agreement: Mapping[str, Plain]) -> dict[str, Plain]:
    """Each term with what is written under it."""
    return {term: value for section, body in agreement.items() for term, value in _terms(section, body)}


def _terms(section: str, body: Plain) -> Iterator[tuple[str, Plain]]:
    if section == "leadership" and isinstance(body, dict):
        people = body.get("people")
        yield from _named("leadership.people", people if isinstance(people, dict) else {})
        yield from ((f"leadership.{key}", value) for key, value in body.items() if key != "people")
    elif section == "promises" and isinstance(body, dict):
        for team, owed in body.items():
            yield from _measured(f"promises.{team}", owed if isinstance(owed, list) else [])
    elif section == "scorecard" and isinstance(body, list):
        yield from _measured(section, body)
    elif isinstance(body, dict) and section not in _WHOLE:
        yield from _named(section, body)
    else:
        yield section, body


def _named(section: str, body: Mapping[str, Plain]) -> Iterator[tuple[str, Plain]]:
    for key, value in body.items():
        spelt_out: Plain = {"means": value} if section == "vocabulary" and isinstance(value, str) else value
        yield f"{section}.{key}", spelt_out


def _measured(section: str, lines: list[Plain]) -> Iterator[tuple[str, Plain]]:
    """Lines by their metric; a metric's second line is `#2`."""
    seen: dict[str, int] = {}
    for line in lines:
        body: dict[str, Plain] = dict(line) if isinstance(line, dict) else {"metric": line}
        metric = str(body.get("metric"))
        seen[metric] = seen.get(metric, 0) + 1
        yield f"{section}.{metric}" + (f"#{seen[metric]}" if seen[metric] > 1 else ""), body


def details(old: Plain, new: Plain, key: str = "") -> Iterator[Detail]:
    """The keys that differ. Lists of mappings are laid side by side, so that one line more moves none."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            if old.get(name) != new.get(name):
                yield from details(old.get(name), new.get(name), f"{key}.{name}" if key else name)
    elif isinstance(old, list) and isinstance(new, list) and any(isinstance(i, dict) for i in (*old, *new)):
        yield from _lines(old, new, key)
    elif old != new:
        yield Detail(key, None if old is None else compact(old), None if new is None else compact(new))


def _lines(old: list[Plain], new: list[Plain], key: str) -> Iterator[Detail]:
    matcher = SequenceMatcher(None, [compact(line) for line in old], [compact(line) for line in new], autojunk=False)
    for _, i, i_end, j, j_end in (code for code in matcher.get_opcodes() if code[0] != "equal"):
        for step in range(max(i_end - i, j_end - j)):
            before = old[i + step] if i + step < i_end else None
            after = new[j + step] if j + step < j_end else None
            number = (j if after is not None else i) + step + 1
            yield from details(before, after, f"{key}.{number}" if key else str(number))


def compact(value: Plain) -> str:
    """On one line, as YAML would have it in braces."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {compact(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(compact(part) for part in value) + "]"
    return value if isinstance(value, str) else json.dumps(value)
