"""Hand-offs of Brightwater on a Monday in November, for tests of their pages; it is 14:12 in Berlin.

Lena has one past due, one due in 23 minutes, one to touch first and one in work; Jonas has one; one waits in a queue.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oarlock import routing
from oarlock.routing.decisions import Decision as Made
from oarlock.routing.decisions import Skipped, Tried
from oarlock.store.models import Account, Decision, Handoff, HandoffEvent, Person, Touch, Version

NOW = datetime(2026, 11, 16, 13, 12, tzinfo=UTC)
AT = (
    "oarlock.web.handoffs.inbox", "oarlock.web.handoffs.one", "oarlock.web.handoffs.waiting",
    "oarlock.web.handoffs.deciding", "oarlock.web.handoffs.availability", "oarlock.web.handoffs.answering",
    "oarlock.web.handoffs.simulating", "oarlock.web.templatetags.handoffs",
)  # fmt: skip
PEOPLE = {
    "anke": ("Anke Reimers", "Head of warehouse operations", "search"),
    "felix": ("Dr. Felix Brandauer", "Chief operating officer", "webinar"),
    "joerg": ("Jörg Wanner", "Plant manager", "trade fair"),
    "urs": ("Urs Aebischer", "Head of intralogistics", "webinar"),
    "chiara": ("Chiara Bonetti", "Logistics manager", "partner"),
    "tobias": ("Tobias Renn", "Managing director", "search"),
}
PATH = Made(
    NOW - timedelta(minutes=37), 2, "rotation", "lena", "dach", None,
    (
        Tried(0, "", "account-owner", "account.owner_id is not null", "does not apply", (("account.owner_id", None),)),
        Tried(
            1, "", "pool dach", "account.country in ('DE', 'AT', 'CH')", "applies", (("account.country", "AT"),),
            (Skipped("jonas", "away", "until 2026-11-20T17:00:00+01:00"),), (("lena", 2.0, 0.5), ("jonas", 1.0, -0.5)),
        ),
    ),
    {"lena": -0.5, "jonas": 0.5},
)  # fmt: skip


@pytest.fixture
def handed(in_force: tuple[Version, ...], settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Handoff]:
    """The hand-offs by the name of the person; every page of them thinks it is NOW."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    for module in AT:
        monkeypatch.setattr(f"{module}.now", lambda: NOW)
    Account.objects.create(account_id="ostrach", name="Ostrach Fördertechnik AG", country="AT", employees=1240,
                           industry="manufacturing", domain="ostrach.example")  # fmt: skip
    for key, (name, title, source) in PEOPLE.items():
        Person.objects.create(
            person_id=key, name=name, title=title, source=source, email=f"{key}@ostrach.example", country="AT",
            account_id="ostrach" if key in ("felix", "joerg") else None, created_at=NOW - timedelta(days=90),
            company_name="Ostrach" if key == "felix" else "Nordhafen",
        )  # fmt: skip
    Touch.objects.create(touch_id="t1", person_id="felix", at=NOW - timedelta(hours=1), recorded_at=NOW, load=1,
                         kind="form.demo_request")  # fmt: skip
    return {
        "anke": offered("anke", "lena", before=timedelta(hours=24), due=timedelta(hours=-2), holders="jonas lena"),
        "felix": offered("felix", "lena", before=timedelta(minutes=37), due=timedelta(minutes=23), decided=True),
        "joerg": accepted("joerg", "lena", touched=False),
        "urs": accepted("urs", "lena", touched=True),
        "chiara": offered("chiara", "jonas", before=timedelta(minutes=12), due=timedelta(minutes=48)),
        "tobias": offered("tobias", None, before=timedelta(minutes=30), due=timedelta(minutes=30), queue="dach"),
    }


def offered(
    person: str, owner: str | None, *, before: timedelta, due: timedelta, holders: str = "", queue: str | None = None,
    decided: bool = False,
) -> Handoff:  # fmt: skip
    """A hand-off that was offered so long ago and falls due so far ahead, with its fact and its decision."""
    key = f"h-{person}"
    row = Handoff.objects.create(
        handoff_id=key, key="mql-to-sdr", person_id=person, cycle=1, agreement=2, state="offered", owner=owner,
        pool="dach", queue=queue, holders=holders or owner or "", offered_at=NOW - before, held_since=NOW - before,
        accept_due_at=NOW + due, due_at=NOW + due, due_what="accept ends", decision_id=key if decided else None,
    )  # fmt: skip
    fact(row, "offered", NOW - before, by="routing", to=owner, due_at=NOW + due)
    if decided:
        decide(key, person, replace(PATH, at=NOW - before, owner=owner))
    return row


def accepted(person: str, owner: str, *, touched: bool) -> Handoff:
    """A hand-off that was accepted two hours ago, its first touch made or not."""
    row = offered(person, owner, before=timedelta(hours=3), due=timedelta(hours=-2))
    row.state, row.answered_at = "worked" if touched else "accepted", NOW - timedelta(hours=2)
    row.first_touch_due_at, row.work_due_at = NOW + timedelta(minutes=98), NOW + timedelta(days=8)
    row.first_touch_at, row.attempts = (NOW - timedelta(hours=1), 2) if touched else (None, 0)
    row.save()
    fact(row, "accepted", NOW - timedelta(hours=2), by=owner)
    return row


def fact(row: Handoff, kind: str, at: datetime, **more: Any) -> None:
    """One fact of that hand-off."""
    HandoffEvent.objects.create(
        event_id=f"{row.handoff_id}-{kind}", handoff_id=row.handoff_id, at=at, recorded_at=at, kind=kind, load=1,
        person_id=row.person_id, cycle=row.cycle, agreement=str(row.agreement), **more,
    )  # fmt: skip


def decide(handoff_id: str, person: str, made: Made, *, key: str = "") -> Decision:
    """Keep that decision."""
    skipped = " ".join(s.user for step in made.steps for s in step.skipped)
    return Decision.objects.create(
        decision_id=key or handoff_id, handoff_id=handoff_id, person_id=person, at=made.at, agreement=made.agreement,
        owner=made.owner, pool=made.pool, because=made.because, skipped=f" {skipped} " if skipped else "",
        body=json.dumps(routing.as_plain(made)),
    )  # fmt: skip
