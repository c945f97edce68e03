"""One hand-off on its page, what people do to it by forms, and that nobody does what is not theirs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oarlock.store.models import (
    Activity,
    AuditLine,
    Handoff,
    HandoffEvent,
    Notice,
    Remark,
)  # fmt: skip
from oarlock.store.writes import handoffs as verbs
from oarlock.web.handoffs.showing import KINDS

from .handed import NOW, handed

__all__ = ["handed"]
pytestmark = pytest.mark.django_db
VERBS = ({"verb": "accept"}, {"reject": "not-icp"}, {"verb": "take"}, {"verb": "give-back", "reason": "no-budget"},
         {"verb": "pass-on", "to": "jonas"}, {"log": "call"})  # fmt: skip


def say(client: Client, key: str, form: dict[str, str], page: str = "answer") -> int:
    return client.post(f"/handoffs/h-{key}/{page}/", form).status_code


def state(key: str) -> str:
    return Handoff.objects.get(pk=f"h-{key}").state


def test_lena_accepts_and_stays_with_it(handed: dict[str, Handoff], as_lena: Client) -> None:
    answer = as_lena.post("/handoffs/h-felix/answer/", {"verb": "accept", "show": "mine"})
    assert answer["Location"] == "/handoffs/?show=mine&at=h-felix"
    row = Handoff.objects.get(pk="h-felix")
    assert (row.state, row.answered_by) == ("accepted", "lena") and row.first_touch_due_at
    assert HandoffEvent.objects.get(handoff_id="h-felix", kind="accepted").by == "lena"
    assert AuditLine.objects.filter(verb="accepted", subject="h-felix").count() == 1


def test_accepting_twice_is_one_answer_and_one_line(handed: dict[str, Handoff], as_lena: Client) -> None:
    assert [say(as_lena, "felix", {"verb": "accept"}) for _ in range(2)] == [302, 302]
    assert HandoffEvent.objects.filter(handoff_id="h-felix", kind="accepted").count() == 1
    assert AuditLine.objects.filter(verb="accepted", subject="h-felix").count() == 1


def test_lena_rejects_with_a_reason_and_a_note_and_marketing_reads_both(
    handed: dict[str, Handoff], as_lena: Client, as_mara: Client
) -> None:
    answer = as_lena.post(
        "/handoffs/h-felix/answer/", {"reject": "bad-timing", "words": "Ask in March.", "show": "mine"}
    )
    assert answer["Location"] == "/handoffs/?show=mine", "the next one takes its place"
    page = as_mara.get("/handoffs/h-felix/").content.decode()
    assert "Rejected, because:</b> bad-timing" in page and "Ask in March." in page and "Lena Vogt" in page
    assert "Dr. Felix Brandauer" in as_lena.get("/handoffs/?show=done").content.decode()


def test_a_reason_the_agreement_does_not_know_is_refused(handed: dict[str, Handoff], as_lena: Client) -> None:
    answer = as_lena.post("/handoffs/h-felix/answer/", {"reject": "not-ipc"})
    assert answer.status_code in (400, 404) and "not-icp" in answer.content.decode()
    assert state("felix") == "offered"


def test_lena_takes_what_waits_and_it_is_hers(handed: dict[str, Handoff], as_lena: Client) -> None:
    assert say(as_lena, "tobias", {"verb": "take"}) == 302
    row = Handoff.objects.get(pk="h-tobias")
    assert (row.owner, row.state, row.queue) == ("lena", "accepted", None)


def test_a_touch_is_logged_as_a_fact_and_stops_the_clock(handed: dict[str, Handoff], as_lena: Client) -> None:
    form = {"log": "call", "outcome": "reached", "minutes": "12", "show": "mine"}
    assert say(as_lena, "joerg", form) == 302
    kept = Activity.objects.get(person_id="joerg")
    assert (kept.kind, kept.user_id, kept.outcome, kept.minutes) == ("call", "lena", "reached", 12.0)
    row = Handoff.objects.get(pk="h-joerg")
    assert row.first_touch_at == NOW and row.attempts == 1
    assert say(as_lena, "joerg", {"log": "call", "minutes": "many"}) == 400


def test_lena_gives_back_what_she_accepted(handed: dict[str, Handoff], as_lena: Client) -> None:
    assert say(as_lena, "urs", {"verb": "give-back", "reason": "no-budget", "words": "Next year."}) == 302
    assert state("urs") == "returned" and Remark.objects.get(handoff_id="h-urs").words == "Next year."


def test_who_may_pass_it_on_gives_it_to_somebody_else(handed: dict[str, Handoff], as_sam: Client) -> None:
    assert say(as_sam, "chiara", {"verb": "pass-on", "to": "lena", "show": "team"}) == 302
    row = Handoff.objects.get(pk="h-chiara")
    assert row.owner == "lena" and "jonas" in row.holders
    assert say(as_sam, "chiara", {"verb": "pass-on", "to": "nobody-here"}) in (400, 404)


@pytest.mark.parametrize("form", VERBS, ids=lambda form: next(iter(form.values())))
def test_what_is_not_theirs_is_refused_and_nothing_is_written(
    handed: dict[str, Handoff], clients: dict[str, Client], form: dict[str, str]
) -> None:
    kept = list(Handoff.objects.order_by("pk").values())
    gives = form.get("verb") == "pass-on"
    for who, client in clients.items():
        if gives and who in ("sam", "olive", "rosa", "admin"):
            continue
        for key in ("felix", "joerg", "urs", "chiara", "tobias"):
            if who == "lena" and key != "chiara":
                continue
            assert say(client, key, form) in ((302,) if who == "stranger" else (403,)), (who, key)
    assert list(Handoff.objects.order_by("pk").values()) == kept
    assert not AuditLine.objects.filter(subject_kind="handoff").exists()


def test_marketing_appeals_and_sales_answers(
    handed: dict[str, Handoff], as_lena: Client, as_hana: Client, as_viewer: Client
) -> None:
    say(as_lena, "felix", {"reject": "not-icp"})
    assert say(as_lena, "felix", {"words": "no"}, "appeal") == 403 == say(as_viewer, "felix", {"words": "no"}, "appeal")
    assert say(as_hana, "felix", {"words": " "}, "appeal") == 400
    assert say(as_hana, "felix", {"kind": "appeal", "words": "They have 1,240 people."}, "appeal") == 302
    assert Notice.objects.filter(about="handoff:h-felix", user="lena", kind__startswith="appeal").exists()
    assert say(as_hana, "felix", {"kind": "answer", "words": "mine"}, "appeal") == 403
    assert say(as_lena, "felix", {"kind": "answer", "words": "You are right."}, "appeal") == 302
    assert Notice.objects.filter(about="handoff:h-felix", user="hana", kind="appeal-answered").exists()
    page = as_hana.get("/handoffs/h-felix/").content.decode()
    assert "They have 1,240 people." in page and "You are right." in page and "Appealed" in page
    assert state("felix") == "rejected", "the count by reason stays what it is"


def test_an_answer_without_an_appeal_is_refused(handed: dict[str, Handoff], as_lena: Client) -> None:
    say(as_lena, "felix", {"reject": "not-icp"})
    assert say(as_lena, "felix", {"kind": "answer", "words": "Why?"}, "appeal") == 404


def test_the_page_tells_the_facts_in_time_and_both_clocks(handed: dict[str, Handoff], as_viewer: Client) -> None:
    page = as_viewer.get("/handoffs/h-urs/").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert page.index("Offered to Lena Vogt") < page.index("Accepted")
    assert "by routing" in page and "in time" in page and "2 of 5 tries" in page and "running" in page


def test_a_limit_that_ran_out_is_told_apart_from_one_met_late(handed: dict[str, Handoff], as_viewer: Client) -> None:
    assert "past due</span>" in as_viewer.get("/handoffs/h-anke/").content.decode()
    Handoff.objects.filter(pk="h-anke").update(answered_at=NOW, state="accepted")
    assert "late</span>" in as_viewer.get("/handoffs/h-anke/").content.decode()


def test_everything_a_button_logs_is_something_sellers_may_say() -> None:
    assert set(KINDS) == set(verbs.KINDS)


def test_a_form_that_makes_no_sense_is_refused_in_words(handed: dict[str, Handoff], as_lena: Client) -> None:
    answer = as_lena.post("/handoffs/h-felix/answer/", {"verb": "explode"})
    assert answer.status_code == 404 and "cannot be answered so" in answer.content.decode()
    assert as_lena.post("/handoffs/h-nobody/answer/", {"verb": "accept"}).status_code == 404


def test_an_answer_keeps_to_a_bounded_number_of_queries(handed: dict[str, Handoff], as_lena: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        say(as_lena, "felix", {"verb": "accept"})
    assert len(queries) <= 60, len(queries)
