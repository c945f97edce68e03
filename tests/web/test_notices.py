"""People choose how they hear of things; who keeps Oarlock alive sees what was sent, what failed and what lags."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from oarlock.ground.clock import now as instant_now
from oarlock.jobs import channels as speaking
from oarlock.store.models import AuditLine, Channel, Choice, Member, Notice, Version, WorkOrder
from oarlock.store.reads.notices import own_choices
from oarlock.store.writes import channels, orders
from oarlock.store.writes.audit import SYSTEM
from oarlock.store.writes.notices import KINDS, wish

SECRET = "TIiajkdnlazkcOXrIdevi7FQ"
SLACK = f"slack://T1JJ3T3L2/A1BRTD4JD/{SECRET}/#leads"


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.OARLOCK = replace(settings.OARLOCK, home=tmp_path)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def failed_notice(user: str = "lena") -> str:
    made = wish("offered", user, "handoff:h1", "A lead", {"words": "Ada Byron waits."}, instant_now())
    Notice.objects.filter(id=made).update(state="failed", channel="mail", words="The mail server refused it.")
    return made


def slack(home: Path) -> None:
    looked = speaking.look_at(SLACK)
    channels.add(
        "slack", SLACK, kind=looked.service, shown=looked.shown, home=home, acting=SYSTEM, now=instant_now()
    )  # fmt: skip


def test_lena_chooses_a_digest_for_all_and_mail_at_once_for_offers(as_lena: Client, members: dict[str, Member]) -> None:
    told = {"quiet": "19:00-8:00", "when:*": "digest", "when:offered": "at-once", "ways:offered": "mail"}
    assert as_lena.post("/me/notices/", told).status_code == 302
    own = own_choices(members["lena"].id)
    assert str(own.quiet) == "19:00-08:00" and set(own.choices) == {"*", "offered"}
    assert own.choices["*"].when == "digest" and own.choices["offered"].channels == ("mail",)
    text = page(as_lena, "/me/notices/")
    assert 'value="19:00-08:00"' in text and text.count(" selected>") == 1 + len(KINDS)


def test_nothing_typed_is_lost_where_quiet_hours_are_none(as_lena: Client) -> None:
    answer = as_lena.post("/me/notices/", {"quiet": "at night", "when:offered": "never"})
    text = answer.content.decode()
    assert answer.status_code == 422 and 'value="at night"' in text and "are no quiet hours" in text
    assert '<option value="never" selected>' in text and not Choice.objects.exists()


def test_a_kind_or_channel_that_was_made_up_is_refused(as_lena: Client) -> None:
    answer = as_lena.post("/me/notices/", {"when:offered": "at-once", "ways:offered": "/etc/passwd"})
    assert answer.status_code == 422 and not Choice.objects.exists()
    as_lena.post("/me/notices/", {"when:made-up": "never"})
    assert not Choice.objects.exists()


def test_choosing_as_usual_again_forgets_the_choice(as_lena: Client) -> None:
    as_lena.post("/me/notices/", {"when:offered": "never"})
    assert Choice.objects.get().channels == ""
    as_lena.post("/me/notices/", {"when:offered": "usual"})
    assert not Choice.objects.exists()


def test_ones_choices_are_ones_own(as_lena: Client, as_mara: Client) -> None:
    as_lena.post("/me/notices/", {"quiet": "01:00-02:00", "when:*": "digest"})
    assert "01:00-02:00" not in page(as_mara, "/me/notices/")


def test_what_the_agreement_says_of_quiet_is_told(as_lena: Client, in_force: tuple[Version, ...]) -> None:
    assert "quiet" in page(as_lena, "/me/notices/")


def test_olive_sees_what_failed_and_why_and_sends_it_again(as_olive: Client) -> None:
    notice = failed_notice()
    text = page(as_olive, "/settings/notices/?state=failed")
    assert "The mail server refused it." in text and notice in text and "Ada Byron" not in text
    assert as_olive.post(f"/settings/notices/{notice}/retry/").status_code == 302
    again = Notice.objects.get(id=notice)
    assert (again.state, again.attempts, again.words) == ("waiting", 0, "")
    assert AuditLine.objects.order_by("-number")[0].verb == "retried"


def test_all_that_failed_is_sent_again_at_once(as_olive: Client) -> None:
    failed_notice("lena"), failed_notice("jonas")
    answer = as_olive.post("/settings/notices/retry/", follow=True)
    assert "2 notices will be sent again" in answer.content.decode()
    assert "no such notice that failed" in as_olive.post("/settings/notices/retry/", follow=True).content.decode()


def test_notices_are_found_by_state_and_receiver_and_paged_by_time(as_olive: Client) -> None:
    failed_notice("lena"), failed_notice("jonas")
    assert ">jonas<" not in page(as_olive, "/settings/notices/?q=lena")
    assert "No notice like this" in page(as_olive, "/settings/notices/?state=sent")
    assert "No notice like this" in page(as_olive, "/settings/notices/?state=failed&before=1")
    assert page(as_olive, "/settings/notices/?before=x&state=%00&q=%00")


def test_nothing_sent_yet_is_said(as_olive: Client) -> None:
    assert "Nothing was sent yet" in page(as_olive, "/settings/notices/")


def test_ada_sets_a_channel_up_and_its_secret_is_on_no_page_afterwards(as_admin: Client, as_lena: Client) -> None:
    as_admin.post("/settings/channels/", {"name": "leads", "address": SLACK})
    assert Channel.objects.get().kind == "Slack"
    for address in ("/settings/channels/", "/settings/trail/", "/settings/notices/", "/settings/jobs/"):
        assert SECRET not in page(as_admin, address)
    assert "leads" in page(as_lena, "/me/notices/")


@pytest.mark.parametrize(("name", "address"), [("leads", "file:///etc/passwd"), ("mail", SLACK), ("", SLACK)])
def test_a_channel_that_cannot_be_is_refused_and_its_address_not_shown_again(
    as_admin: Client, name: str, address: str
) -> None:
    answer = as_admin.post("/settings/channels/", {"name": name, "address": address})
    text = answer.content.decode()
    assert answer.status_code == 422 and not Channel.objects.exists()
    assert SECRET not in text and "passwd" not in text and f'value="{name}"' in text


def test_a_test_of_a_channel_is_a_notice_by_it_to_who_asked(as_admin: Client, tmp_path: Path) -> None:
    slack(tmp_path)
    as_admin.post("/settings/channels/slack/test/")
    as_admin.post("/settings/channels/slack/test/")
    as_admin.post("/settings/channels/nothing/test/")
    assert list(Notice.objects.values_list("kind", "channel")) == [("test", "slack")] * 2


def test_a_closed_channel_is_nobodys_choice_any_more(as_admin: Client, as_lena: Client, tmp_path: Path) -> None:
    slack(tmp_path)
    as_admin.post("/settings/channels/slack/close/")
    assert "slack" not in page(as_lena, "/me/notices/") and Channel.objects.get().sealed == ""


def test_olive_sees_what_runs_waits_lags_and_failed(as_olive: Client) -> None:
    at = instant_now()
    orders.beat("host:1", now=at)
    orders.beat("host:2", now=at - timedelta(minutes=5))
    orders.order("figures", "october", {}, acting=SYSTEM, now=at)
    orders.claim("host:1", at)
    orders.order("load", "all", {}, acting=SYSTEM, now=at)
    WorkOrder.objects.create(
        id="sweep@2026-11-21", kind="sweep", key="2026-11-21", asked="{}", by="system", made_at=at, due_at=at,
        state="done", finished_at=at,
    )  # fmt: skip
    text = page(as_olive, "/settings/jobs/")
    assert "Alive" in text and "Silent" in text and "Loading the store" in text and "Letting go what is over" in text
    assert "every 5 minutes" in text and "each night and when a version comes into force" in text


def test_a_failed_order_is_done_anew_once_and_only_one_that_failed(as_olive: Client) -> None:
    at = instant_now()
    made = orders.order("load", "all", {}, acting=SYSTEM, now=at)
    refused = as_olive.post(f"/settings/jobs/{made}/retry/", follow=True).content.decode()
    assert "no such order that failed" in refused
    WorkOrder.objects.filter(id=made).update(state="failed", words="The disk is full.", finished_at=at, attempts=3)
    assert "The disk is full." in page(as_olive, "/settings/jobs/")
    as_olive.post(f"/settings/jobs/{made}/retry/")
    again = WorkOrder.objects.get(id=made)
    assert (again.state, again.attempts, again.words) == ("open", 0, "")


def test_an_order_that_is_wished_for_anew_already_is_not_done_twice(as_olive: Client) -> None:
    at = instant_now()
    made = orders.order("load", "all", {}, acting=SYSTEM, now=at)
    WorkOrder.objects.filter(id=made).update(state="failed", finished_at=at)
    orders.order("load", "all", {}, acting=SYSTEM, now=at)
    assert "being done already" in as_olive.post(f"/settings/jobs/{made}/retry/", follow=True).content.decode()


def test_the_pages_ask_few_queries(as_olive: Client, as_lena: Client, django_assert_max_num_queries: Any) -> None:
    for client, address in ((as_olive, "/settings/notices/"), (as_olive, "/settings/jobs/"), (as_lena, "/me/notices/")):
        with django_assert_max_num_queries(24):
            page(client, address)
