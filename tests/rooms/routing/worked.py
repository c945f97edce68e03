"""The page docs/why/routing.md as data: its agreement, its tables, and records and rosters made from their words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from oarlock.agreement import Terms, check, read_text, seal
from oarlock.agreement.tree import Value
from oarlock.ground.intervals import Interval
from oarlock.routing import Lead, Roster, Turn

PAGE = (Path(__file__).parents[3] / "docs" / "why" / "routing.md").read_text(encoding="utf-8")
AGREEMENT = re.search(r"```yaml\n(.*?)```", PAGE, re.S)[1]  # type: ignore[index]
BERLIN = ZoneInfo("Europe/Berlin")
POOLS = {"lena": "dach", "jonas": "dach", "amelie": "world", "piet": "world", "nora": "world"}


def terms_of(text: str = AGREEMENT) -> Terms:
    """The page's agreement, or an edit of it, sealed."""
    draft = read_text(text.encode())
    assert not [f for f in check(draft) if f.level == "error"]
    return seal(draft)


def table(first: str) -> list[list[str]]:
    """The rows of the page's table whose first columns are headed so."""
    lines = PAGE.splitlines()
    begin = next(n for n, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[begin + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line[1:-1].split("|")])
    return rows


def instant(told: str) -> datetime:
    """`Mon 2026-10-05 10:00` or `2026-10-05 10:00`, in Berlin; the day of the week must be right."""
    *day, date, clock = told.split()
    at = datetime.fromisoformat(f"{date} {clock}").replace(tzinfo=BERLIN)
    assert not day or f"{at:%a}" == day[0], f"{told} is a {at:%a}"
    return at.astimezone(UTC)


@dataclass(frozen=True)
class Facts:
    """What is known of a lead, as rules ask for it."""

    values: Mapping[str, Value] = field(default_factory=dict)
    at: datetime = datetime(2026, 10, 5, 8, tzinfo=UTC)

    def value(self, path: str) -> Value:
        return self.values.get(path)

    def count(self, what: str, kind: str, days: int) -> int:
        return 3


def lead_of(told: str) -> tuple[Lead, Facts]:
    """`country=DE, owner=005L, source=fair, interest=arms, held by lena jonas`."""
    said = dict(part.split("=") for part in told.split(", ") if "=" in part)
    held = next((part.removeprefix("held by ").split() for part in told.split(", ") if part.startswith("held by")), [])
    values = {
        "account.country": said.get("country"),
        "account.owner_id": said.get("owner"),
        "person.interest": said.get("interest"),
    }
    return Lead("ann", said.get("owner"), said.get("source"), tuple(held)), Facts(values)


def roster_of(told: str) -> Roster:
    """`lena 15 today, jonas 40 open, piet let go, lena -0.33, lena away 2026-10-05 09:00 to 2026-10-05 11:00`."""
    turns, open_, absences, gone = {}, {}, {}, set()
    for part in filter(None, told.split(", ")):
        who, _, what = part.partition(" ")
        if what == "let go":
            gone.add(who)
        elif what.endswith("open"):
            open_[who] = int(what.split()[0])
        elif what.endswith("today"):
            turns[POOLS[who], who] = Turn(given_today=int(what.split()[0]))
        elif what.startswith("away"):
            begin, _, end = what.removeprefix("away ").partition(" to ")
            absences[who] = (Interval(instant(begin), instant(end)),)
        else:
            turns[POOLS[who], who] = Turn(credit=float(what))
    return Roster(turns, open_, absences, frozenset(gone))
