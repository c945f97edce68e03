"""The inbox: what a rep works next, by whom it may be worked, and that it is quick however much is open."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oarlock.store.models import Handoff, Person
from oarlock.store.reads import inbox

from .handed import NOW, handed

__all__ = ["handed"]
pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


def text(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode()


def test_a_rep_sees_their_own_in_the_order_they_press(handed: dict[str, Handoff], as_lena: Client) -> None:
    page = text(as_lena, "/handoffs/")
    places = [page.index(name) for name in ("Anke Reimers", "Dr. Felix Brandauer", "Jörg Wanner", "Urs Aebischer")]
    assert places == sorted(places)
    assert "Chiara Bonetti" not in page and "Tobias Renn" not in page
    for word in ("Answer", "Touch first", "In work"):
        assert f"<h3>{word} " in page


def test_the_clocks_say_working_time_and_their_instants(handed: dict[str, Handoff], as_lena: Client) -> None:
    page = text(as_lena, "/handoffs/?at=h-felix").replace("\N{NO-BREAK SPACE}", " ")
    assert "due in 23 min" in page and "past due 1 h 00" in page and "first touch in 1 h 38" in page
    assert "2 of 5 tries by 24 Nov 2026" in page
    assert "answer by 14:35; offered 13:35" in page
    assert 'data-left="1380" data-of="3600"' in page


def test_the_sentence_says_why_it_is_theirs_and_leads_to_all_steps(handed: dict[str, Handoff], as_lena: Client) -> None:
    page = text(as_lena, "/handoffs/?at=h-felix")
    assert "Why you:" in page and "whose turn it was in the pool dach" in page
    assert "Jonas Reiter is away" in page and "/handoffs/decisions/h-felix/" in page


def test_a_lead_of_the_history_says_that_it_has_no_decision(handed: dict[str, Handoff], as_lena: Client) -> None:
    assert "it came in with the history" in text(as_lena, "/handoffs/?at=h-anke")


def test_the_reasons_are_the_agreements_with_their_keys(handed: dict[str, Handoff], as_lena: Client) -> None:
    page = text(as_lena, "/handoffs/?at=h-felix")
    for key, reason in enumerate(("not-icp", "bad-data", "student", "no-budget", "bad-timing"), 1):
        assert f'name="reject" value="{reason}" data-reason="{key}"' in page
    assert "Not ICP, Bad data, Student: disqualified for good." in page
    assert "No budget, Bad timing: recycled, back after 90 days." in page


def test_who_does_not_own_it_is_shown_no_button_to_answer_it(
    handed: dict[str, Handoff], clients: dict[str, Client]
) -> None:
    for who in ("viewer", "hana", "mara", "sam", "olive", "rosa", "admin"):
        page = text(clients[who], "/handoffs/?show=team&at=h-felix")
        assert "Dr. Felix Brandauer" in page and 'value="accept"' not in page, who
        gives = who in ("sam", "olive", "rosa", "admin")
        assert ('value="pass-on"' in page) is gives, who


def test_a_team_and_the_queue_have_lists_of_their_own(handed: dict[str, Handoff], as_lena: Client) -> None:
    team, queue = text(as_lena, "/handoffs/?show=team"), text(as_lena, "/handoffs/?show=queue")
    assert "Chiara Bonetti" in team and "with Jonas Reiter" in team
    assert "Tobias Renn" in queue and 'value="take"' in queue


def test_htmx_is_given_the_pane_alone(handed: dict[str, Handoff], as_lena: Client) -> None:
    pane = text(as_lena, "/handoffs/?at=h-joerg", **{"HX-Request": "true", "HX-Target": "pane"})
    assert pane.lstrip().startswith('<article class="story" id="pane"') and "Jörg Wanner" in pane


def test_the_story_and_the_account_come_as_a_fragment(handed: dict[str, Handoff], as_lena: Client) -> None:
    told = text(as_lena, "/handoffs/h-felix/story/")
    assert "form.demo_request" in told and "Ostrach Fördertechnik AG" in told and "Others there" in told
    assert "Jörg Wanner" in told and "1,240" in told and 'hx-swap-oob="true"' in told


def test_nothing_new_is_answered_by_one_query_beside_the_session(handed: dict[str, Handoff], as_lena: Client) -> None:
    mark = inbox.mark("lena")
    with CaptureQueriesContext(connection) as queries:
        answer = as_lena.get(f"/handoffs/new/?reader=lena&mark={mark}")
    assert answer.status_code == 204 and len(queries) == 3, [q["sql"][:90] for q in queries]


def test_a_new_one_brings_a_new_list(handed: dict[str, Handoff], as_lena: Client) -> None:
    mark = inbox.mark("lena")
    Handoff.objects.filter(pk="h-chiara").update(owner="lena", held_since=NOW)
    answer = as_lena.get(f"/handoffs/new/?reader=lena&mark={mark}&at=h-felix")
    page = answer.content.decode()
    assert answer.status_code == 200 and page.startswith('<section class="list"') and "Chiara Bonetti" in page
    assert page.count('aria-current="true"') == 1, "the one that is looked at stays marked"


@pytest.mark.parametrize("change", ["owner", "state", "touch", "end"])
def test_the_mark_is_another_one_after_anything_that_happens(handed: dict[str, Handoff], change: str) -> None:
    before = inbox.mark("lena")
    changes: dict[str, dict[str, object]] = {
        "owner": {"owner": "jonas"}, "state": {"state": "accepted", "answered_at": NOW},
        "touch": {"attempts": 1}, "end": {"ended_at": NOW},
    }  # fmt: skip
    Handoff.objects.filter(pk="h-felix").update(**changes[change])
    assert inbox.mark("lena") != before


def test_the_mark_of_a_page_is_the_mark_of_its_lines(handed: dict[str, Handoff]) -> None:
    assert inbox.mark_of(inbox.owned(["lena"]).lines) == inbox.mark("lena")
    assert inbox.mark_of(()) == inbox.mark("nobody")


@pytest.mark.parametrize(
    "address", ["/handoffs/", "/handoffs/?show=team", "/handoffs/?show=queue", "/handoffs/?show=done",
                "/handoffs/?at=h-felix", "/handoffs/h-felix/", "/handoffs/h-felix/story/", "/handoffs/queue/",
                "/handoffs/availability/"],
)  # fmt: skip
def test_a_page_takes_twelve_queries_and_one_that_is_kept(
    handed: dict[str, Handoff], as_lena: Client, address: str
) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert as_lena.get(address).status_code == 200
    assert len(queries) <= 12 + 1, [q["sql"][:90] for q in queries]


def test_the_menu_counts_what_waits_for_an_answer(handed: dict[str, Handoff], as_lena: Client, as_hana: Client) -> None:
    assert '2<span class="vh"> to answer' in text(as_lena, "/handoffs/")
    assert "to answer" not in text(as_hana, "/agreement/")


def test_a_page_goes_on_where_the_last_one_ended(handed: dict[str, Handoff]) -> None:
    whole = [line.handoff.id for line in inbox.owned(["lena", "jonas"]).lines]
    walked, after = list[str](), None
    while True:
        page = inbox.owned(["lena", "jonas"], after, size=2)
        walked += [line.handoff.id for line in page.lines]
        after = page.after
        if after is None:
            break
    assert walked == whole and len(whole) == 5


def test_a_strangers_words_stay_words(handed: dict[str, Handoff], as_lena: Client) -> None:
    Person.objects.filter(pk="felix").update(name=SCRIPT, title=SCRIPT, company_name=SCRIPT, source=SCRIPT)
    for address in ("/handoffs/?at=h-felix", "/handoffs/h-felix/", "/handoffs/h-felix/story/", "/handoffs/queue/"):
        assert SCRIPT not in text(as_lena, address)


def test_an_inbox_without_anything_says_so_in_every_list(handed: dict[str, Handoff], as_lena: Client) -> None:
    Handoff.objects.all().delete()
    for view, words in (("mine", "Nothing waits for you"), ("team", "Nobody has an open hand-off"),
                        ("queue", "Nothing waits in a queue"), ("done", "Nothing ended by you today")):  # fmt: skip
        assert words in text(as_lena, f"/handoffs/?show={view}")


def test_without_an_agreement_nothing_is_handed_over(as_lena: Client) -> None:
    assert "No agreement is signed yet" in text(as_lena, "/handoffs/")


def test_an_unknown_one_is_not_there(handed: dict[str, Handoff], as_lena: Client) -> None:
    assert as_lena.get("/handoffs/h-nobody/").status_code == 404
    assert as_lena.get("/handoffs/h-nobody/story/").status_code == 404
    assert "Calm water" in text(as_lena, "/handoffs/?at=h-nobody")
