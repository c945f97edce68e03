"""What goes in and comes out, as OpenAPI tells it. Strict: no other keys, no number in quotes, nothing rounded.

Instants are ISO 8601 in UTC with microseconds, money is text (`"12000.00"`), a cursor is opaque and may be kept a day.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

LIMIT = 200
Id = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f/]+$")]
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Figure = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[A-Za-z0-9_.-]+$")]
Title = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[!-~][^\x00-\x1f\x7f]*$")]
Version = Annotated[int, Field(ge=1, le=1_000_000)]


class Sent(Schema):
    """What a caller sends: exactly these keys, exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(Schema):
    """What an address may say behind its question mark: nothing else."""

    model_config = ConfigDict(extra="forbid")


class Listing(Query):
    """One page of a list: at most `limit` rows, from where `after` (the `next` of the page before) ends."""

    after: Annotated[str, Field(max_length=2_000)] = ""
    limit: Annotated[int, Field(ge=1, le=LIMIT)] = 50


class Force(Schema):
    """A signed version. `hash` is that of its text, `envelope_hash` that of what was signed."""

    number: int
    in_force_from: datetime
    hash: str
    envelope_hash: str
    adopted_at: datetime


class Versions(Schema):
    """Every signed version, newest first, and the number of the one in force now."""

    rows: list[Force]
    in_force: int | None


class ToCheck(Sent):
    """A text to look at; nothing is kept of it."""

    text: Annotated[str, Field(max_length=1_000_000)]


class Finding(Schema):
    """One thing found in an agreement; line and column count from 1, 0 is the whole."""

    level: Literal["error", "warning"]
    code: str
    message: str
    suggestion: str
    file: str
    line: int
    column: int


class Checked(Schema):
    """What was found; `errors` of them must be mended before anybody can sign."""

    errors: int
    warnings: int
    findings: list[Finding]


class ToPropose(Sent):
    """A proposed next version."""

    title: Title
    reason: Annotated[str, Field(max_length=4_000)] = ""
    text: Annotated[str, Field(min_length=1, max_length=1_000_000)]


class Proposed(Schema):
    """The id of a proposal, and the page it is discussed and signed on."""

    id: str
    page: str


class Proposal(Schema):
    """A proposal in a list; `base` is the version it would follow."""

    id: str
    title: str
    state: str
    author: str
    revision: int
    base: int | None
    opened_at: datetime
    closed_at: datetime | None


class Proposals(Schema):
    """The newest 50 proposals."""

    rows: list[Proposal]


class FiguresAsked(Query):
    """Which figures: under one `version` for all of history (0: each event by the version in force then), as known at
    the end of a day, of one period (`2026-09`, `2026-Q3`, `all`; none: the last whole month) and basis."""

    version: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    as_known: date | None = None
    period: Annotated[str, Field(pattern=r"^(all|[0-9]{4}-(0[1-9]|1[0-2])|[0-9]{4}-Q[1-4])?$")] = ""
    basis: Literal["cohort", "calendar"] = "cohort"


class DriftAsked(Query):
    """Which drift: under one `version`, as known at the end of a day."""

    version: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    as_known: date | None = None


class UnderWay(Schema):
    """Not computed yet: it was ordered and is being made. Ask again; `share` is 0 to 1 where it is known."""

    state: str
    words: str
    share: float | None


class Counted(Schema):
    """A count with the words it stands for."""

    number: int
    words: str


class Number(Schema):
    """A number with all that explains it: `value` as pages write it, `exact` unrounded; `interval` is Wilson's."""

    figure: str
    title: str
    team: str
    value: str
    exact: str | None
    words: str
    numerator: Counted | None
    denominator: Counted | None
    facts: dict[str, str]
    cases: int | None
    few: bool
    interval: list[float] | None
    terms: list[str]
    query: str | None


class Frozen(Schema):
    """The number as it was frozen when its month was closed."""

    month: str
    closed_at: datetime
    version: int
    as_known: datetime
    hash: str
    value: str | None


class Adjustment(Schema):
    """What a frozen figure would be today."""

    figure: str
    frozen: str
    today: str


class NumberWhole(Number):
    """One number, what it was frozen at, what was learned since, and the agreement's terms that use it."""

    as_known: datetime
    company: str
    currency: str
    versions: list[int]
    period: str
    basis: str
    uses: list[str]
    frozen: Frozen | None
    adjustments: list[Adjustment]


class Numbers(Schema):
    """All numbers of one funnel and period."""

    as_known: datetime
    company: str
    currency: str
    versions: list[int]
    period: str
    basis: str
    rows: list[Number]


class DriftCounts(Schema):
    """One stage: recorded and defined on the same date, on another, or only one of the two."""

    stage: str
    same: int
    another_date: int
    only_recorded: int
    only_defined: int


class Drift(Schema):
    """Recorded beside defined, as known then."""

    as_known: datetime
    versions: list[int]
    rows: list[DriftCounts]


class TrailAsked(Query):
    """Which lines of the audit trail, newest first."""

    after: Annotated[str, Field(max_length=2_000)] = ""
    limit: Annotated[int, Field(ge=1, le=LIMIT)] = 50


class Line(Schema):
    """One line: `detail` holds ids and counts; `hash` covers it and every line before it."""

    number: int
    at: datetime
    actor: str
    verb: str
    subject_kind: str
    subject: str
    detail: dict[str, Any]
    hash: str


class Trail(Schema):
    """A page of the trail."""

    rows: list[Line]
    next: str | None


class Me(Schema):
    """Who calls."""

    name: str
    email: str
    team: str
    roles: list[str]
    person: str


class Wrong(Schema):
    """A problem (RFC 9457): what, why, what next; `errors` are places in what was sent."""

    type: str
    title: str
    status: int
    code: str
    what: str
    why: str
    next_step: str
    file: str
    line: int
    column: int
    errors: list[dict[str, str]] = Field(default_factory=list)
