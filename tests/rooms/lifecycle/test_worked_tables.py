"""The worked tables of docs/why/lifecycle.md, each run through the fold and through the tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import cast

import pytest

from oarlock.agreement import check, read_text, seal
from oarlock.lifecycle import Versions
from oarlock.lifecycle.entries import Entry

from .company import Company, Rows
from .test_replay import history, live

PAGE = (Path(__file__).parents[3] / "docs" / "why" / "lifecycle.md").read_text(encoding="utf-8")
AGREEMENT = re.search(r"```yaml\n(.*?)```", PAGE, re.S)[1]  # type: ignore[index]
EDITS = re.search(r"Version 2, .*?`(in_force: \S+)`.*?`(when: [^`]+)`", PAGE, re.S).groups()  # type: ignore[union-attr]
END = "31 Dec 00:00"


def version(number: int) -> bytes:
    """The page's agreement, or its second version: the date in force and the rule of mql are others."""
    if number == 1:
        return AGREEMENT.encode()
    text = re.sub(r"in_force: \S+", EDITS[0], AGREEMENT)
    return re.sub(r"(?<=    kind: gate\n    )when: .*", EDITS[1], text).encode()


def instant(told: str) -> datetime:
    """`3 Mar 09:00`, with seconds and their parts where they matter, in UTC of 2026."""
    clock = "%H:%M:%S.%f" if told.count(":") == 2 else "%H:%M"
    return datetime.strptime(f"2026 {told}", f"%Y %d %b {clock}").replace(tzinfo=UTC)


@dataclass
class Person:
    """One person's rows of the lake, filled from a case's lines; every id in them begins with the person's own."""

    who: str = "ann"
    rows: Rows = field(default_factory=Rows)
    serial: int = 0

    def take(self, when: str, told: str) -> None:
        """One line of a `what happens` table."""
        at, _, learned = when.partition(", learned ")
        times = {"at": instant(at), "recorded_at": instant(learned or at)}
        what, _, detail = told.partition(": ")
        word, _, key = what.partition(" ")
        self.serial += 1
        TAKEN[word](self, times, key, detail)

    def id(self) -> str:
        return f"{self.who}-{self.serial:04d}"

    def named(self, key: str) -> str:
        return f"{self.who}-{key}"

    def appears(self, times: dict[str, datetime], key: str, detail: str) -> None:
        values = dict(part.split("=") for part in detail.split(", "))
        person = {k.removeprefix("person."): v for k, v in values.items() if k.startswith("person.")}
        self.rows.add("people", person_id=self.who, account_id=self.named("acme"), created_at=times["at"], **person)
        self.rows.add(
            "accounts", account_id=self.named("acme"), employees=float(values.get("account.employees", "nan"))
        )
        if "account.employees" not in values:
            self.rows.tables["accounts"][0]["employees"] = None

    def touch(self, times: dict[str, datetime], key: str, detail: str) -> None:
        self.rows.add("touches", touch_id=self.id(), person_id=self.who, kind=detail, **times)

    def activity(self, times: dict[str, datetime], key: str, detail: str) -> None:
        self.rows.add("activities", activity_id=self.id(), person_id=self.who, kind=detail, **times)

    def change(self, times: dict[str, datetime], key: str, detail: str) -> None:
        path, _, value = detail.partition("=")
        entity, _, name = path.partition(".")
        about = self.who if entity == "person" else self.named("acme")
        self._changed(times, entity, about, name, value)

    def _changed(self, times: dict[str, datetime], entity: str, about: str, name: str, value: str) -> None:
        self.rows.add(
            "changes", change_id=self.id(), entity=entity, entity_id=about, field=name, value=value, by="olive",
            origin="page", **times,
        )  # fmt: skip

    def handoff(self, times: dict[str, datetime], key: str, detail: str) -> None:
        kind, _, reason = detail.partition(", ")
        self.rows.add(
            "handoff_events", event_id=self.id(), handoff_id=self.named(key), person_id=self.who, kind=kind, to="lena",
            reason=reason or None, **times,
        )  # fmt: skip

    def deal(self, times: dict[str, datetime], key: str, detail: str) -> None:
        if detail == "opens":
            self.rows.add(
                "opportunities", opportunity_id=self.named(key), person_id=self.who, status="open",
                created_at=times["at"], closed_at=None, amount=None,
            )  # fmt: skip
            return
        row = next(r for r in self.rows.tables["opportunities"] if r["opportunity_id"] == self.named(key))
        if detail in ("won", "lost"):
            row |= {"status": detail, "closed_at": times["at"]}
        else:
            self._changed(times, "opportunity", self.named(key), *cast(tuple[str, str], detail.split("=")))


TAKEN: dict[str, Callable[[Person, dict[str, datetime], str, str], None]] = {
    "appears": Person.appears,
    "touch": Person.touch,
    "activity": Person.activity,
    "change": Person.change,
    "hand-off": Person.handoff,
    "deal": Person.deal,
}


def table(text: str, first: str) -> list[list[str]]:
    """The rows of the table whose first column has this head."""
    lines = text.splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith(f"| {first} |"))
    block = []
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        block.append([cell.strip() for cell in line.strip("|").split("|")])
    return [block[0], *block[2:]]


CASES = {part.split("\n")[0]: part for part in re.split(r"^### ", PAGE, flags=re.M)[1:]}


def as_told(entry: Entry, numbers: bool) -> list[str]:
    """An entry as a row of the page."""
    at = f"{entry.at.astimezone(UTC):%-d %b %H:%M}"
    if entry.at.microsecond or entry.at.second:
        at = f"{entry.at.astimezone(UTC):%-d %b %H:%M:%S.%f}"
    row = [str(entry.cycle), entry.stage, at, entry.because]
    return [*row, str(entry.agreement)] if numbers else row


def judges(case: str) -> int:
    """How many versions judge: one, or both where the case says so."""
    return 2 if "Judged by versions 1 and 2" in case else 1


@cache
def versions(count: int) -> Versions:
    """The first so many versions."""
    return Versions.of(*(seal(read_text(version(n))) for n in range(1, count + 1)))


def known(case: str) -> str:
    """Until when the case is told."""
    found = re.search(r"as known (\d+ \w+ [\d:]+)", case)
    return found[1] if found else END


def person_of(name: str) -> Person:
    """The person of that case."""
    person = Person(f"ann-{list(CASES).index(name):02d}")
    for when, what in table(CASES[name], "when")[1:]:
        person.take(when, what)
    return person


@cache
def everybody(count: int, until: str) -> tuple[Entry, ...]:
    """By the tables: all whom as many versions judge until then, in one lake."""
    together = Person()
    for name, case in CASES.items():
        if (judges(case), known(case)) == (count, until):
            for lake_table, rows in person_of(name).rows.tables.items():
                for row in rows:
                    together.rows.add(lake_table, **row)
    return tuple(history(cast(Company, together), versions(count), instant(until)))


def alone(name: str) -> list[Entry]:
    """By the fold, fact by fact."""
    case = CASES[name]
    # the fold asks of a company nothing but its rows
    return live(cast(Company, person_of(name)), versions(judges(case)), instant(known(case)))


def among_others(name: str) -> list[Entry]:
    """By the tables."""
    case, who = CASES[name], person_of(name).who
    return [entry for entry in everybody(judges(case), known(case)) if entry.person_id == who]


def test_the_pages_agreement_has_no_fault() -> None:
    assert version(1) != version(2)
    assert not [f for n in (1, 2) for f in check(read_text(version(n))) if f.level == "error"]


def test_the_page_has_its_cases() -> None:
    assert len(CASES) == 20


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("form", [alone, among_others])
def test_a_life_goes_as_the_page_says(name: str, form: Callable[[str], list[Entry]]) -> None:
    head, *expected = table(CASES[name], "cycle")
    found = form(name)
    assert [as_told(entry, "version" in head) for entry in found] == expected
    assert all(entry.skipped == (entry.because == "implied") for entry in found)
