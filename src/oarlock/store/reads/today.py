"""What is true now, for the first page: how the store stands, and which proposals wait for whom; six queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Count, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from oarlock.agreement import Terms
from oarlock.ground.intervals import instant_of
from oarlock.store.models import (
    Adjustment,
    Closing,
    Comment,
    Load,
    Member,
    Proposal,
    Revision,
    Signature,
    Upload,
    Worker,
    WorkOrder,
)
from oarlock.store.reads.proposals import readable
from oarlock.store.reads.signing import standing_of, who_signs
from oarlock.store.reads.workers import ALIVE

MOST = 5
"""So many open proposals are looked into."""
UNDONE = ("looked-at", "failed")
"""States of an upload that waits for somebody."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the store stands. `waited_since`: the oldest order that is due and that nobody has taken."""

    workers: int
    waited_since: datetime | None
    loaded_at: datetime | None
    closed: str
    adjustments: int
    uploads: int


def standing(now: datetime) -> Standing:
    """In one query."""
    due = WorkOrder.objects.filter(Q(state="open") | Q(state="taken", taken_until__lt=now), due_at__lte=now)
    one = Value(1, output_field=IntegerField())
    alive = Worker.objects.filter(seen_at__gte=now - ALIVE).annotate(one=one).values("one")
    adjusted = Adjustment.objects.annotate(one=one).values("one")
    waiting = Upload.objects.filter(state__in=UNDONE).annotate(one=one).values("one")
    zero = Value(0)
    found = (
        Member.objects.order_by("pk").values_list(
            Coalesce(Subquery(alive.annotate(n=Count("pk")).values("n")), zero),
            Subquery(due.order_by("due_at").values("due_at")[:1], output_field=IntegerField()),
            Subquery(Load.objects.filter(finished_at__isnull=False).order_by("-number").values("finished_at")[:1],
                     output_field=IntegerField()),
            Coalesce(Subquery(Closing.objects.order_by("-month").values("month")[:1]), Value(""),
                     output_field=CharField()),
            Coalesce(Subquery(adjusted.annotate(n=Count("pk")).values("n")), zero),
            Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n")), zero),
        ).first()
    )  # fmt: skip
    if found is None:  # nobody is a member, so nobody looks
        return Standing(0, None, None, "", 0, 0)
    workers, since, loaded, closed, adjustments, uploads = found
    return Standing(workers, _instant(since), _instant(loaded), closed, adjustments, uploads)


def _instant(said: int | None) -> datetime | None:
    return None if said is None else instant_of(said)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open proposal: who has to sign it, who has, and how many comments are not settled. `readable` False: its text
    has errors, and nobody can sign it yet."""

    id: str
    title: str
    author_id: str
    author: str
    team: str
    opened_at: datetime
    signers: tuple[str, ...]
    signed: frozenset[str]
    unsettled: int
    readable: bool

    @property
    def unsigned(self) -> tuple[str, ...]:
        """Who has to sign it and has not."""
        return tuple(key for key in self.signers if key not in self.signed)


def waiting(before: Terms | None) -> tuple[Waiting, ...]:
    """The newest open proposals; `before` is the latest signed version."""
    unsettled = Comment.objects.filter(proposal=OuterRef("pk"), settled_at__isnull=True).order_by()
    counted = unsettled.values("proposal").annotate(n=Count("pk")).values("n")
    proposals = list(
        Proposal.objects.filter(state="open").select_related("author").order_by("-opened_at")
        .annotate(unsettled=Coalesce(Subquery(counted), Value(0)))[:MOST]
    )  # fmt: skip
    if not proposals:
        return ()
    latest = Revision.objects.filter(proposal__in=proposals, number=F("proposal__revision"))
    texts = {key: bytes(source) for key, source in latest.values_list("proposal_id", "source")}
    signed: dict[str, set[str]] = {}
    names = Signature.objects.filter(proposal__in=proposals, voided_at__isnull=True)
    for key, signer in names.values_list("proposal_id", "signer"):
        signed.setdefault(key, set()).add(signer)
    terms = {p.id: readable(texts[p.id]) for p in proposals}
    named = _all_named(before, *terms.values())
    standing = standing_of(list(Member.objects.filter(person__in=named)))
    return tuple(
        Waiting(
            p.id, p.title, p.author_id, p.author.name, p.author.team, p.opened_at,
            who_signs(before, read, standing).names if read else (), frozenset(signed.get(p.id, ())), p.unsettled,
            read is not None,
        )
        for p in proposals for read in (terms[p.id],)
    )  # fmt: skip


def _all_named(*texts: Terms | None) -> set[str]:
    """Every signer these texts name, and whom they report to."""
    people = [t.leadership.person(key) for t in texts if t for key in t.leadership.signers]
    return {key for person in people if person for key in (person.key, person.reports_to or "")} - {""}
