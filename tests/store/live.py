"""For tests of what happens live: people who fit Brightwater's agreement, and what they and sellers do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from oarlock.desk import Arrived, Decided
from oarlock.records.facts import Acted, Touched
from oarlock.store.models import Account, Handoff, HandoffEvent, Load, Person, PersonState, StageEntry, Turn
from oarlock.store.writes.desk import happen

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""10:00 in Berlin, a month after the second version came into force."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def someone(person: str, at: datetime = MONDAY, country: str = "DE") -> str:
    """Somebody who fits is known from then on: a director of a manufacturer of 400."""
    Account.objects.get_or_create(
        account_id=f"a-{country}",
        defaults={"name": f"Firm {country}", "employees": 400.0, "industry": "manufacturing", "country": country},
    )
    Person.objects.create(
        person_id=person, email=f"{person}@firm.example", account_id=f"a-{country}", created_at=at,
        properties=json.dumps({"job_level": "director"}),
    )  # fmt: skip
    return person


def asks(person: str, at: datetime = MONDAY, now: datetime | None = None) -> Decided:
    """They ask for a demonstration, and what follows is kept."""
    fact = Touched(
        id=f"{person}:{at.isoformat()}", at=at, recorded_at=now or at, person_id=person, kind="form.demo_request"
    )
    return happen({person: Arrived((fact,))}, now=now or at)[person]


def calls(person: str, at: datetime, kind: str = "call", by: str = "lena") -> Decided:
    """A seller does something with them."""
    fact = Acted(id=f"{person}:{kind}:{at.isoformat()}", at=at, recorded_at=at, person_id=person, kind=kind, user_id=by)
    return happen({person: Arrived((fact,))}, now=at)[person]


def offered(person: str, at: datetime = MONDAY) -> Handoff:
    """Somebody who was offered to a seller at that instant."""
    asks(someone(person, at), at)
    return Handoff.objects.get(person_id=person)


def everything() -> dict[str, list[tuple[object, ...]]]:
    """All that the desk writes, without the numbers the database gives."""
    tables = (Handoff, HandoffEvent, PersonState, StageEntry, Turn)
    names = {m: [f.name for f in m._meta.fields if f.name not in ("id", "load")] for m in tables}
    return {m.__name__: sorted(m.objects.values_list(*names[m]), key=repr) for m in tables}


def loose() -> int:
    """Live loads whose number of rows is not what they say: none, ever."""
    wrong = 0
    for load in Load.objects.filter(kind="live"):
        told = json.loads(load.rows)
        wrong += told.get("handoff_events", 0) != HandoffEvent.objects.filter(load=load.number).count()
    return wrong
