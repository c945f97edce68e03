"""All that is held about one person, as a file for them: one JSON with everything, and a CSV a table.

From the lake, which holds every fact, and from the store for what came in by hand since. Nothing of others is in it
but the ids and names of the users who dealt with them.
"""

# ruff: noqa: S608  (names of tables are the program's own)

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Model, Q
from django.forms.models import model_to_dict

from oarlock.engines.duck import connect
from oarlock.engines.lake import make_views
from oarlock.engines.manifest import lake_folder
from oarlock.engines.manifest import read as manifest
from oarlock.engines.sql import ident
from oarlock.ground.cells import calm
from oarlock.ground.clock import now as instant_now
from oarlock.ground.problems import UserProblem
from oarlock.jobs.loading import Tell
from oarlock.records.shapes import SHAPES
from oarlock.store.models import (
    Change,
    Decision,
    Handoff,
    Identity,
    Opportunity,
    OpportunityContact,
    Person,
    PersonState,
    Remark,
    StageEntry,
)
from oarlock.store.writes.audit import Acting, note
from oarlock.store.writes.judging import merged_away
from oarlock.store.writes.orders import Order

Rows = list[dict[str, Any]]
_OF_A_PERSON = ("people", "touches", "activities", "handoff_events", "stage_entries", "opportunity_contacts")

_SAID: dict[str, type[Model]] = {"known by": Identity, "handed over": Handoff, "remarks": Remark, "decisions": Decision}
"""What the store alone holds about a person, under the name it is handed over by."""


def exports_folder(home: Path) -> Path:
    """Where files wait to be fetched."""
    return home / "exports"


def hand_over_order(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `hand-over`: the file lies under the order's id."""
    home, person_id = Path(settings.OARLOCK.home), str(order.asked["person"])
    tell("gathering what is held", 0.1)
    path = exports_folder(home) / f"{order.id}.zip"
    rows = hand_over(home, person_id, path, acting=Acting(order.by), now=instant_now())
    return {"rows": rows, "person": person_id}


def hand_over(home: Path, person_id: str, path: Path, *, acting: Acting, now: datetime) -> dict[str, int]:
    """Write the file; its rows by table. UserProblem `unknown-person`."""
    tables = held(home, person_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = path.with_suffix(".new")
    with zipfile.ZipFile(waiting, "w", zipfile.ZIP_DEFLATED) as out:
        whole = {"person": person_id, "made_at": now.isoformat(), "tables": tables}
        out.writestr("person.json", json.dumps(whole, ensure_ascii=False, indent=1, default=str))
        for name, rows in tables.items():
            out.writestr(f"{name}.csv", _csv(rows))
    waiting.chmod(0o600)
    os.replace(waiting, path)  # noqa: PTH105  (one step)
    counts = {name: len(rows) for name, rows in tables.items()}
    note("handed over", "person", person_id, {"rows": counts}, acting=acting, now=now)
    return counts


def held(home: Path, person_id: str) -> dict[str, Rows]:
    """Every row about one person and the records merged into theirs, by table."""
    if not Person.objects.filter(pk=person_id).exists():
        raise UserProblem("unknown-person", f"There is nobody with the id “{person_id[:60]}”.", "", "Find them first.")
    ids = (person_id, *merged_away(person_id))
    tables = _from_lake(home, ids) if manifest(home).tables else {}
    tables["as they stand"] = [model_to_dict(p) for p in Person.objects.filter(pk__in=ids)]
    tables["where they stand"] = [model_to_dict(s) for s in PersonState.objects.filter(pk__in=ids)]
    tables["stages entered"] = [model_to_dict(e) for e in StageEntry.objects.filter(person_id__in=ids).order_by("at")]
    deals = OpportunityContact.objects.filter(person_id__in=ids).values("opportunity_id")
    found = Opportunity.objects.filter(Q(person_id__in=ids) | Q(pk__in=deals))
    tables["opportunities"] = [model_to_dict(d) for d in found]
    known = {row["change_id"] for row in tables.get("changes", ())}
    here = Change.objects.filter(entity="person", entity_id__in=ids).exclude(pk__in=known).order_by("at")
    tables["changes"] = [*tables.get("changes", ()), *(model_to_dict(c) for c in here)]
    for name, model in _SAID.items():
        tables[name] = [model_to_dict(row) for row in model._default_manager.filter(person_id__in=ids)]
    return {name: rows for name, rows in tables.items() if rows}


def _from_lake(home: Path, ids: Sequence[str]) -> dict[str, Rows]:
    tables: dict[str, Rows] = {}
    with connect([lake_folder(home)], memory="1000MB") as connection:
        make_views(home, connection)
        connection.execute("CREATE TEMP TABLE wanted AS SELECT unnest($1) AS id", [list(ids)])
        for name in (*_OF_A_PERSON, "changes"):
            key = "entity = 'person' AND entity_id" if name == "changes" else "person_id"
            columns = [c.name for c in SHAPES[name].columns]
            told = ", ".join(f"CAST({ident(column)} AS VARCHAR)" for column in columns)
            result = connection.execute(f"SELECT {told} FROM {name} WHERE {key} IN (SELECT id FROM wanted)")
            tables[name] = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
    return tables


def _csv(rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(key for row in rows for key in row)))
    writer.writeheader()
    writer.writerows({key: calm(value) for key, value in row.items()} for row in rows)
    return text.getvalue()
