"""Erase a person on request, everywhere: lake, store, quarantine, uploads, exports; and see that nothing is left.

    plan(home, person_id)                     what is there, before anything is done (`oarlock erase --dry-run`)
    erase(home, person_id, reason, ...)       all of it; cut short anywhere and run again it ends the same

Promises: docs/why/erasing.md. Backups made before are not reached; they are named in what is told at the end.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from oarlock.engines import forgetting, sweeping
from oarlock.engines.forgetting import Kept
from oarlock.engines.manifest import read as manifest
from oarlock.engines.rows_across import files_in_force
from oarlock.engines.sweeping import Named
from oarlock.engines.writing import writer
from oarlock.ground.clock import now as instant_now
from oarlock.ground.problems import UserProblem
from oarlock.jobs.loading import Tell, earlier, sha_of
from oarlock.records.shapes import ERASED
from oarlock.store.models import Activity, Change, Erasure, HandoffEvent, Person, StageEntry, Touch, Upload
from oarlock.store.writes import erasing, loads
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.judging import merged_away
from oarlock.store.writes.orders import Order

SWEPT = ("quarantine", "uploads", "exports", "files", "looking", "loading", "workshop", "cache", "plans")
"""Folders of the workspace, beside lake and store, that may hold rows of people or texts made of them."""
WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom an erasure would reach: their ids (merged records too), and rows by table that stay without identity."""

    person_id: str
    ids: tuple[str, ...]
    rows: tuple[tuple[str, int], ...]
    erased_before: bool


def plan(person_id: str) -> Plan:
    """What an erasure of this person would reach. UserProblem `unknown-person`."""
    known = Person.objects.filter(pk=person_id).annotate(gone=Exists(Erasure.objects.filter(pk=OuterRef("pk"))))
    found = known.values_list("gone", flat=True).first()
    if found is None:
        raise UserProblem("unknown-person", f"There is nobody with the id “{person_id[:60]}”.", "", "Find them first.")
    ids = (person_id, *merged_away(person_id))
    places = {
        "touches": Touch.objects.filter(person_id__in=ids), "activities": Activity.objects.filter(person_id__in=ids),
        "changes": Change.objects.filter(entity="person", entity_id__in=ids),
        "hand-off events": HandoffEvent.objects.filter(person_id__in=ids),
        "stage entries": StageEntry.objects.filter(person_id__in=ids),
    }  # fmt: skip
    counted = Person.objects.filter(pk=person_id).values_list(*(_count(rows) for rows in places.values())).get()
    rows = (("records", len(ids)), *zip(places, counted, strict=True))
    return Plan(person_id, ids, rows, found)


def _count(rows: QuerySet[Any, Any]) -> Coalesce:
    """How many rows, as a part of one query."""
    one = rows.order_by().annotate(whole=Value(1)).values("whole").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(one), 0)


def erase_order(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `erase`."""
    home, asked = Path(settings.OARLOCK.home), order.asked
    return erase(
        home, str(asked["person"]), str(asked["reason"]), acting=Acting(order.by), now=instant_now(), tell=tell
    )  # fmt: skip


def erase(
    home: Path, person_id: str, reason: str, *, acting: Acting, now: datetime, tell: Tell = lambda words, share: None
) -> dict[str, object]:
    """Erase one person; what was done, by place. UserProblem `unknown-person`, `needs-a-reason`, `busy`."""
    ids = plan(person_id).ids
    if not reason.strip():
        raise UserProblem("needs-a-reason", "An erasure needs a reason.", "", "Say who asked for it, without a name.")
    named = Named.of(ids, _marks(ids))
    tell("remembering, hashed, whom imports must not bring back", 0.05)
    forgetting.remember(home, ids, named.marks)
    tell("erasing in the lake", 0.1)
    kept = _in_lake(home, ids, acting, now)
    tell("erasing in the quarantine and in files", 0.5)
    _pending_uploads(home, named)
    swept = sweeping.sweep([home / name for name in SWEPT if (home / name).is_dir()], named)
    tell("erasing in the store", 0.7)
    touched = erasing.erase(ids, kept.texts, kept.fields, named.marks, reason, acting=acting, now=now)
    tell("seeing that nothing is left", 0.85)
    clean = erasing.scrub(touched)
    remain = [str(path.relative_to(home)) for path in sweeping.left(home, named)]
    return {"store": touched, "files": sum(swept.values()), "log_cut": clean, "left_in": remain}


def _marks(ids: tuple[str, ...]) -> list[str]:
    """E-mail addresses and telephone numbers they have and had."""
    people = Person.objects.filter(pk__in=ids).values_list("email", "phone")
    said = Change.objects.filter(Q(field="email") | Q(field="phone"), entity="person", entity_id__in=ids)
    marks = [mark for pair in people for mark in pair] + list(said.values_list("value", flat=True))
    return [mark for mark in marks if mark and mark != ERASED]


def _in_lake(home: Path, ids: tuple[str, ...], acting: Acting, now: datetime) -> Kept:
    """Rewrite the lake, and say in a load of its own which files went and came: they were not tampered with."""
    if not manifest(home).tables:
        return Kept()
    with writer(home, wait=WAIT, told=lambda words: None) as session:
        kept = forgetting.forget(session, ids)
    seen, versions, mark = earlier()
    if not seen:
        return kept
    there = {f"{table}/{Path(f).name}": Path(f) for table, files in files_in_force(home).items() for f in files}
    new = {name: sha_of(path) for name, path in sorted(there.items()) if name not in seen}
    gone = [name for name in sorted(seen) if name not in there]
    if new or gone:
        number = loads.begin(loads.LAKE, mark, now=now)
        told: dict[str, Any] = {"rows": {}, "lake": new, "gone": gone, "versions": versions, "because": "erased"}
        loads.finish(number, told, acting=acting, now=now)
    return kept


def _pending_uploads(home: Path, named: Named) -> None:
    """Files that wait for their import go as a whole where they name the person: their rows would come in later."""
    for upload in Upload.objects.exclude(state="done"):
        folder = home / "uploads" / upload.id
        told = any(mark in upload.summary.lower() for mark in named.marks)
        if told or any(sweeping.left(folder, named) if folder.is_dir() else ()):
            shutil.rmtree(folder, ignore_errors=True)
            Upload.objects.filter(id=upload.id).update(state="done", summary="{}")
