"""Files that came in through the browser: noted when they have arrived, told how they are to be read, and what became
of them. The files themselves lie in the workspace until they are in the lake; rows set aside lie in the quarantine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from oarlock.ground.problems import UserProblem
from oarlock.store.models import Member, Upload
from oarlock.store.writes import orders
from oarlock.store.writes.audit import Acting, note

LOOK, IMPORT = "look", "import"
"""The kinds of order: look at how the files would come in; bring them in."""
OPEN = ("looked-at", "failed")
"""States in which an upload may be given another mapping, or brought in."""


def receive(upload_id: str, names: Sequence[tuple[str, int]], mapping: str, *, member: Member, now: datetime) -> str:
    """Note files that have arrived, with their sizes in bytes, and have them looked at."""
    with transaction.atomic():
        Upload.objects.create(id=upload_id, by=member, at=now, names=json.dumps(list(names)), mapping=mapping)
        acting = Acting.member(member.id)
        detail = {"files": len(names), "bytes": sum(size for _, size in names)}
        note("uploaded", "upload", upload_id, detail, acting=acting, now=now)
        look(upload_id, acting=acting, now=now)
    return upload_id


def look(upload_id: str, *, acting: Acting, now: datetime) -> None:
    """Order a look at the files under the mapping that is chosen."""
    orders.order(LOOK, upload_id, {"upload": upload_id}, acting=acting, now=now)


def choose(upload_id: str, mapping: str, *, acting: Acting, now: datetime) -> None:
    """Read the files under another mapping: a preset's name after `preset:`, or the mapping's own text."""
    with transaction.atomic():
        upload = _open(upload_id)
        upload.mapping, upload.summary, upload.state = mapping, "", "looked-at"
        upload.save(update_fields=["mapping", "summary", "state"])
        note("remapped", "upload", upload_id, {}, acting=acting, now=now)
        look(upload_id, acting=acting, now=now)


def bring_in(upload_id: str, *, acting: Acting, now: datetime) -> None:
    """Order the import of an upload. Asked twice it is done once."""
    with transaction.atomic():
        upload = _open(upload_id)
        upload.state = "ordered"
        upload.save(update_fields=["state"])
        orders.order(IMPORT, upload_id, {"upload": upload_id}, acting=acting, now=now)
        note("ordered", "import", upload_id, {}, acting=acting, now=now)


def told(upload_id: str, state: str, summary: Mapping[str, object], *, acting: Acting, now: datetime) -> None:
    """What became of an upload: `looked-at`, `done` or `failed`, and what is to be shown of it."""
    with transaction.atomic():
        Upload.objects.filter(id=upload_id).update(state=state, summary=json.dumps(dict(summary), ensure_ascii=False))
        if state != "looked-at":
            detail = {k: summary[k] for k in ("id", "rows", "quarantined") if k in summary}
            verb = "imported" if state == "done" else "refused"
            note(verb, "upload", upload_id, detail, acting=acting, now=now)


def _open(upload_id: str) -> Upload:
    upload = Upload.objects.filter(id=upload_id).first()
    if upload is None:
        raise UserProblem("unknown-upload", "There is no such upload.", "", "Go back to the list of imports.")
    if upload.state not in OPEN:
        raise UserProblem("conflict", "This upload is being brought in, or was.", "", "Upload the files again.")
    return upload
