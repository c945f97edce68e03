"""What a list is asked for: filters and order as they stand in an address, and the filters people saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from oarlock.ground.problems import UserProblem
from oarlock.store.models import SavedFilter, User
from oarlock.store.reads.walking import Place, place

NOBODY = "-"
"""What an address says for records that belong to nobody (or come from nowhere)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One list as it was asked for. `equal` are pairs of a word of the address and its value."""

    text: str = ""
    equal: tuple[tuple[str, str], ...] = ()
    begin: date | None = None
    end: date | None = None
    sort: str = ""
    after: Place | None = None

    @property
    def said(self) -> dict[str, str]:
        """Words of the address with the values asked for."""
        return dict(self.equal)

    def get(self, word: str) -> str:
        """The value asked for under that word; empty where none is."""
        return self.said.get(word, "")

    @property
    def descending(self) -> bool:
        """Whether the order is turned round."""
        return self.sort.startswith("-")

    @property
    def column(self) -> str:
        """The word the list is sorted by."""
        return self.sort.removeprefix("-")

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.text or self.equal or self.begin or self.end)

    def query(self, **other: str) -> str:
        """The address's query for this list, with other words in place of some; never with a place in it."""
        said = {"q": self.text, **dict(self.equal), "from": _day(self.begin), "until": _day(self.end)}
        pairs = {**said, "sort": self.sort, **other}
        return urlencode({word: value for word, value in pairs.items() if value})


def asked(said: Mapping[str, str], words: Iterable[str], sorts: Iterable[str], default: str) -> Asked:
    """What an address asks for. UserProblem where a day or an order cannot be meant."""
    equal = tuple((word, value) for word in words if (value := _clean(said.get(word, ""))))
    sort = said.get("sort") or default
    if sort.removeprefix("-") not in sorts:
        raise UserProblem(
            "bad-sort", f"The list cannot be sorted by “{sort[:40]}”.", "", f"It can be by: {', '.join(sorts)}."
        )
    return Asked(
        _clean(said.get("q", "")), equal, _read_day(said.get("from", "")), _read_day(said.get("until", "")), sort,
        place(said.get("after", "")),
    )  # fmt: skip


def _clean(text: str) -> str:
    """What was typed, without what no database takes."""
    return text.replace("\0", "").strip()[:200]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _read_day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise UserProblem("bad-date", f"“{text[:40]}” is not a day.", "", "Write it as 2026-10-31.") from error


def instants(asked: Asked, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first day to the end of the last one, in that zone."""
    try:
        end = datetime.combine(asked.end + timedelta(days=1), time(), zone) if asked.end else None
        return (datetime.combine(asked.begin, time(), zone) if asked.begin else None), end
    except OverflowError as error:
        raise UserProblem("bad-date", "That day is beyond the calendar.", "", "Write it as 2026-10-31.") from error


def started(asked: Asked, after: Place | None) -> Asked:
    """The same list from another place."""
    return replace(asked, after=after)


@dataclass(frozen=True, slots=True)
class Saved:
    """A list's filter under a name. `mine`: it may be removed by whoever looks at it."""

    id: str
    name: str
    query: str
    shared: bool
    mine: bool


def saved(page: str, member_id: str) -> tuple[Saved, ...]:
    """The filters of a list that this member saved, and those others shared."""
    rows = SavedFilter.objects.filter(Q(member_id=member_id) | Q(shared=True), page=page).order_by("name", "id")[:100]
    return tuple(Saved(f.id, f.name, f.query, f.shared, f.member_id == member_id) for f in rows)


@dataclass(frozen=True, slots=True)
class Owner:
    """A user of the CRM who may own records."""

    id: str
    name: str
    team: str | None


def owners() -> dict[str, Owner]:
    """The users of the CRM by id, in the order of their names; at most 2,000."""
    rows = User.objects.order_by("name", "user_id").values_list("user_id", "name", "team")[:2000]
    return {user: Owner(user, name or user, team) for user, name, team in rows}


def values_of(table: str, *columns: str, most: int = 200) -> dict[str, tuple[str, ...]]:
    """The different values of indexed columns, each read by hopping along its index: one step a value.

    `table` and `columns` are words of this program, never of an address.
    """
    parts = [_hop(table, column, most) for column in columns]
    names = ", ".join(f"h{n}(v) AS ({part})" for n, part in enumerate(parts))
    union = " UNION ALL ".join(f"SELECT {n}, v FROM h{n} WHERE v IS NOT NULL" for n in range(len(columns)))  # noqa: S608  # names of ours
    found: dict[str, list[str]] = {column: [] for column in columns}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH RECURSIVE {names} {union}")
        for n, value in cursor.fetchall():
            found[columns[n]].append(value)
    return {column: tuple(values[:most]) for column, values in found.items()}


def _hop(table: str, column: str, most: int) -> str:
    """SQL of one value after another. The step count ends it where a column has as many values as rows."""
    # The next value is looked for behind the last one, so each step is one look into the index.
    return (
        f"SELECT v FROM (WITH RECURSIVE s(v, n) AS (SELECT min({column}), 1 FROM {table} UNION ALL"  # noqa: S608  # names of ours
        f" SELECT (SELECT min({column}) FROM {table} WHERE {column} > s.v), s.n + 1 FROM s"
        f" WHERE s.v IS NOT NULL AND s.n < {most}) SELECT v FROM s) AS hopped"
    )
