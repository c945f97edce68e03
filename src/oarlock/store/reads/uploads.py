"""Uploads as pages show them: their files, how far they have come, and what became of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oarlock.store.models import Upload, WorkOrder


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the latest order for an upload has come; `failed` is why it could not be done."""

    kind: str
    state: str
    words: str
    share: float | None

    @property
    def working(self) -> bool:
        """Whether there is more to wait for."""
        return self.state in ("open", "taken")

    @property
    def hundredths(self) -> int:
        """The share as a whole number of hundredths."""
        return round(100 * (self.share or 0))


@dataclass(frozen=True, slots=True)
class Arrived:
    """One upload. `summary` is what the look or the import told."""

    id: str
    by: str
    at: datetime
    files: tuple[tuple[str, int], ...]
    mapping: str
    state: str
    summary: Mapping[str, Any]
    progress: Progress | None = None

    @property
    def preset(self) -> str:
        """The preset it is read under; empty where it has a mapping of its own."""
        return self.mapping.removeprefix("preset:") if self.mapping.startswith("preset:") else ""


def uploads(most: int = 30) -> tuple[Arrived, ...]:
    """The latest uploads, newest first."""
    return tuple(_arrived(u, None) for u in Upload.objects.select_related("by").order_by("-at", "-id")[:most])


def upload(upload_id: str) -> Arrived | None:
    """One upload and its latest order; None where there is none."""
    found = Upload.objects.select_related("by").filter(id=upload_id).first()
    if found is None:
        return None
    last = WorkOrder.objects.filter(kind__in=("look", "import"), key=upload_id).order_by("-made_at", "-id").first()
    return _arrived(found, Progress(last.kind, last.state, last.words, last.share) if last else None)


def of_import(import_id: str) -> Arrived | None:
    """The upload an import came of; None where it came in by another way."""
    for found in Upload.objects.select_related("by").filter(summary__contains=f'"id": "{import_id}"')[:5]:
        if json.loads(found.summary).get("id") == import_id:
            return _arrived(found, None)
    return None


def _arrived(u: Upload, progress: Progress | None) -> Arrived:
    files = tuple((str(name), int(size)) for name, size in json.loads(u.names))
    return Arrived(u.id, u.by.name, u.at, files, u.mapping, u.state, json.loads(u.summary or "{}"), progress)
