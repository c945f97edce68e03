"""Who is just in and just out of a stage: real people, by a worker, with the values that decide it."""

from __future__ import annotations

import json
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.test import Client

from oarlock.ground.clock import now
from oarlock.jobs.working import work
from oarlock.store.models import Account, Measurement, Person, PersonState, StageEntry, Touch, Version, WorkOrder

AT = now() - timedelta(days=1)


def person(key: str, employees: float, webinars: int, stage: str) -> None:
    """A director of a manufacturer: fit 60 where the company is of the right size, 20 where it is not."""
    Account.objects.create(account_id=f"a-{key}", name=key, industry="manufacturing", employees=employees)
    Person.objects.create(
        person_id=key, name=key.title(), email=f"{key}@example.com", account_id=f"a-{key}", created_at=AT,
        properties=json.dumps({"job_level": "director"}),
    )  # fmt: skip
    for number in range(webinars):
        Touch.objects.create(touch_id=f"{key}-{number}", person_id=key, at=AT, recorded_at=AT,
                             kind="webinar.attended", load=1)  # fmt: skip
    PersonState.objects.create(person_id=key, cycle=1, stage=stage, since=AT, version=2)
    StageEntry.objects.create(person_id=key, cycle=1, stage=stage, at=AT, version=2, because="rule", skipped=False)


@pytest.fixture
def people(in_force: tuple[Version, ...]) -> None:
    person("near", 100, 2, "mql")
    person("far", 100, 9, "mql")
    person("short", 100, 1, "lead")
    person("small", 12, 3, "lead")
    person("neither", 12, 0, "lead")


def found() -> list[dict[str, Any]]:
    body: list[dict[str, Any]] = json.loads(Measurement.objects.get(kind="examples").body)["examples"]
    return body


def test_the_page_orders_them_and_shows_them_with_their_values(as_viewer: Client, people: None) -> None:
    waiting = as_viewer.get("/agreement/terms/stages.mql/").content.decode()
    assert "Looking for people near the line" in waiting and 'hx-trigger="every 1s"' in waiting
    assert WorkOrder.objects.filter(kind="examples").count() == 1
    work(Event(), name="test", once=True)
    shown = as_viewer.get("/agreement/examples/mql/", headers={"HX-Request": "true"}).content.decode()
    assert "Just in" in shown and "Just out" in shown and "Near" in shown and "(it was 40)" in shown
    assert "<html" not in shown and "every 1s" not in shown


def test_nearest_comes_first_and_who_fails_two_parts_is_not_near(as_viewer: Client, people: None) -> None:
    as_viewer.get("/agreement/terms/stages.mql/")
    work(Event(), name="test", once=True)
    ins = [one["person_id"] for one in found() if one["passes"]]
    outs = {one["person_id"]: one["parts"] for one in found() if not one["passes"]}
    assert ins == ["near", "far"]
    assert set(outs) == {"short", "small"}
    failing = {key: [words for words, _, held in parts if not held] for key, parts in outs.items()}
    assert failing == {"short": ["engagement is at least 40"], "small": ["fit is at least 40"]}


def test_a_term_that_is_no_stage_has_no_examples(as_viewer: Client, in_force: tuple[Version, ...]) -> None:
    assert "just out" not in as_viewer.get("/agreement/terms/pools.dach/").content.decode()
    assert not WorkOrder.objects.filter(kind="examples").exists()
    assert as_viewer.get("/agreement/examples/mql/").status_code == 302
