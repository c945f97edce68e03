"""How the teams work together: meetings, processes, the joint plan, requests; and how results are counted."""

from __future__ import annotations

from typing import Literal as OneOf

from oarlock.agreement.format.words import (
    Clock,
    Date,
    Day,
    Duration,
    Flag,
    Kind,
    Name,
    Names,
    Rhythm,
    Section,
    Share,
    Span,
    Team,
    Text,
    Texts,
    Whole,
    must,
    said,
)


class Meeting(Section):
    """A meeting that comes again."""

    means: Text | None = said("What it is for.")
    every: Rhythm = must("How often.")
    day: Day | None = said("The day of the week.")
    on: Whole | None = said("For months and quarters: the working day of the period.")
    at: Clock = must('The time of day: `"10:00"`.')
    minutes: Whole = must("How long.")
    who: Names = must("Who comes.")
    leads: Name | None = said("Who leads it.")
    agenda: Texts = said("Its parts, in order; without them the agenda writes itself.", [])
    calendar: Name | None = said("On a holiday of this calendar it moves to the next working day.")


class ExpectedTouch(Section):
    """What a step expects to happen."""

    kind: Kind = must("The kind of touch or activity: `call`, `meeting.held`, `email.sent`.")
    at_least: Whole = said("How many.", 1)
    within: Span | None = said("How soon after the step begins.")


class ProcessStep(Section):
    """One step of a process."""

    name: Text = must("What is done.")
    owner: Team = must("The team that does it.")
    stage: Name | None = said("The stage in which it is done.")
    means: Text | None = said("How it is done well.")
    expects: list[ExpectedTouch] = said("What must be seen in the activities.", [])
    templates: Texts = said("Texts and pages that help.", [])
    then: Names = said("The steps that may follow, where that is not the next one.", [])
    key: Name | None = said("A short name other steps use.")


class Process(Section):
    """A sales or marketing process as a map."""

    name: Text | None = said("What people call it.")
    means: Text | None = said("What it brings about.")
    owner: Team = must("The team that answers for it.")
    from_: Name | None = said("The stage in which it begins.", alias="from")
    to: Name | None = said("The stage it leads to.")
    steps: list[ProcessStep] = must("The steps in order.")
    reviewed: Date | None = said("When both teams last looked at it.")
    review_every: Duration | None = said("How often they look at it.")


class Plan(Section):
    """How campaigns, promotions, events and spiffs are planned together."""

    preview: Span | None = said("How long before its start sales sees a campaign.")
    acknowledge: Span | None = said("How long account owners may take to acknowledge or hold.")
    hold_open_deals: Flag = said("True: people with an open opportunity are left out.", False)
    apart: Span | None = said("How far apart two things for the same people must lie.")


class Requests(Section):
    """How content requests are answered and ranked."""

    answer_within: Span | None = said("How long until a request is answered.")
    owner: Name | None = said("The person who answers for the queue.")
    rank_by: dict[OneOf["pipeline", "stage", "reuse", "effort", "age"], Share] = said(
        "What puts a request first; the shares add up to 100%.", {}
    )


class Attribution(Section):
    """Which touches may be credited, and by which model."""

    eligible: OneOf["person", "opportunity-contacts", "account"] = said("Whose touches count.", "person")
    journey: OneOf["since-last-conversion", "all"] = said("Which touches before a conversion count.", "all")
    look_back: Duration | None = said("How far back touches count.")
    kinds: list[Kind] = said("The kinds of touch that count; without them all do.", [])
    models: list[
        OneOf["first", "last", "linear", "position", "u", "w", "full-path", "time-decay", "markov", "shapley"]
    ] = said("The models shown.", [])
    half_life: Duration | None = said("For time decay.")


class Forecast(Section):
    """Who owns the projection, and how often it is kept."""

    owner: Name | None = said("The one person who answers for the projection.")
    snapshot: Day = said("The day of the week on which it is kept.", "mon")
    horizon: Duration | None = said("How far it looks ahead.")


class Closing(Section):
    """When a period is closed for good."""

    after: Span | None = said("How long after its end a period is frozen.")
    by: Names = said("Who closes it.", [])


class Ownership(Section):
    """Which system's value of a field wins."""

    owner: OneOf["crm", "oarlock", "newest", "first"] = must("Whose value wins.")
    write: OneOf["always", "if-empty", "never"] = said("When the other side is written.", "always")
