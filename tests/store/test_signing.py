"""From a proposal to a version: all signatures over the exact bytes, or nothing is in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.store.signing_desk import (
    FIRST,
    NOW,
    SECOND,
    member,
    own_workspace,
    propose,
    revise,
    shown,
    sign,
    signed_first,
    tomorrow,
)

from oarlock.demo.cast import sign_up
from oarlock.ground.problems import UserProblem
from oarlock.store import envelope
from oarlock.store.keys import signing_seed
from oarlock.store.models import AuditLine, Member, Proposal, Signature, Version, WorkOrder
from oarlock.store.reads.signing import seats, to_sign
from oarlock.store.reads.versions import all_versions, in_force, terms_of
from oarlock.store.writes import proposals, signing
from oarlock.store.writes.agreements_folder import lay_out
from oarlock.store.writes.audit import SYSTEM, Acting, chained

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


def refused(code: str, *asked: Any, **more: Any) -> UserProblem:
    with pytest.raises(UserProblem) as caught:
        sign(*asked, **more)
    assert caught.value.code == code, caught.value.what
    return caught.value


def versions() -> list[int]:
    return list(Version.objects.order_by("number").values_list("number", flat=True))


def test_one_signature_of_two_makes_no_version(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    assert sign(proposal, mara).adopted is None
    assert versions() == []
    with pytest.raises(UserProblem) as caught:
        signing.adopt(proposal, acting=SYSTEM, now=NOW)
    assert caught.value.code == "unsigned" and "sam" in caught.value.why


def test_the_last_signature_makes_the_version_of_exactly_the_bytes_that_were_proposed(
    mara: Member, sam: Member, home: Path
) -> None:
    signed_first(mara, sam)
    version = Version.objects.get(number=1)
    found = envelope.opened(bytes(version.envelope), envelope.public_key(signing_seed(home)))
    assert found.source == bytes(version.source) == FIRST == (home / "agreements" / "1.yaml").read_bytes()
    assert {one.signer: one.member for one in found.statements} == {"mara": mara.id, "sam": sam.id}
    assert found.hash == version.envelope_hash
    assert version.hash == "sha256:" + sha256(FIRST).hexdigest()
    assert in_force(NOW).number == 1  # type: ignore[union-attr]


def test_the_first_version_may_be_dated_back_and_no_later_one(mara: Member, sam: Member) -> None:
    signed_first(mara, sam)
    for day in ("2026-01-11", "2026-01-12"):
        problem = refused("dated-in-the-past", propose(tomorrow(day=day), sam), sam, seen=(1, ""))
        assert "tomorrow" in problem.next_step
    sign(propose(tomorrow(day="2026-01-13"), sam), sam)


def test_a_version_comes_into_force_on_its_date_and_not_before(mara: Member, sam: Member) -> None:
    signed_first(mara, sam)
    proposal = propose(SECOND, sam)
    for signer in (sam, mara):
        sign(proposal, signer)
    midnight_in_berlin = datetime(2026, 1, 31, 23, tzinfo=UTC)
    assert in_force(midnight_in_berlin - timedelta(microseconds=1)).number == 1  # type: ignore[union-attr]
    assert in_force(midnight_in_berlin).number == 2  # type: ignore[union-attr]


def test_versions_come_into_force_in_the_order_they_were_signed(mara: Member, sam: Member) -> None:
    signed_first(mara, sam)
    second = propose(SECOND, sam)
    for signer in (sam, mara):
        sign(second, signer)
    refused("dated-before", propose(tomorrow(day="2026-01-20"), mara), mara, seen=(1, ""))
    assert versions() == [1, 2]


def test_any_edit_voids_what_was_signed_and_the_trail_says_so(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    sign(proposal, mara)
    revise(proposal, FIRST + b"# a word\n", 1, sam)
    gone = Signature.objects.get()
    assert gone.voided_at == NOW and gone.voided_because == "the text changed"
    assert AuditLine.objects.filter(verb="voided", subject=proposal).count() == 1
    assert sign(proposal, sam).adopted is None
    assert versions() == []


def test_a_text_that_changed_between_reading_and_signing_is_not_signed(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    seen = shown(proposal)
    revise(proposal, FIRST + b"# a word\n", 1, sam)
    refused("stale-text", proposal, mara, seen=seen)
    refused("stale-text", proposal, mara, seen=(2, seen[1]))
    assert not Signature.objects.exists()


def test_signing_twice_is_signing_once(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    assert sign(proposal, mara).id == sign(proposal, mara).id
    assert Signature.objects.count() == AuditLine.objects.filter(verb="signed").count() == 1


def test_nobody_signs_for_somebody_else(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    refused("not-a-signer", proposal, member("olive"))
    sam.is_active = False
    sam.save()
    refused("not-a-signer", proposal, sam)
    assert not Signature.objects.exists()


def test_an_agreement_with_an_error_is_not_signed(mara: Member, sam: Member) -> None:
    refused("agreement-has-errors", propose(FIRST.replace(b"fit >= 40", b"fitt >= 40"), mara), mara, seen=(1, ""))
    assert not Signature.objects.exists()


def test_an_agreement_that_names_no_signer_is_not_signed(mara: Member, sam: Member) -> None:
    refused("unsigned-agreement", propose(FIRST.replace(b"  signers: [mara, sam]\n", b""), mara), mara, seen=(1, ""))
    assert not Signature.objects.exists()


def without_sam(source: bytes = SECOND) -> bytes:
    people = b"    sam:   {name: Sam Okafor, role: sales-leader, reports_to: rosa}\n"
    new = b"    nils:  {name: Nils Berg, role: sales-leader, reports_to: rosa}\n"
    text = source.replace(people, new).replace(b"signers: [mara, sam]", b"signers: [mara, nils]")
    return (
        text.replace(b"reports_to: sam", b"reports_to: nils")
        .replace(b"owner: sam", b"owner: nils")
        .replace(b"mara, sam, olive", b"mara, nils, olive")
    )


def test_a_signer_cannot_be_cut_out_by_a_text_that_does_not_name_them(mara: Member, sam: Member) -> None:
    signed_first(mara, sam)
    nils = member("nils")
    proposal = propose(without_sam(), mara)
    sign(proposal, mara)
    assert sign(proposal, nils).adopted is None
    assert [seat.signer for seat in seats(to_sign(Proposal.objects.get(id=proposal), NOW), [])] == [
        "mara", "nils", "sam",
    ]  # fmt: skip
    assert sign(proposal, sam).adopted == 2


def test_a_signer_who_left_is_stood_in_for_by_whom_they_reported_to_and_the_envelope_says_so(
    mara: Member, sam: Member, home: Path
) -> None:
    signed_first(mara, sam)
    nils, rosa = member("nils"), member("rosa")
    sam.is_active = False
    sam.save()
    proposal = propose(without_sam(), mara)
    for signer in (mara, nils):
        assert sign(proposal, signer).adopted is None
    assert sign(proposal, rosa).adopted == 2
    header = envelope.opened(bytes(Version.objects.get(number=2).envelope), envelope.public_key(signing_seed(home)))
    assert header.header.left == (("sam", "rosa"),)


def test_a_signer_who_leaves_meanwhile_voids_what_was_signed_for_other_names(mara: Member, sam: Member) -> None:
    signed_first(mara, sam)
    member("nils"), member("rosa")
    proposal = propose(without_sam(), mara)
    sign(proposal, mara)
    sam.is_active = False
    sam.save()
    sign(proposal, mara)
    assert Signature.objects.get(proposal=proposal, voided_at__isnull=False).voided_because == "what is signed changed"
    assert Signature.objects.filter(proposal=proposal, voided_at=None).count() == 1


def test_a_signature_taken_from_another_proposal_does_not_count(mara: Member, sam: Member) -> None:
    one, other = propose(FIRST, mara), propose(FIRST + b"# other\n", mara)
    sign(one, mara)
    sign(other, sam)
    taken = Signature.objects.get(proposal=one)
    Signature.objects.create(
        id="replayed", proposal_id=other, revision=1, signer="mara", member=mara, at=NOW, method="password",
        envelope_hash=shown(other)[1], signature=taken.signature,
    )  # fmt: skip
    with pytest.raises(UserProblem) as caught:
        signing.adopt(other, acting=SYSTEM, now=NOW)
    assert caught.value.code == "forged-agreement"
    assert versions() == []


def test_one_signer_has_one_signature_by_the_database_itself(mara: Member, sam: Member) -> None:
    proposal = propose(FIRST, mara)
    sign(proposal, mara)
    taken = Signature.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(
            id="twice", proposal_id=proposal, revision=1, signer="mara", member=mara, at=NOW, method="password",
            envelope_hash=taken.envelope_hash, signature=taken.signature,
        )  # fmt: skip


def test_another_version_signed_meanwhile_voids_and_asks_to_be_brought_up_to_date(mara: Member, sam: Member) -> None:
    signed_first(mara, sam)
    mine = propose(tomorrow(FIRST.replace(b"2025-01-01", b"2026-03-01"), "x").replace(b"120, per", b"140, per"), mara)
    sign(mine, mara)
    other = propose(SECOND, sam)
    for signer in (sam, mara):
        sign(other, signer)
    assert Signature.objects.get(proposal=mine).voided_because == "version 2 was signed"
    refused("stale-base", mine, mara, seen=(1, ""))
    at_odds = proposals.bring_up_to_date(mine, author=mara.id, acting=Acting.member(mara.id), now=NOW)
    assert at_odds.number is None and at_odds.theirs == SECOND, "both changed the date in force"
    by_hand = SECOND.replace(b"120, per", b"140, per").replace(b"2026-02-01", b"2026-03-01")
    proposals.bring_up_to_date(mine, source=by_hand, author=mara.id, acting=Acting.member(mara.id), now=NOW)
    sign(mine, mara)
    assert sign(mine, sam).adopted == 3


def test_the_trail_is_a_chain_over_every_verb(mara: Member, sam: Member) -> None:
    signed_first(mara, sam)
    lines = list(AuditLine.objects.order_by("number"))
    assert [line.verb for line in lines] == ["proposed", "signed", "signed", "adopted"]
    before = "0" * 64
    for line in lines:
        assert line.hash == chained(before, line)
        before = line.hash
    assert Version.objects.get().envelope_hash in lines[-1].detail


def test_every_signature_orders_the_mail_that_carries_the_head_of_the_trail(mara: Member, sam: Member) -> None:
    signed_first(mara, sam)
    asked = list(WorkOrder.objects.filter(kind="checkpoint").order_by("made_at", "id").values_list("key", flat=True))
    assert sorted(asked) == ["2", "4"]


def test_a_starter_that_lies_in_the_place_of_a_version_is_set_aside_and_not_lost(
    mara: Member, sam: Member, home: Path
) -> None:
    folder = home / "agreements"
    folder.mkdir()
    (folder / "1.yaml").write_bytes(b"company: Draft\n")
    (folder / "same-day.yaml").write_bytes(FIRST + b"# unsigned\n")
    (folder / "notes.txt").write_bytes(b"kept")
    signed_first(mara, sam)
    assert (folder / "1.yaml").read_bytes() == FIRST
    assert sorted(path.name for path in folder.iterdir()) == [".unsigned", "1.yaml", "notes.txt"]
    assert {path.read_bytes() for path in (folder / ".unsigned").iterdir()} == {
        b"company: Draft\n", FIRST + b"# unsigned\n",
    }  # fmt: skip
    assert lay_out(home) == []


def test_a_file_that_went_missing_is_laid_out_again(mara: Member, sam: Member, home: Path) -> None:
    signed_first(mara, sam)
    (home / "agreements" / "1.yaml").unlink()
    assert lay_out(home) == ["1.yaml"]
    assert (home / "agreements" / "1.yaml").read_bytes() == FIRST


def test_brightwater_is_signed_by_the_same_verbs_before_each_date_and_says_that_it_is_a_demo(
    mara: Member, sam: Member, home: Path
) -> None:
    assert sign_up(home) == [1, 2]
    assert sign_up(home) == []
    key = envelope.public_key(signing_seed(home))
    chain = envelope.succession([bytes(v.envelope) for v in Version.objects.order_by("number")], key)
    assert [one.source for one in chain] == [FIRST, SECOND]
    assert {said.method for one in chain for said in one.statements} == {"demo"}
    assert all(version.adopted_at < version.in_force_from for version in Version.objects.all())


def unguard() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE agreement_versions DISABLE TRIGGER USER")
        else:
            for verb in ("UPDATE", "DELETE"):
                cursor.execute(f"DROP TRIGGER agreement_versions_{verb}_refused")


@pytest.mark.parametrize(
    "spoil",
    [
        {"source": FIRST.replace(b"fit >= 40", b"fit >= 10")},
        {"envelope": b"{}"},
        {"envelope": b""},
        {"in_force_from": datetime(2024, 1, 1, tzinfo=UTC)},
        {"envelope_hash": "0" * 64},
    ],
)
def test_a_row_nobody_signed_judges_nothing(mara: Member, sam: Member, spoil: dict[str, Any]) -> None:
    signed_first(mara, sam)
    unguard()
    told = dict(spoil)
    if "source" in told:
        told["hash"] = "sha256:" + sha256(told["source"]).hexdigest()
    Version.objects.filter(number=1).update(**told)
    terms_of.cache_clear()
    for ask in (lambda: in_force(NOW), all_versions):
        with pytest.raises(UserProblem) as caught:
            ask()
        assert caught.value.code == "forged-agreement"
    terms_of.cache_clear()


def test_a_version_slipped_in_beside_the_signed_ones_judges_nothing(mara: Member, sam: Member) -> None:
    signed_first(mara, sam)
    own = Version.objects.get()
    Version.objects.create(
        number=2, in_force_from=NOW, hash="sha256:" + sha256(SECOND).hexdigest(), envelope=own.envelope, source=SECOND,
        envelope_hash=own.envelope_hash, adopted_at=NOW,
    )  # fmt: skip
    terms_of.cache_clear()
    with pytest.raises(UserProblem) as caught:
        in_force(NOW)
    assert caught.value.code == "forged-agreement"
