"""A notice is wished for in the transaction of what it tells of, and the same one twice is one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from oarlock.store.models import Notice
from oarlock.store.writes.notices import Wish, wish, wish_all

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def offer(user: str = "lena", about: str = "handoff:h1", step: str = "") -> str:
    return wish("offered", user, about, "A lead for you", {"words": "Answer by 13:00."}, NOON, step=step)


@pytest.mark.django_db
def test_the_same_notice_twice_is_one() -> None:
    assert offer() == offer()
    assert Notice.objects.count() == 1


@pytest.mark.django_db
def test_another_receiver_thing_kind_or_step_is_another_notice() -> None:
    ids = {offer(), offer("jonas"), offer(about="handoff:h2"), offer(step="2")}
    ids.add(wish("reminded", "lena", "handoff:h1", "A lead for you", {}, NOON))
    assert len(ids) == Notice.objects.count() == 5


@pytest.mark.django_db
def test_what_a_transaction_wished_for_goes_with_it() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        offer()
        raise RuntimeError
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_a_notice_that_was_sent_is_not_waiting_again_when_it_is_wished_for_again() -> None:
    Notice.objects.filter(id=offer()).update(state="sent", sent_at=NOON + timedelta(minutes=1))
    offer()
    assert Notice.objects.get().state == "sent"


@pytest.mark.django_db
def test_a_subject_is_one_line_of_bounded_length_whatever_a_lead_is_called() -> None:
    wish_all([Wish("offered", "lena", "handoff:h1", "Hello\r\nBcc: all@x.example " + "x" * 500, {})], NOON)
    subject = Notice.objects.get().subject
    assert subject.startswith("Hello Bcc: all@x.example") and len(subject) == 200 and subject.endswith("…")


@pytest.mark.django_db
def test_many_notices_are_one_statement(django_assert_num_queries: object) -> None:
    wishes = [Wish("offered", "lena", f"handoff:{n}", "A lead", {}) for n in range(25)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        wish_all([*wishes, *wishes], NOON)
    assert Notice.objects.count() == 25
