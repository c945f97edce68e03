"""One order for work as a page shows it while it is being done, and afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oarlock.store.models import WorkOrder


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order: who wished for it, how far it has come, and what came of it."""

    id: str
    kind: str
    key: str
    by: str
    state: str
    words: str
    share: float | None
    result: Mapping[str, Any]

    @property
    def working(self) -> bool:
        """Whether there is more to wait for."""
        return self.state in ("open", "taken")


def waiting_of(kind: str, actor: str) -> int:
    """How many orders of that kind this one wished for and nobody has begun."""
    return WorkOrder.objects.filter(state="open", kind=kind, by=actor).count()


def ordered(order_id: str) -> Ordered | None:
    """The order of that id; None where there is none."""
    o = WorkOrder.objects.filter(id=order_id[:36]).first() if order_id and "\0" not in order_id else None
    return None if o is None else Ordered(
        o.id, o.kind, o.key, o.by, o.state, o.words, o.share, json.loads(o.result or "{}")
    )  # fmt: skip
