"""A draft with its rules read: what checking, sealing and explaining start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

from oarlock.agreement.draft import Draft
from oarlock.agreement.findings import Finding
from oarlock.agreement.format.whole import Agreement
from oarlock.agreement.language import read_rule
from oarlock.agreement.names import Names
from oarlock.agreement.nodes import Block, Path, Scalar, child, walk
from oarlock.agreement.terms import Field, Rule
from oarlock.agreement.tree import Type

_TYPES: Mapping[str, Type] = MappingProxyType({"text": "text", "number": "number", "flag": "flag", "time": "time"})


@dataclass(frozen=True, slots=True)
class Reading:
    """The draft, its agreement, and each rule by its path in the text; rules that could not be read are not there."""

    draft: Draft
    agreement: Agreement
    names: Names
    rules: Mapping[Path, Rule]
    findings: tuple[Finding, ...]

    def named(self) -> Iterator[tuple[str, Path, Rule]]:
        """The named rules that could be read: name, path, rule."""
        for path, rule in self.rules.items():
            if path == ("icp", "when") or (path[0] == "rules" and len(path) == 3):
                yield str(path[-2]), path, rule


def interpret(draft: Draft) -> Reading | None:
    """The draft with its rules read; None where there is no agreement to speak of."""
    if draft.agreement is None:
        return None
    names = names_of(draft)
    rules, findings = {}, []
    for path, node in walk(draft.kept):
        if path and path[-1] == "when" and isinstance(node, Scalar):
            rule, found = read_rule(node.text.rstrip(), node.text_place, names)
            findings += found
            if rule is not None:
                rules[path] = rule
    return Reading(draft, draft.agreement, names, MappingProxyType(rules), tuple(findings))


def names_of(draft: Draft) -> Names:
    """What the draft's rules may name: also what it declares badly, so that one mistake is reported once."""
    fields = [Field(path, _declared_type(draft, path)) for path in draft.keys("fields")]
    rules = [*(["icp"] if "icp" in draft.root.keys else []), *draft.keys("rules")]
    zone = ZoneInfo(draft.agreement.time_zone) if draft.agreement else None
    return Names.made(fields, rules, zone)


def _declared_type(draft: Draft, path: str) -> Type:
    written = draft.root.entry("fields")
    field = child(written.value, path) if written else None
    kind = child(field, "type") if isinstance(field, Block) else None
    return _TYPES.get(kind.text, "text") if isinstance(kind, Scalar) else "text"
