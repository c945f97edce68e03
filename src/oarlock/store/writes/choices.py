"""How somebody wants to hear of things: their own choice, kind by kind, and their quiet hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from oarlock.ground.problems import UserProblem
from oarlock.ground.quiet import read_quiet
from oarlock.store.models import Choice
from oarlock.store.reads.channels import names
from oarlock.store.reads.notices import ALL, Chosen
from oarlock.store.writes.audit import Acting, note
from oarlock.store.writes.notices import KINDS

WHEN = ("at-once", "digest")
MAIL = "mail"


def choose(member_id: str, chosen: Mapping[str, Chosen], quiet: str, *, acting: Acting, now: datetime) -> None:
    """All choices of a member at once; a kind that is left out goes by the one for all (`*`).

    UserProblem `bad-choice`, `bad-quiet`.
    """
    known = names() | {MAIL}
    for kind, each in chosen.items():
        if kind not in KINDS and kind != ALL:
            raise UserProblem("bad-choice", f"There is no kind of notice `{kind[:30]}`.", "", "Load the page again.")
        if each.when not in WHEN or not known.issuperset(each.channels):
            raise UserProblem("bad-choice", "One of the channels was closed.", "", "Load the page again, and choose.")
    hours = str(read_quiet(quiet)) if quiet.strip() else ""
    rows = {ALL: Chosen((MAIL,)), **chosen} if hours and ALL not in chosen else dict(chosen)
    with transaction.atomic():
        Choice.objects.filter(member_id=member_id).delete()
        Choice.objects.bulk_create(
            Choice(
                member_id=member_id, kind=kind, channels=" ".join(each.channels), when=each.when,
                quiet=hours if kind == ALL else "",
            )
            for kind, each in rows.items()
        )  # fmt: skip
        note("chose", "member", member_id, {"kinds": len(rows)}, acting=acting, now=now)
