"""What every list of records has in common: where it is sorted from, its filters, and where it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from oarlock.agreement.terms import Terms
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.lifecycle.versions import Versions
from oarlock.store.models import Member
from oarlock.store.reads.filters import Asked, Owner, Saved, owners, saved, values_of
from oarlock.store.reads.versions import all_versions
from oarlock.store.reads.walking import COUNTED, Walk
from oarlock.web.rights import may

KEPT_SECONDS = 30
"""How long the words a filter offers are kept: a new owner or source shows up this much later."""


@dataclass(frozen=True, slots=True)
class Label:
    """A stage as lists show it."""

    key: str
    name: str
    team: str


@dataclass(frozen=True, slots=True)
class Head:
    """A column that sorts: its words, the address that sorts by it, and which way it is sorted now."""

    words: str
    address: str
    sorted: str
    figure: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """All a list's template needs beside its rows."""

    page: str
    asked: Asked
    zone: ZoneInfo
    stages: dict[str, Label]
    owners: dict[str, Owner]
    saved: tuple[Saved, ...]
    offered: dict[str, tuple[str, ...]]
    may_share: bool

    def head(self, words: str, column: str, first: str = "", *, figure: bool = False) -> Head:
        """The head of a column; `first` is the order it is sorted in at the first click."""
        now, sort = self.asked, first or column
        here = now.column == column
        turned = now.sort.removeprefix("-") if now.descending else f"-{column}"
        address = f"?{now.query(sort=turned if here else sort)}"
        return Head(words, address, ("descending" if now.descending else "ascending") if here else "none", figure)

    def further(self, walk: Walk) -> str:
        """The address of the next page; empty where the list is over."""
        return f"?{self.asked.query(after=walk.after.text())}" if walk.after else ""

    def counted(self, count: int | None) -> str:
        """How many there are, in words."""
        if count is None:
            return ""
        return f"more than {COUNTED:,}" if count > COUNTED else f"{count:,}"


def versions_now() -> Versions | None:
    """The signed versions; None where nothing was signed yet."""
    try:
        return all_versions()
    except UserProblem as nothing:
        if nothing.code != "no-agreement":
            raise
        return None


def terms_now() -> Terms | None:
    """The terms that judge now; None where nothing was signed yet."""
    versions = versions_now()
    return versions.at(now()) if versions else None


def stages_of(terms: Terms | None) -> dict[str, Label]:
    """The stages by key, in the order of the funnel."""
    return {s.key: Label(s.key, s.name, s.owner) for s in terms.stages} if terms else {}


def sheet(request: HttpRequest, page: str, asked: Asked, table: str, *columns: str, terms: Terms | None) -> Sheet:
    """The common part of one list. `table` and `columns` name what the filters offer values of."""
    assert isinstance(request.user, Member)
    zone = terms.zone if terms else ZoneInfo("UTC")
    offered = cache.get_or_set(f"offered-{table}", lambda: values_of(table, *columns), KEPT_SECONDS)
    mine, may_share = saved(page, request.user.id), may(request.user, "comment")
    return Sheet(page, asked, zone, stages_of(terms), every_owner(), mine, offered or {}, may_share)


def every_owner() -> dict[str, Owner]:
    """The users of the CRM, kept for a moment: every list asks for them."""
    return cache.get_or_set("owners", owners, KEPT_SECONDS) or {}


def tabs(current: str) -> list[tuple[str, str, bool]]:
    """The pages of this area: words, address, and which one this is."""
    pages = (
        ("People", "people"), ("Accounts", "accounts"), ("Opportunities", "opportunities"), ("Import", "imports"),
    )  # fmt: skip
    return [(words, reverse(name), name == current) for words, name in pages]
