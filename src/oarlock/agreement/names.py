"""What a rule may name, and of which type each name is: fields of the lake, the company's own, scores, named rules.

One spelling reaches the tree: `person.person_id` may be written for `person.id`, and the tree holds `person.id`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from zoneinfo import ZoneInfo

from oarlock.agreement.terms import Field, Terms
from oarlock.agreement.tree import Type
from oarlock.ground.spelling import did_you_mean
from oarlock.records.shapes import ACCOUNTS, HANDOFF_STATES, OPPORTUNITIES, PEOPLE, STATUSES, Kind, Shape

SCORES = ("score", "fit", "engagement")
FUNCTIONS = ("touches", "activities", "days_since", "lower", "contains", "starts_with", "coalesce")
KEYWORDS = ("and", "or", "not", "in", "between", "like", "is", "null", "true", "false")
RESERVED = frozenset((*SCORES, *FUNCTIONS, *KEYWORDS))
"""Words a named rule may not take for its own."""

KNOWN_VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"opportunity.status": STATUSES, "handoff.state": HANDOFF_STATES}
)
"""Fields that only ever take these values: comparing them with another text is never true."""

_TYPES: dict[Kind, Type] = {
    "text": "text", "number": "number", "integer": "number", "money": "number", "time": "time", "flag": "flag",
}  # fmt: skip
_HANDOFF: dict[str, Type] = {
    "handoff.id": "text", "handoff.state": "text", "handoff.reason": "text", "handoff.owner_id": "text",
    "handoff.at": "time",
}  # fmt: skip
_ENTITIES: tuple[tuple[str, Shape], ...] = (
    ("person", PEOPLE), ("account", ACCOUNTS), ("opportunity", OPPORTUNITIES),
)  # fmt: skip


def _lake_types() -> dict[str, Type]:
    """`person.email: text` and so on, for every column a rule may name (maps such as `properties` are not)."""
    found: dict[str, Type] = {}
    for entity, shape in _ENTITIES:
        for column in shape.columns:
            name = "id" if column.name == f"{entity}_id" else column.name
            if column.kind in _TYPES:
                found[f"{entity}.{name}"] = _TYPES[column.kind]
    return found


CANONICAL: Mapping[str, Type] = MappingProxyType(_lake_types() | _HANDOFF | dict.fromkeys(SCORES, "number"))
"""The names every agreement knows without declaring them."""

_ALIASES = {f"{entity}.{entity}_id": f"{entity}.id" for entity, _ in _ENTITIES}


@dataclass(frozen=True, slots=True)
class Names:
    """What one agreement's rules may name. `types` maps each name to its type; `zone` is where a bare date begins."""

    types: Mapping[str, Type] = field(default_factory=lambda: CANONICAL)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    @classmethod
    def made(cls, fields: Iterable[Field] = (), rules: Iterable[str] = (), zone: ZoneInfo | None = None) -> Names:
        """The canonical names, these declared fields and these named rules (flags)."""
        own: dict[str, Type] = {f.path: f.type for f in fields}
        flags: dict[str, Type] = dict.fromkeys(rules, "flag")
        return cls(MappingProxyType(flags | own | dict(CANONICAL)), zone or ZoneInfo("UTC"))

    @classmethod
    def of(cls, terms: Terms) -> Names:
        """The names of a sealed agreement."""
        return cls.made(terms.fields, (r.key for r in terms.rules), terms.zone)

    def path(self, word: str) -> str:
        """The one spelling of this name that reaches the tree."""
        return _ALIASES.get(word, word)

    def type_of(self, word: str) -> Type | None:
        """The type of this name, or None where nothing is called so."""
        return self.types.get(self.path(word))

    def suggestion(self, word: str) -> str:
        """`Did you mean "person.email"?`, also for `email` alone, or nothing."""
        tails = [path for path in self.types if path.rpartition(".")[2] == word]
        return did_you_mean(word, tails[:1] or self.types) or (f'Did you mean "{tails[0]}"?' if tails else "")
