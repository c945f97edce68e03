"""A small random company for the replay test: rows in the lake's shapes from one seed, and agreements for it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from oarlock.agreement.language import read_rule
from oarlock.agreement.names import Names
from oarlock.agreement.terms import Detour, Field, Handoff, NamedRule, Points, Rule, Scoring, Stage, Terms
from oarlock.ground.problems import NOWHERE

START = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = (Field("person.job_level", "text"), Field("account.robots", "number"), Field("person.score_hint", "number"))


def rule(text: str, *named: str) -> Rule:
    """A rule that must be read without findings."""
    found, findings = read_rule(text, NOWHERE, Names.made(FIELDS, named))
    assert found is not None and not findings, findings
    return found


MQL_RULES = (
    "fit >= 40 and engagement >= 40",
    "score > 55",
    "touches('form.demo_request', 20) >= 1 or engagement >= 60",
    "icp and person.job_level in ('vp', 'director')",
    "engagement < 30 and touches('*', 40) >= 2",
    "days_since(person.created_at) >= 3 and person.job_level is not null",
    "account.robots * 2 > 10 or lower(person.job_level) like 'v%'",
)
SQL_RULES = (
    "activities('meeting.held', 10) >= 1",
    "activities('*', 5) >= 2",
    "opportunity.amount > 100",
    "handoff.owner_id = 'lena' and activities('call', 30) >= 1",
)


def agreement(chance: random.Random, in_force: date, number: int) -> Terms:
    """One random version."""
    half_life = chance.choice([timedelta(days=30), timedelta(days=2), timedelta(hours=5), None])
    scoring = Scoring(
        fit=(Points(rule("icp", "icp"), 40.0), Points(rule("person.job_level = 'vp'"), 20.0)),
        engagement=(("webinar", 20.0), ("form.demo_request", 60.0), ("click", 3.5), ("unsubscribe", -15.0)),
        half_life=half_life,
    )
    stages = (
        Stage("lead", "Lead", "marketing", "inventory", rule("person.email is not null")),
        Stage("mql", "MQL", "marketing", "gate", rule(chance.choice(MQL_RULES), "icp")),
        Stage(
            "sal",
            "SAL",
            "sales",
            "sla",
            rule(chance.choice(["handoff.state = 'accepted'", "handoff.state <> 'offered'"])),
        ),
        Stage("tried", "Tried", "sales", "gate", None, recorded_as=("Trying", "tried out")),
        Stage("sql", "SQL", "sales", "gate", rule(chance.choice(SQL_RULES))),
        Stage("opportunity", "Opportunity", "sales", "inventory", rule("opportunity.id is not null")),
        Stage("customer", "Customer", "sales", "inventory", rule("opportunity.status = 'won'")),
    )
    wait = chance.choice([None, timedelta(days=10), timedelta(days=40)])
    return Terms(
        company="Testwater", in_force=in_force, time_zone="Europe/Berlin", currency="EUR", stages=stages,
        detours=(
            Detour("recycled", "Recycled", False, "lead", wait),
            Detour("disqualified", "Disqualified", True),
            Detour("parked", "Parked", False, "mql", timedelta(days=5)),
        ),
        scoring=scoring, fields=FIELDS, number=number,
        rules=(NamedRule("icp", rule("account.employees between 50 and 5000 and account.industry = 'logistics'")),),
        handoffs=(
            Handoff(
                "mql-to-sdr", "mql", (("bad-data", "disqualified"), ("no-budget", "recycled"), ("later", "parked"))
            ),
        ),
    )  # fmt: skip


@dataclass
class Rows:
    """Lake rows by table."""

    tables: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    def add(self, table: str, **row: object) -> None:
        """Append a row."""
        self.tables.setdefault(table, []).append(row)


class Company:
    """Random rows for some people; instants are drawn from few values so that ties are common."""

    def __init__(self, seed: int, people: int) -> None:
        self.chance = random.Random(seed)
        self.rows = Rows()
        self.serial = 0
        for n in range(3):
            self.account(f"a{n}")
        for n in range(people):
            self.person(f"p{n}")

    def id(self) -> str:
        """A fresh id whose order is not the order of arrival."""
        self.serial += 1
        return f"{self.chance.randrange(10**6):06d}-{self.serial}"

    def at(self) -> datetime:
        """An instant within about 100 days, often shared."""
        if self.chance.random() < 0.5:
            return START + timedelta(days=self.chance.randrange(100))
        return START + timedelta(microseconds=self.chance.randrange(100 * 86_400_000_000))

    def times(self) -> dict[str, datetime]:
        """`at`, and `recorded_at`, which is sometimes later."""
        at = self.at()
        late = self.chance.choice([0, 0, 0, 0, 5])
        return {"at": at, "recorded_at": at + timedelta(days=late)}

    def maybe(self, *values: object) -> object:
        """One of the values, or nothing."""
        return self.chance.choice([None, *values])

    def change(self, entity: str, entity_id: str, name: str, *values: str | None) -> None:
        """Some changes of one field."""
        for _ in range(self.chance.choice([0, 0, 1, 3])):
            self.rows.add(
                "changes", change_id=self.id(), entity=entity, entity_id=entity_id, field=name,
                value=self.chance.choice(values), by="olive", origin="test", **self.times(),
            )  # fmt: skip

    def account(self, key: str) -> None:
        """An account, some of its fields with a history."""
        self.rows.add(
            "accounts", account_id=key, name=key, industry=self.maybe("logistics", "food"),
            employees=self.maybe(49.0, 50.0, 700.0), properties={"robots": str(self.chance.randrange(12))},
        )  # fmt: skip
        self.change("account", key, "employees", "10", "200", "many", None, "1e2")
        self.change("account", key, "robots", "2", "30", "nan", "1_000")

    def person(self, key: str) -> None:
        """A person with everything that can happen to one."""
        self.rows.add(
            "people", person_id=key, email=self.maybe(f"{key}@x.example"), account_id=self.maybe("a0", "a1", "a2"),
            created_at=self.chance.choice([self.at(), self.at(), START, None]),
            recorded_stage=self.maybe("TRYING", "lead"),
            properties=self.chance.choice([None, {}, {"job_level": "vp"}, {"job_level": "Vague"}]),
        )  # fmt: skip
        self.meetings(key)
        if self.chance.random() < 0.3:
            return  # somebody to whom nothing else ever happens
        self.change("person", key, "job_level", "vp", "director", None)
        self.change("person", key, "recorded_stage", "Tried Out", "mql", None)
        self.change("person", key, "stage", "recycled", "mql", "sql", "disqualified", "nonsense")
        self.change("person", key, "nickname", "x")
        for n in range(self.chance.choice([0, 0, 1, 2])):
            self.handoff(key, f"h-{key}-{n}")
        for n in range(self.chance.choice([0, 0, 1, 2])):
            self.opportunity(key, f"o-{key}-{n}")

    def meetings(self, key: str) -> None:
        """Touches and activities of a person."""
        for _ in range(self.chance.randrange(6)):
            kind = self.chance.choice(["webinar", "form.demo_request", "click", "open", "unsubscribe"])
            self.rows.add("touches", touch_id=self.id(), person_id=key, kind=kind, **self.times())
        for _ in range(self.chance.randrange(4)):
            kind = self.chance.choice(["meeting.held", "call"])
            self.rows.add("activities", activity_id=self.id(), person_id=key, kind=kind, **self.times())

    def handoff(self, person: str, key: str) -> None:
        """Some events of one hand-off, in any order."""
        kinds = ["offered", "accepted", "rejected", "lapsed", "worked", "reminded", "reassigned", "recycled"]
        for _ in range(self.chance.randrange(4)):
            self.rows.add(
                "handoff_events", event_id=self.id(), handoff_id=key, person_id=person, kind=self.chance.choice(kinds),
                to=self.maybe("lena", "jonas"), reason=self.maybe("bad-data", "no-budget", "later", "other"),
                **self.times(),
            )  # fmt: skip

    def opportunity(self, person: str, key: str) -> None:
        """An opportunity, with a history of its status or without."""
        status = self.chance.choice(["open", "won", "lost"])
        self.rows.add(
            "opportunities", opportunity_id=key, person_id=self.maybe(person), status=status,
            amount=self.maybe(Decimal("99.99"), Decimal(500)),
            created_at=self.chance.choice([self.at(), self.at(), None]),
            closed_at=self.maybe(self.at(), self.at(), self.at()) if status != "open" else None,
        )  # fmt: skip
        if self.chance.random() < 0.4:
            self.rows.add("opportunity_contacts", opportunity_id=key, person_id=person, role="buyer")
        self.change("opportunity", key, "amount", "50", "1000.00", None)
        if self.chance.random() < 0.3:
            self.change("opportunity", key, "status", "open", "won", "lost")
