"""Proposals: two people and one draft, nothing lost; who may close one; nothing of it harms the version in force."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.store.signing_desk import FIRST, NOW, SECOND, member, own_workspace, propose, revise, sign, signed_first

from oarlock.ground.problems import UserProblem
from oarlock.store.models import AuditLine, Comment, Member, Proposal, Revision, Version
from oarlock.store.reads.proposals import proposals, text_of, whole
from oarlock.store.reads.versions import in_force
from oarlock.store.writes import comments
from oarlock.store.writes import proposals as writing
from oarlock.store.writes.audit import Acting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    return own_workspace(settings, tmp_path)


@pytest.fixture
def mara(db: None) -> Member:
    return member("mara")


@pytest.fixture
def sam(db: None) -> Member:
    return member("sam")


def changed(text: bytes, old: str, new: str) -> bytes:
    assert old.encode() in text
    return text.replace(old.encode(), new.encode())


def test_a_proposal_keeps_every_text_it_ever_had(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    second = changed(FIRST, "engagement >= 30", "engagement >= 35")
    assert revise(proposal, second, 1, sam).number == 2
    assert [text_of(proposal, n) for n in (1, 2)] == [FIRST, second]
    assert [(e.number, e.upon, e.author) for e in whole(proposal).edits] == [(1, 0, "Mara"), (2, 1, "Sam")]


def test_two_edits_of_different_places_are_put_together_and_the_second_is_told(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    one, other = changed(FIRST, "engagement >= 30", "engagement >= 35"), changed(FIRST, "120, per", "90, per")
    revise(proposal, one, 1, mara)
    found = revise(proposal, other, 1, sam)
    assert found.number == 3 and found.merged
    assert text_of(proposal, 3) == changed(one, "120, per", "90, per")


def test_two_edits_of_one_place_write_nothing_and_give_back_both(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    mine, theirs = (changed(FIRST, "engagement >= 30", f"engagement >= {n}") for n in (35, 50))
    revise(proposal, theirs, 1, sam)
    found = revise(proposal, mine, 1, mara)
    assert (found.number, found.upon, found.theirs) == (None, 2, theirs)
    assert Revision.objects.filter(proposal=proposal).count() == 2
    assert revise(proposal, mine, 2, mara).number == 3, "whoever read the other text may write over it"


def test_the_same_text_again_is_no_edit(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    assert revise(proposal, FIRST, 1, sam).number == 1
    assert Revision.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"PK\x03\x04zip", "not-a-text"),
        (b"a: 1\0", "not-a-text"),
        (b"", "empty"),
        (b" \n", "empty"),
        (b"x" * 1_000_001, "too-large"),
        (b"oarlock-folder/1\n1 1\nab", "folder"),
    ],
)
def test_what_is_no_text_of_an_agreement_is_refused_before_it_is_read(mara: Member, text: bytes, code: str) -> None:
    with pytest.raises(UserProblem) as caught:
        propose(text, mara)
    assert caught.value.code == code
    assert not Proposal.objects.exists() and not AuditLine.objects.exists()


def test_the_text_in_force_is_no_proposal(mara: Member, sam: Member) -> None:
    signed_first(mara, sam)
    with pytest.raises(UserProblem) as caught:
        propose(FIRST, mara)
    assert caught.value.code == "unchanged"


def test_a_title_is_needed_and_a_long_one_refused(mara: Member) -> None:
    for title, code in (("  ", "empty-title"), ("t" * 201, "long-title")):
        with pytest.raises(UserProblem) as caught:
            writing.open_proposal(
                title=title, reason="", source=FIRST, author=mara.id, acting=Acting.member(mara.id), now=NOW
            )
        assert caught.value.code == code


def test_its_author_withdraws_a_proposal_and_nobody_else(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    with pytest.raises(UserProblem) as caught:
        writing.withdraw(proposal, reason="", member=sam.id, acting=Acting.member(sam.id), now=NOW)
    assert caught.value.code == "not-yours"
    writing.withdraw(proposal, reason="Too early.", member=mara.id, acting=Acting.member(mara.id), now=NOW)
    assert [(p.state, p.closed_at) for p in proposals()] == [("withdrawn", NOW)]


def test_a_signer_rejects_with_a_reason_and_others_may_not(mara: Member, sam: Member) -> None:
    proposal, lena = propose(FIRST, mara), member("lena")
    for who, reason, code in ((lena, "no", "not-a-signer"), (sam, " ", "empty-reason")):
        with pytest.raises(UserProblem) as caught:
            writing.reject(proposal, reason=reason, member=who.id, acting=Acting.member(who.id), now=NOW)
        assert caught.value.code == code
    writing.reject(proposal, reason="Not before spring.", member=sam.id, acting=Acting.member(sam.id), now=NOW)
    assert whole(proposal).closed_because == "Not before spring."


@pytest.mark.parametrize("close", ["withdraw", "reject"])
def test_a_closed_proposal_is_closed_for_good_and_the_version_in_force_is_as_it_was(
    mara: Member, sam: Member, close: str
) -> None:
    signed_first(mara, sam)
    before = Version.objects.values().get()
    proposal = propose(SECOND, mara)
    sign(proposal, sam)
    if close == "withdraw":
        writing.withdraw(proposal, reason="", member=mara.id, acting=Acting.member(mara.id), now=NOW)
    else:
        writing.reject(proposal, reason="No.", member=sam.id, acting=Acting.member(sam.id), now=NOW)
    assert whole(proposal).gone[0].voided_because.startswith("the proposal was ")
    for verb in (lambda: sign(proposal, mara), lambda: revise(proposal, FIRST, 1, mara)):
        with pytest.raises(UserProblem) as caught:
            verb()
        assert caught.value.code == "closed-proposal"
    assert Version.objects.values().get() == before and in_force(NOW).number == 1  # type: ignore[union-attr]


def test_both_teams_comment_on_a_term_and_settle_it(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    said = comments.comment(
        proposal, term="stages.mql", text=" Why 30? ", author=sam.id, acting=Acting.member(sam.id), now=NOW
    )
    assert [(c.term, c.text, c.author, c.settled_at) for c in whole(proposal).said] == [
        ("stages.mql", "Why 30?", "Sam", None)
    ]
    for _ in range(2):
        assert comments.settle(said, acting=Acting.member(mara.id), now=NOW) == proposal
    assert Comment.objects.get().settled_at == NOW
    assert AuditLine.objects.filter(verb="settled").count() == 1


@pytest.mark.parametrize(("text", "code"), [(" ", "empty-comment"), ("x" * 4_001, "long-comment")])
def test_a_comment_says_something_and_not_too_much(mara: Member, text: str, code: str) -> None:
    proposal = propose(FIRST, mara)
    with pytest.raises(UserProblem) as caught:
        comments.comment(proposal, term="", text=text, author=mara.id, acting=Acting.member(mara.id), now=NOW)
    assert caught.value.code == code


def test_what_is_not_there_is_said_so(mara: Member) -> None:
    acting = Acting.member(mara.id)
    proposal = propose(FIRST, mara)
    for verb, code in (
        (lambda: whole("nothing"), "unknown-proposal"),
        (lambda: revise("nothing", FIRST, 1, mara), "unknown-proposal"),
        (lambda: revise(proposal, SECOND, 7, mara), "unknown-revision"),
        (lambda: text_of(proposal, 9), "unknown-revision"),
        (lambda: comments.settle("nothing", acting=acting, now=NOW), "unknown-comment"),
        (lambda: comments.comment("x", term="", text="a", author=mara.id, acting=acting, now=NOW), "unknown-proposal"),
    ):
        with pytest.raises(UserProblem) as caught:
            verb()
        assert caught.value.code == code


def test_no_audit_line_of_a_proposal_holds_a_name_an_address_or_a_text(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    comments.comment(proposal, term="", text="secret words", author=sam.id, acting=Acting.member(sam.id), now=NOW)
    sign(proposal, mara)
    told = " ".join(AuditLine.objects.values_list("detail", flat=True))
    assert "Mara" not in told and "brightwater" not in told and "secret" not in told
