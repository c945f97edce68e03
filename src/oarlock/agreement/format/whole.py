"""The whole agreement as one model: every key the format knows, the parts that run later included."""

from __future__ import annotations

from typing import Annotated
from typing import Literal as OneOf

from pydantic import BeforeValidator, WithJsonSchema

from oarlock.agreement.format.funnel import Detour, Field, FieldPath, NamedRule, RuleName, Scoring, Source, Stage
from oarlock.agreement.format.handing import Absence, Calendar, Handoff, Matching, Notices, Pool, Step
from oarlock.agreement.format.leading import Leadership, User, Word
from oarlock.agreement.format.promising import Excuse, Goal, PayPlan, Promises, ScoreLine
from oarlock.agreement.format.rhythm import (
    Attribution,
    Closing,
    Forecast,
    Meeting,
    Ownership,
    Plan,
    Process,
    Requests,
)
from oarlock.agreement.format.words import Currency, Date, Name, Section, Text, Zone, must, refuse, said


def _version(value: object) -> int:
    if value is True or value != 1:
        raise refuse("unknown-format", "This is not a version of the format that is known here.", "Write `oarlock: 1`.")
    return 1


FormatVersion = Annotated[OneOf[1], BeforeValidator(_version), WithJsonSchema({"const": 1})]


class Agreement(Section):
    """What sales and marketing agree on."""

    oarlock: FormatVersion = must("The version of this format: `1`.")
    company: Text = must("The company's name.")
    in_force: Date = must("The first day on which this version judges what happens.")
    time_zone: Zone = must("The company's IANA time zone, such as `Europe/Berlin`.")
    currency: Currency = must("The company's currency, by its three letters.")
    means: Text | None = said("What this version is about, in a sentence or two.")
    leadership: Leadership | None = said("Who leads, decides and signs.")
    users: dict[Name, User] = said("The people who work leads, where they are listed here.", {})
    vocabulary: dict[Name, Word] = said("Words both teams use in one sense.", {})
    fields: dict[FieldPath, Field] = said(
        "The company's own fields; canonical ones need no declaration.", {}, max_length=300
    )
    icp: NamedRule | None = said("The ideal customer.")
    rules: dict[RuleName, NamedRule] = said("Further rules other rules may name.", {}, max_length=100)
    scoring: Scoring | None = said("How fit and engagement are scored.")
    sources: dict[Name, Source] = said("Where people come from.", {})
    stages: dict[Name, Stage] = must("The shared funnel, in order.", max_length=40)
    detours: dict[Name, Detour] = said("Ways off the funnel.", {})
    handoffs: dict[Name, Handoff] = said("What happens when people change hands.", {}, max_length=100)
    routing: list[Step] = said("Who gets a lead: the first step that applies.", [], max_length=500)
    pools: dict[Name, Pool] = said("People who take leads in turn.", {})
    calendars: dict[Name, Calendar] = said("Working hours.", {})
    absences: list[Absence] = said("Who is away, and when.", [])
    matching: Matching | None = said("How a lead finds its account.")
    notices: Notices | None = said("How people are reminded.")
    promises: Promises | None = said("What each team owes the other.")
    excuses: dict[Name, Excuse] = said("Excuses that may be declared.", {})
    goals: dict[Name, Goal] = said("Goals under revenue, each with its owner.", {})
    scorecard: list[ScoreLine] = said("The few numbers both sides look at.", [])
    pay: dict[Name, PayPlan] = said("Pay plans.", {})
    cadence: dict[Name, Meeting] = said("Meetings that come again.", {})
    processes: dict[Name, Process] = said("How each team works, step by step.", {})
    plan: Plan | None = said("How campaigns and events are planned together.")
    requests: Requests | None = said("How requests for content are answered.")
    attribution: Attribution | None = said("Which touches are credited, and how.")
    forecast: Forecast | None = said("Who owns the projection.")
    closing: Closing | None = said("When a period is closed.")
    ownership: dict[Text, Ownership] = said("Which system's value of a field wins.", {})
