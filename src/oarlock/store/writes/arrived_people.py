"""The records of people a group of arrivals tells of: begun, changed by facts, and found by their words.

A new person's fields stand in their record, known since it began. A known person's field changes by a fact; the first
time, what stood there before is kept as a fact too. What is told late changes no field that was told later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oarlock.ground.ids import fact_id
from oarlock.ground.intervals import micros
from oarlock.records.arrivals import Arriving
from oarlock.records.shapes import PEOPLE
from oarlock.store.reads.search import words_of
from oarlock.store.writes.arrival_rows import found, put
from oarlock.store.writes.identities import Known, Whose
from oarlock.store.writes.rows import upsert

COLUMNS = tuple(c.name for c in PEOPLE.columns)
FIELDS = frozenset(COLUMNS) - {"person_id", "created_at", "properties"}
CHANGES = ("change_id", "at", "recorded_at", "entity", "entity_id", "field", "value", "by", "origin", "load")
TOUCHES = ("touch_id", "person_id", "at", "recorded_at", "channel", "kind", "campaign_id", "content", "url", "load")
STATE = ("person_id", "cycle", "merged_into")
SEARCHED = frozenset({"name", "email", "company_name", "account_id"})
SHORT = frozenset({"account_id", "campaign_id", "owner_id"})
"""Columns of 200 letters."""


@dataclass(slots=True)
class People:
    """Everybody a group is told of. `touched` are those whose life has something new; `records` those begun;
    `since`: from when on what the others entered is news."""

    now: datetime
    stand: dict[str, dict[str, Any]]
    last: dict[tuple[str, str], int]
    records: list[str] = field(default_factory=list)
    updated: dict[str, None] = field(default_factory=dict)
    renamed: dict[str, None] = field(default_factory=dict)
    touched: dict[str, None] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)
    changes: list[tuple[Any, ...]] = field(default_factory=list)
    touches: list[tuple[Any, ...]] = field(default_factory=list)
    merged: list[tuple[str, str, int]] = field(default_factory=list)

    @classmethod
    def of(cls, known: Known, now: datetime) -> People:
        """The records of all who were recognised, and when each of their fields was last told."""
        ids = {w.person_id for w in known.whose if not w.new and not w.unnamed}
        stand = {
            row[0]: dict(zip(COLUMNS, row, strict=True))
            for row in found("people", COLUMNS, "person_id", ids, lock=True)
        }
        for record in stand.values():
            record["properties"] = json.loads(record["properties"] or "{}")
        people = cls(now, stand, _last(stand))
        for gone, kept, at in known.joined:
            people._merge(gone, kept, at)
        return people

    def account_of(self, whose: Whose) -> str | None:
        """The account somebody belongs to already."""
        found_there = self.stand.get(whose.person_id)
        return found_there["account_id"] if found_there else None

    def take(self, arrival: Arriving, whose: Whose, account_id: str | None) -> None:
        """What one arrival says of its person."""
        if arrival.touch is not None:
            met = arrival.touch
            self.touches.append((
                fact_id("touch", arrival.key), whose.person_id, micros(arrival.at), micros(arrival.recorded_at),
                met.channel, met.kind, met.campaign_id, met.content, met.url,
            ))  # fmt: skip
        if whose.unnamed:
            return
        self._touch(arrival, whose.person_id)
        told = dict(arrival.person)
        if account_id is not None:
            told["account_id"] = account_id
        if whose.person_id in self.stand:
            self._change(arrival, whose.person_id, told)
        else:
            self._begin(arrival, whose.person_id, dict(arrival.first) | told)

    def _touch(self, arrival: Arriving, person_id: str) -> None:
        """Something new of somebody. Of who begins here, or whose visits became theirs, all is news."""
        known = person_id in self.stand and person_id not in self.records
        if known and not any(kept == person_id for _, kept, _ in self.merged):
            self.since[person_id] = min(arrival.at, self.since.get(person_id, arrival.at))
        self.touched[person_id] = None

    def _begin(self, arrival: Arriving, person_id: str, told: Mapping[str, str | None]) -> None:
        record: dict[str, Any] = dict.fromkeys(COLUMNS) | {"person_id": person_id, "created_at": micros(arrival.at)}
        record["properties"] = {}
        for name, value in told.items():
            _set(record, name, value)
        self.stand[person_id] = record
        self.records.append(person_id)

    def _change(self, arrival: Arriving, person_id: str, told: Mapping[str, str | None]) -> None:
        record, at = self.stand[person_id], micros(arrival.at)
        for name, value in told.items():
            if name == "account_id" and record["account_id"] is not None:
                continue
            before = record[name] if name in FIELDS else record["properties"].get(name)
            known = self.last.get((person_id, name))
            late = known is not None and at < known
            if before == _cut(name, value) and not late:
                continue
            began = record["created_at"]
            if person_id not in self.records or at > (began or 0):
                self._fact(arrival, person_id, name, before, _cut(name, value), known, began)
            if late:
                continue
            _set(record, name, value)
            self.updated[person_id] = None
            if name in SEARCHED:
                self.renamed[person_id] = None

    def _fact(
        self, arrival: Arriving, person_id: str, name: str, before: str | None, value: str | None, known: int | None,
        began: int | None,
    ) -> None:  # fmt: skip
        at = max(micros(arrival.at), began or 0)
        if known is None:
            since = began or 0
            former = fact_id("former", "person", person_id, name, before)
            self.changes.append((former, since, since, "person", person_id, name, before, None, arrival.source))
        key = fact_id("change", arrival.key, person_id, name)
        row = (key, at, micros(arrival.recorded_at), "person", person_id, name, value, None, arrival.source)
        self.changes.append(row)
        self.last[person_id, name] = max(at, known or at)

    def _merge(self, gone: str, kept: str, at: datetime) -> None:
        """A visitor turned out to be somebody: a record of nothing but the visits, merged by a fact."""
        self.merged.append((gone, kept, micros(at)))
        row = (fact_id("stitched", gone, kept), micros(at), micros(self.now), "person", gone, "merged_into", kept, None,
               "stitched")  # fmt: skip
        self.changes.append(row)
        self.touched[kept] = None

    def write(self, load: int) -> None:
        """Keep all of it; facts under that load."""
        upsert("people", COLUMNS, [_row(self.stand[p]) for p in self.records])
        bare = [_row(dict.fromkeys(COLUMNS) | {"person_id": gone, "created_at": at, "properties": {}})
                for gone, _, at in self.merged]  # fmt: skip
        upsert("people", COLUMNS, bare, key=("person_id",), keep=True)
        upsert("person_states", STATE, [(g, 1, kept) for g, kept, _ in self.merged], key=("person_id",), keep=True)
        rows = [(*_row(self.stand[p])[1:], p) for p in self.updated if p not in self.records]
        put("people", "person_id", COLUMNS[1:], rows)
        upsert("touches", TOUCHES, [(*row, load) for row in self.touches])
        upsert("changes", CHANGES, [(*row, load) for row in self.changes], key=("change_id",), keep=True)
        self._find()

    def _find(self) -> None:
        """Let them be found by what they say now."""
        again = [p for p in self.renamed if p not in self.records]
        if again:
            from oarlock.store.models import SearchWord

            SearchWord.objects.filter(record_id__in=again, kind="person").delete()
        words = [(word, "person", p) for p in (*self.records, *again) for word in sorted(_words(self.stand[p]))]
        upsert("search_words", ("word", "kind", "record_id"), words)


def _last(stand: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    told: dict[tuple[str, str], int] = {}
    for person_id, name, at in found(
        "changes", ("entity_id", "field", "at"), "entity_id", stand, also=" AND entity = 'person'"
    ):
        told[person_id, name] = max(at, told.get((person_id, name), at))
    return told


def _set(record: dict[str, Any], name: str, value: str | None) -> None:
    if name in FIELDS:
        record[name] = _cut(name, value)
    else:
        record["properties"][name] = value


def _cut(name: str, value: str | None) -> str | None:
    return value[:200] if value is not None and name in SHORT else value


def _row(record: Mapping[str, Any]) -> tuple[Any, ...]:
    told = json.dumps(record["properties"], ensure_ascii=False)
    return tuple(told if c == "properties" else record[c] for c in COLUMNS)


def _words(record: Mapping[str, Any]) -> set[str]:
    """As `records.find_by` has it: a person's account has its own words."""
    email = record["email"] or ""
    texts: Iterable[str | None] = (record["name"], email.split("@")[0])
    if record["account_id"] is None:
        texts = (*texts, record["company_name"], email.split("@")[-1])
    return {word for text in texts if text for word in words_of(text)}
