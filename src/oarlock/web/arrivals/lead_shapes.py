"""A lead as `POST /api/leads` takes it, and what it is answered: the shapes OpenAPI tells."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Words = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[^\x00]+$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Kind = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=100)]
Value = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")] | bool | int | float


class Sent(BaseModel):
    """Exactly these keys, exactly these types. Read straight from its bytes: times are texts, as JSON has them."""

    model_config = ConfigDict(extra="forbid", strict=True)


class AccountSent(Sent):
    """The company of a lead, as far as it is known."""

    id: Word | None = None
    name: Word | None = None
    domain: Word | None = None
    industry: Word | None = None
    employees: Annotated[int, Field(ge=0, le=100_000_000)] | None = None
    annual_revenue: Annotated[int, Field(ge=0, le=10**15)] | None = None
    country: Word | None = None
    properties: Annotated[dict[Name, Value], Field(max_length=60)] | None = None


class LeadSent(Sent):
    """A lead: somebody by `email`, `phone` or your own `id`, and what is known of them.

    `at` is when it happened (none: now); `touch` the kind of touch it was, such as `form.demo_request`; `properties`
    are the company's own fields (`job_level`). `source`, `campaign_id` and `landing_page` count for somebody new.
    """

    id: Word | None = None
    anonymous_id: Word | None = None
    email: Annotated[str, Field(min_length=3, max_length=320, pattern=r"^[^\x00-\x20@]+@[^\x00-\x20@]+$")] | None = None
    phone: Word | None = None
    name: Word | None = None
    title: Word | None = None
    company: Word | None = None
    domain: Word | None = None
    country: Word | None = None
    region: Word | None = None
    language: Word | None = None
    source: Word | None = None
    source_detail: Words | None = None
    campaign_id: Word | None = None
    landing_page: Words | None = None
    consent: Words | None = None
    at: AwareDatetime | None = None
    touch: Kind | None = None
    channel: Word | None = None
    content: Words | None = None
    url: Words | None = None
    account: AccountSent | None = None
    properties: Annotated[dict[Name, Value], Field(max_length=60)] | None = None


class LeadTaken(Schema):
    """What became of a lead. `owner` is who has it, `why` the sentence that says why; both empty without a hand-off.

    `remarks` say what was understood otherwise than it was written.
    """

    person_id: str
    stage: str | None = None
    handoff: str | None = None
    owner: str | None = None
    queue: str | None = None
    due_at: AwareDatetime | None = None
    why: str = ""
    remarks: list[str] = Field(default_factory=list)
