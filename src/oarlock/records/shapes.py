"""The lake's tables, column by column: the one list that import, store, lake and measuring rooms follow.

Kinds of column: `text`, `number` (64-bit float), `integer` (64-bit), `money` (decimal(18,2)),
`time` (UTC, microseconds), `flag` (true or false), `texts` (a map from text to text: the company's own fields).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "integer", "money", "time", "flag", "texts"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, kind, and whether a row without it is refused."""

    name: str
    kind: Kind = "text"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """One table. `key` names the columns that tell rows apart; `fact` tables are append-only."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    fact: bool = False

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)


def _shape(name: str, key: str, *columns: str, fact: bool = False) -> Shape:
    """Read `"amount:money"`, `"at:time!"` (`!` = required); a bare word is text."""
    parsed = []
    for word in columns:
        column, _, kind = word.rstrip("!").partition(":")
        parsed.append(Column(column, kind or "text", word.endswith("!")))  # type: ignore[arg-type]
    return Shape(name, tuple(key.split()), tuple(parsed), fact)


PEOPLE = _shape(
    "people", "person_id",
    "person_id!", "email", "name", "title", "phone", "company_name", "account_id", "country", "region", "language",
    "source", "source_detail", "campaign_id", "landing_page", "owner_id", "created_at:time", "recorded_stage",
    "consent", "properties:texts",
)  # fmt: skip
ACCOUNTS = _shape(
    "accounts", "account_id",
    "account_id!", "name", "domain", "industry", "employees:number", "annual_revenue:number", "country", "owner_id",
    "parent_id", "properties:texts",
)  # fmt: skip
OPPORTUNITIES = _shape(
    "opportunities", "opportunity_id",
    "opportunity_id!", "account_id", "person_id", "name", "kind", "product", "amount:money", "currency", "stage",
    "status!", "owner_id", "campaign_id", "created_at:time", "expected_close:time", "closed_at:time", "lost_reason",
    "properties:texts",
)  # fmt: skip
TOUCHES = _shape(
    "touches", "touch_id",
    "touch_id!", "person_id!", "at:time!", "recorded_at:time!", "channel", "kind", "campaign_id", "content", "url",
    "cost:money",
    fact=True,
)  # fmt: skip
ACTIVITIES = _shape(
    "activities", "activity_id",
    "activity_id!", "at:time!", "recorded_at:time!", "person_id", "opportunity_id", "user_id", "kind!", "direction",
    "outcome", "minutes:number",
    fact=True,
)  # fmt: skip
CHANGES = _shape(
    "changes", "change_id",
    "change_id!", "at:time!", "recorded_at:time!", "entity!", "entity_id!", "field!", "value", "by", "origin",
    fact=True,
)  # fmt: skip
HANDOFF_EVENTS = _shape(
    "handoff_events", "event_id",
    "event_id!", "handoff_id!", "at:time!", "recorded_at:time!", "person_id!", "cycle:integer", "kind!", "by", "to",
    "reason", "due_at:time", "agreement",
    fact=True,
)  # fmt: skip
STAGE_ENTRIES = _shape(
    "stage_entries", "person_id cycle stage",
    "person_id!", "cycle:integer!", "stage!", "at:time!", "recorded_at:time!", "agreement", "because",
    "skipped:flag",
    fact=True,
)  # fmt: skip
CAMPAIGNS = _shape(
    "campaigns", "campaign_id",
    "campaign_id!", "name", "channel", "owner_id", "started_at:time", "ended_at:time", "properties:texts",
)  # fmt: skip
CAMPAIGN_COSTS = _shape(
    "campaign_costs", "cost_id",
    "cost_id!", "campaign_id!", "at:time!", "recorded_at:time!", "amount:money!", "currency",
    fact=True,
)  # fmt: skip
USERS = _shape(
    "users", "user_id",
    "user_id!", "name", "email", "role", "team", "manager_id", "region", "active:flag", "properties:texts",
)  # fmt: skip
OPPORTUNITY_CONTACTS = _shape(
    "opportunity_contacts", "opportunity_id person_id", "opportunity_id!", "person_id!", "role",
)  # fmt: skip

SHAPES: dict[str, Shape] = {
    shape.name: shape
    for shape in (
        PEOPLE, ACCOUNTS, OPPORTUNITIES, TOUCHES, ACTIVITIES, CHANGES, HANDOFF_EVENTS, STAGE_ENTRIES, CAMPAIGNS,
        CAMPAIGN_COSTS, USERS, OPPORTUNITY_CONTACTS,
    )
}  # fmt: skip

ENTITIES = ("person", "account", "opportunity", "user", "campaign")
"""What a row of `changes` may be about. The field `stage` of a person is an operator's hand (a stage or a detour);
`recorded_stage` is what the CRM recorded; `merged_into` names the person who took this one over."""

STATUSES = ("open", "won", "lost")
HANDOFF_STATES = ("offered", "accepted", "rejected", "lapsed", "returned", "recycled", "worked", "converted")
"""The kinds of hand-off fact that change its state, each named as the state after it."""
HANDOFF_KINDS = (*HANDOFF_STATES, "reassigned", "reminded", "notified", "breached", "redated", "appealed")

ERASED = "erased"
"""What stands where an identity stood: known, and no more said, so that a rule that asks whether it is known holds."""
IDENTITY = ("email", "name", "title", "phone", "company_name", "landing_page")
"""Fields of a person that say who they are: erasing leaves none of their values."""
COUNTED_BY = (
    "account_id", "country", "region", "language", "source", "campaign_id", "owner_id", "created_at", "recorded_stage",
    "consent", "stage", "merged_into",
)  # fmt: skip
"""Fields of a person that say nothing of who they are: erasing leaves them, and counts stay what they were. Of all
other fields, and of `FREE_TEXT`, erasing leaves only values that several other people share."""
FREE_TEXT: dict[str, tuple[str, ...]] = {"touches": ("content", "url"), "activities": ("outcome",)}
"""Columns of facts with words somebody may have written about or as that person."""
