"""From marketing to sales: hand-offs with their clocks, routing, pools, calendars, absences, matching, reminders."""

from __future__ import annotations

from typing import Annotated
from typing import Literal as OneOf

from pydantic import Field as Keyed

from oarlock.agreement.format.words import (
    Clock,
    Date,
    Duration,
    Flag,
    Name,
    Names,
    Number,
    Region,
    Rule,
    Section,
    Share,
    Span,
    Team,
    Text,
    Texts,
    Whole,
    Zone,
    must,
    said,
)


class Accept(Section):
    """The first clock of a hand-off."""

    within: Span = must("How long the receiver may take to accept or reject.")


class Work(Section):
    """The second clock of a hand-off."""

    first_touch: Span | None = said("How long until the first contact is tried.")
    attempts: Whole | None = said("How many contacts are tried before giving up.")
    within: Span | None = said("How long until the attempts are made.")


class BreachStep(Section):
    """What happens as a clock runs out."""

    at: Share = must("How much of the time has passed: `75%`, `100%`, `200%`.")
    do: Text = must("`remind owner`, `reassign`, `notify manager`, `notify NAME`, or `lapse` (given up).")
    clock: OneOf["accept", "work"] = said("Which clock.", "accept")


class Handoff(Section):
    """What happens when somebody enters a stage that another team works."""

    name: Text | None = said("What people call it.")
    means: Text | None = said("What is handed over, in words.")
    at: Name = must("The stage whose entry starts it.")
    from_: Team = said("The team that hands over.", "marketing", alias="from")
    to: Team = said("The team that receives.", "sales")
    calendar: Name | None = said("The working hours of its clocks where the pool has none.")
    accept: Accept | None = said("The clock until accepted or rejected.")
    work: Work | None = said("The clock until worked.")
    reject_reasons: dict[Name, Name] = said("Each reason with the detour it leads to.", {})
    return_reasons: Texts = said("Reasons for giving an accepted lead back.", [])
    evidence: Texts = said("Fields shown with the lead, so that the receiver sees why it came.", [])
    on_breach: list[BreachStep] = said("What happens as a clock runs out, in order.", [])


class Step(Section):
    """One step of routing; the first that applies and has somebody available wins."""

    when: Rule | None = said("The rule that must hold; without it the step always applies.")
    to: Text = must("`account-owner`, `pool NAME`, `user NAME` or `queue NAME`.")
    needs: Texts = said("Skills the receiver must have.", [])
    name: Text | None = said("What people call this step.")


class Cap(Section):
    """How much one member may get."""

    per_day: Whole | None = said("New leads a day.")
    open: Whole | None = said("Leads open at once.")


class Pool(Section):
    """People who take leads in turn."""

    means: Text | None = said("What the pool is for.")
    members: dict[Name, Number] = must("Each member with a weight: one of weight 2 gets twice as many.")
    cap: Cap | None = said("The most one member gets.")
    calendar: Name | None = said("The pool's working hours.")
    manager: Name | None = said("Who is told when the pool fails.")
    skip_last: Whole = said("How many of the last receivers of the same lead are passed over.", 1)
    warm_up: Duration | None = said("Over this time newcomers and returners reach their full share.")


class Calendar(Section):
    """Working hours."""

    time_zone: Zone | None = said("An IANA zone; the agreement's own where it is not given.")
    hours: dict[Text, Text] = must('Hours of each day or run of days: `mon-thu: "09:00-12:30, 13:30-17:30"`.')
    holidays: Region | None = said("Public holidays of a country or region, such as `DE-BE`.")
    closed: list[Date] = said("Further days on which nobody works.", [])


class Absence(Section):
    """Somebody is away."""

    who: Name = must("The person.")
    from_: Date = must("The first day away.", alias="from")
    until: Date = must("The last day away.")
    means: Text | None = said("Why, if it may be said.")


class Matching(Section):
    """How a lead finds its account."""

    sure: Share = said("How like two names must be to be matched without asking.", 0.93)
    propose: Share = said("How like they must be to be proposed.", 0.8)
    shared_domains: Texts = said("Mail domains that many companies share, beside the known free ones.", [])
    same_country: Flag = said("True: names match only within one country.", False)


class Notices(Section):
    """How people are reminded."""

    quiet: Annotated[list[Clock], Keyed(min_length=2, max_length=2)] | None = said(
        "No reminder between these two times of day, in the receiver's own zone."
    )
    channels: Names = said("Channels an administrator has set up, in order.", [])
    queue_owner: Name | None = said("Who is told when a lead waits and nobody is available.")
