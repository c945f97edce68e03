"""Proposing, editing, commenting and signing through the pages, and the bad days of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from oarlock.store.models import AuditLine, Comment, Member, Proposal, Revision, Signature, Version, WorkOrder

from .conftest import PASSWORD

Proposed = Callable[..., str]


@pytest.fixture(autouse=True)
def _no_wrong_passwords_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def text(in_force: tuple[Version, ...]) -> str:
    return bytes(in_force[1].source).decode().replace("2026-02-01", "2030-01-01")


def page(key: str, *more: str) -> str:
    return "/".join(["/agreement/proposals", key, *more]) + "/"


def hidden(client: Client, key: str) -> dict[str, str]:
    """What the sign form holds: the revision and the hash of what is shown."""
    shown = client.get(page(key)).content.decode()
    found = re.findall(r'name="(revision|shown)" value="([^"]*)"', shown)
    return dict(found)


def signed(client: Client, key: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(page(key, "sign"), {**hidden(client, key), "password": password, **more})


def test_a_text_that_was_typed_becomes_a_proposal(as_mara: Client, text: str) -> None:
    sent = text.replace("engagement >= 40", "engagement >= 45").replace("\n", "\r\n")
    answer = as_mara.post("/agreement/propose/", {"title": "Tighter", "reason": "Why not", "text": sent, "do": "send"})
    made = Proposal.objects.get(title="Tighter")
    assert answer["Location"] == page(made.id)
    assert bytes(Revision.objects.get(proposal=made).source) == sent.replace("\r\n", "\n").encode()


def test_a_file_becomes_a_proposal_byte_by_byte(as_hana: Client, text: str) -> None:
    data = text.encode() + b"# from a file\n"
    file = SimpleUploadedFile("agreement.yaml", data)
    as_hana.post("/agreement/propose/", {"title": "By file", "text": "", "do": "send", "file": file})
    assert bytes(Revision.objects.get(proposal__title="By file").source) == data


def test_a_text_another_page_sends_opens_the_editor_with_it_and_proposes_nothing(as_lena: Client, text: str) -> None:
    known = Proposal.objects.count()
    answer = as_lena.post("/agreement/propose/", {"text": text + "# drift\n", "reason": "Drift says so."})
    assert answer.status_code == 200
    assert b"# drift" in answer.content and b"Drift says so." in answer.content
    assert Proposal.objects.count() == known


def test_a_rejected_form_loses_nothing_that_was_typed(as_mara: Client, text: str) -> None:
    answer = as_mara.post("/agreement/propose/", {"title": " ", "reason": "Long thought", "text": text, "do": "send"})
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert "The title is missing." in shown and "Long thought" in shown and "2030-01-01" in shown


def test_a_form_sets_a_threshold_in_the_text_and_sends_nothing(as_mara: Client, text: str) -> None:
    known = Proposal.objects.count()
    form = {"text": text, "do": "apply", "set:stages/mql/when#1": "45", "who": "lena", "first": "2030-02-01",
            "until": "2030-02-09"}  # fmt: skip
    shown = as_mara.post("/agreement/propose/", form).content.decode()
    assert "fit &gt;= 40 and engagement &gt;= 45" in shown
    assert "who: lena, from: 2030-02-01, until: 2030-02-09" in shown
    assert Proposal.objects.count() == known


def test_a_setting_that_cannot_stand_there_is_refused_and_the_text_stays(as_mara: Client, text: str) -> None:
    answer = as_mara.post("/agreement/propose/", {"text": text, "do": "apply", "set:pools/dach/members/lena": "1}"})
    assert answer.status_code == 400 and b"cannot be put there" in answer.content and b"2030-01-01" in answer.content


def test_findings_come_as_a_fragment_with_their_lines(as_viewer: Client, text: str) -> None:
    answer = as_viewer.post(
        "/agreement/check/", {"text": text.replace("fit >= 40", "fitt >= 40")}, headers={"HX-Request": "true"}
    )
    line = text[: text.index("fit >= 40")].count("\n") + 1
    shown = answer.content.decode()
    assert f'data-line="{line}" data-level="error"' in shown and "<html" not in shown


@pytest.mark.parametrize(
    "hostile",
    ["[" * 2_000, "a: &x 1\nb: *x", "\u202e", "company: раypal", "'" * 5_000, "a:\n" * 30_000, "\ufeff", "<script>"],
)
def test_a_hostile_text_is_findings_and_no_error(as_lena: Client, in_force: Any, hostile: str) -> None:
    answer = as_lena.post("/agreement/check/", {"text": hostile})
    assert answer.status_code == 200 and b'data-level="error"' in answer.content


def test_an_upload_of_a_gigabyte_is_refused_before_it_is_read(as_lena: Client, in_force: Any) -> None:
    class Unread:
        def read(self, *size: int) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    said: dict[str, Any] = {"CONTENT_LENGTH": str(2**30), "wsgi.input": Unread()}
    kind = "multipart/form-data; boundary=x"
    answer = as_lena.generic("POST", "/agreement/propose/", b"", content_type=kind, **said)
    assert answer.status_code == 400 and b"refused before anything of it was read" in answer.content


def test_an_archive_that_calls_itself_yaml_is_refused(as_lena: Client, in_force: Any) -> None:
    file = SimpleUploadedFile("agreement.yaml", b"PK\x03\x04" + b"\0" * 500)
    answer = as_lena.post("/agreement/propose/", {"title": "Zip", "do": "send", "file": file})
    assert answer.status_code == 400 and not Proposal.objects.filter(title="Zip").exists()


def test_names_with_scripts_and_turned_letters_are_shown_and_not_run(as_lena: Client, proposed: Proposed) -> None:
    key = proposed(title="<script>alert(1)</script> \u202egnp.exe")
    as_lena.post(page(key, "comment"), {"term": "", "text": "<img onerror=x>\u202e"})
    for address in (page(key), "/agreement/", "/agreement/versions/"):
        shown = as_lena.get(address).content.decode()
        assert "&lt;script&gt;alert(1)" in shown and "<script>alert" not in shown and "\u202e" not in shown


def test_both_sign_with_their_passwords_and_it_is_the_next_version(
    as_mara: Client, as_sam: Client, proposed: Proposed
) -> None:
    key = proposed()
    assert signed(as_mara, key)["Location"] == f"{page(key)}#sign"
    assert not Version.objects.filter(number=3).exists()
    assert signed(as_sam, key)["Location"] == "/agreement/versions/3/"
    assert set(Signature.objects.filter(proposal=key).values_list("signer", "method")) == {
        ("mara", "password"), ("sam", "password"),
    }  # fmt: skip
    shown = as_mara.get("/agreement/versions/3/").content.decode()
    assert "judges nothing before 1 January 2030" in shown
    assert "version 2" in as_mara.get("/agreement/").content.decode()


def test_a_wrong_password_signs_nothing_and_says_so(as_mara: Client, proposed: Proposed) -> None:
    key = proposed()
    for password in ("wrong", ""):
        answer = signed(as_mara, key, password)
        assert answer.status_code == 400 and b"Nothing was signed" in answer.content
    assert not Signature.objects.filter(proposal=key).exists()


def test_after_many_wrong_passwords_the_right_one_does_not_help(as_mara: Client, proposed: Proposed) -> None:
    key = proposed()
    seen = hidden(as_mara, key)
    for _ in range(12):
        as_mara.post(page(key, "sign"), {**seen, "password": "wrong"})
    assert as_mara.post(page(key, "sign"), {**seen, "password": PASSWORD}).status_code == 400
    assert not Signature.objects.filter(proposal=key).exists()


def test_what_changed_since_it_was_shown_is_not_signed(as_mara: Client, as_sam: Client, proposed: Proposed) -> None:
    key = proposed()
    seen = hidden(as_mara, key)
    source = bytes(Revision.objects.get(proposal=key).source).decode()
    as_sam.post(page(key, "edit"), {"text": source + "# more\n", "upon": "1", "do": "send"})
    answer = as_mara.post(page(key, "sign"), {**seen, "password": PASSWORD})
    assert answer.status_code == 409 and not Signature.objects.filter(proposal=key).exists()


def test_an_edit_voids_signatures_and_the_page_says_so(as_mara: Client, as_sam: Client, proposed: Proposed) -> None:
    key = proposed()
    signed(as_mara, key)
    source = bytes(Revision.objects.get(proposal=key).source).decode()
    as_sam.post(page(key, "edit"), {"text": source + "# more\n", "upon": "1", "do": "send"})
    shown = as_sam.get(page(key)).content.decode()
    assert "signature of" in shown and "is void: the text changed" in shown
    assert AuditLine.objects.filter(verb="voided", subject=key).exists()


@pytest.mark.parametrize("who", ["viewer", "lena", "hana", "olive", "rosa", "admin"])
def test_who_may_not_sign_sees_why_and_cannot(clients: dict[str, Client], proposed: Proposed, who: str) -> None:
    key = proposed()
    shown = clients[who].get(page(key)).content.decode()
    assert "it needs Mara Oyelaran, Sam Okafor" in shown and 'name="shown"' not in shown
    seen = hidden(clients["mara"], key)
    assert clients[who].post(page(key, "sign"), {**seen, "password": PASSWORD}).status_code in (400, 403)
    assert not Signature.objects.filter(proposal=key).exists()


def test_a_signer_without_the_role_sees_which_one_it_takes(
    as_mara: Client, members: dict[str, Member], proposed: Proposed
) -> None:
    key = proposed()
    Member.objects.filter(id=members["mara"].id).update(roles="marketing")
    assert "takes the role “leader”" in as_mara.get(page(key)).content.decode()
    assert as_mara.post(page(key, "sign"), {"password": PASSWORD}).status_code == 403


def test_a_signer_who_left_is_named_with_what_to_do(
    as_mara: Client, members: dict[str, Member], proposed: Proposed
) -> None:
    key = proposed()
    Member.objects.filter(id=members["sam"].id).update(is_active=False)
    assert "Propose a text that names another signer" in as_mara.get(page(key)).content.decode()


def test_a_viewer_proposes_comments_and_edits_nothing(as_viewer: Client, proposed: Proposed, text: str) -> None:
    key, lines = proposed(), AuditLine.objects.count()
    for address in (
        "/agreement/propose/", page(key, "edit"), page(key, "comment"), page(key, "test"), page(key, "withdraw"),
        page(key, "reject"), page(key, "up-to-date"),
    ):  # fmt: skip
        answer = as_viewer.post(address, {"title": "T", "text": text, "do": "send", "upon": "1"})
        assert answer.status_code == 403, address
    assert AuditLine.objects.count() == lines


def test_a_form_without_its_token_is_refused_also_where_the_length_is_looked_at_first(
    members: dict[str, Member], text: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(members["mara"])
    answer = client.post("/agreement/propose/", {"title": "Forged", "text": text, "do": "send"})
    assert answer.status_code == 403 and not Proposal.objects.filter(title="Forged").exists()


def test_two_who_edit_the_same_line_see_both_texts_and_lose_none(
    as_mara: Client, as_sam: Client, proposed: Proposed
) -> None:
    key = proposed()
    source = bytes(Revision.objects.get(proposal=key).source).decode()
    mine, theirs = (source.replace("engagement >= 45", f"engagement >= {n}") for n in (50, 60))
    as_sam.post(page(key, "edit"), {"text": theirs, "upon": "1", "do": "send"})
    answer = as_mara.post(page(key, "edit"), {"text": mine, "upon": "1", "do": "send"})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "engagement &gt;= 50" in shown and "engagement &gt;= 60" in shown and 'name="upon" value="2"' in shown
    as_mara.post(page(key, "edit"), {"text": mine, "upon": "2", "do": "send"})
    assert bytes(Revision.objects.get(proposal=key, number=3).source).decode() == mine


def test_two_who_edit_different_lines_are_put_together_and_told(
    as_mara: Client, as_sam: Client, proposed: Proposed
) -> None:
    key = proposed()
    source = bytes(Revision.objects.get(proposal=key).source).decode()
    as_sam.post(page(key, "edit"), {"text": source.replace("120, per", "90, per"), "upon": "1", "do": "send"})
    changed = source.replace("engagement >= 45", "engagement >= 50")
    answer = as_mara.post(page(key, "edit"), {"text": changed, "upon": "1", "do": "send"}, follow=True)
    assert "both changes are in it now" in answer.content.decode()
    assert bytes(Revision.objects.get(proposal=key, number=3).source).decode() == changed.replace("120, per", "90, per")


def test_both_teams_comment_on_a_term_and_either_settles_it(
    as_sam: Client, as_hana: Client, proposed: Proposed
) -> None:
    key = proposed()
    as_sam.post(page(key, "comment"), {"term": "stages.mql", "text": "Too tight."})
    assert "Too tight." in as_hana.get(page(key)).content.decode()
    as_hana.post(f"/agreement/comments/{Comment.objects.latest('id').id}/settle/")
    assert Comment.objects.latest("id").settled_at is not None


def test_an_empty_comment_comes_back_with_the_term_that_was_chosen(as_sam: Client, proposed: Proposed) -> None:
    answer = as_sam.post(page(proposed(), "comment"), {"term": "stages.mql", "text": " "})
    shown = answer.content.decode()
    assert answer.status_code == 400 and "<option selected>stages.mql</option>" in shown


def test_the_author_withdraws_and_the_other_signer_rejects(as_mara: Client, as_sam: Client, proposed: Proposed) -> None:
    one, other = proposed(), proposed(b"engagement >= 46")
    as_mara.post(page(one, "withdraw"), {"reason": ""})
    assert as_sam.post(page(other, "reject"), {"reason": ""}).status_code == 400
    as_sam.post(page(other, "reject"), {"reason": "Not before spring."})
    assert [Proposal.objects.get(id=key).state for key in (one, other)] == ["withdrawn", "rejected"]
    assert "Not before spring." in as_mara.get(page(other)).content.decode()
    assert Version.objects.count() == 2


def test_a_back_test_without_a_lake_says_what_is_missing(as_mara: Client, proposed: Proposed) -> None:
    key = proposed()
    assert "There are no facts to test it on." in as_mara.get(page(key)).content.decode()
    assert as_mara.post(page(key, "test")).status_code == 404
    assert not WorkOrder.objects.filter(kind="backtest").exists()


def test_a_back_test_is_ordered_once_and_the_page_waits_for_it(
    as_mara: Client, proposed: Proposed, settings: Any
) -> None:
    key = proposed()
    lake = settings.OARLOCK.home / "lake"
    lake.mkdir()
    (lake / "manifest.json").write_text("{}")
    for _ in range(2):
        assert as_mara.post(page(key, "test"))["Location"] == f"{page(key)}#backtest"
    assert WorkOrder.objects.filter(kind="backtest").count() == 1
    fragment = as_mara.get(page(key, "backtest"), headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 1s"' in fragment and "<html" not in fragment
    assert as_mara.get(page(key, "backtest"))["Location"] == page(key)


def test_an_unknown_proposal_is_nothing_here(as_mara: Client, in_force: Any) -> None:
    for address in (page("none"), page("none", "edit"), "/agreement/proposals/none/1.yaml"):
        assert as_mara.get(address).status_code == 404
    for verb in ("sign", "comment", "withdraw", "reject", "test", "up-to-date"):
        sent = {"reason": "x", "text": "x", "password": PASSWORD}
        assert as_mara.post(page("none", verb), sent).status_code == 404, verb
