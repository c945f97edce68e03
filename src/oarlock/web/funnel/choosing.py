"""What a funnel page shows, as its address says it: period, basis, field, versions, as-known date, filter, number.

Promise: what is said in an address is read in one way or refused, and every choice is an address that can be shared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from oarlock.ground.clock import now
from oarlock.jobs.figures import Asked, Kind
from oarlock.loop.numbers import Number, number
from oarlock.loop.period_figures import BASES, FunnelFigures
from oarlock.loop.period_months import months_over

LONGEST = 200
FILTERS = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen. `figure` with `value` (`every`, `none`, or `is:<value>`) names the number that is explained."""

    period: str = ""
    basis: str = "cohort"
    by: str = "source"
    version: str = ""
    as_known: str = ""
    where: tuple[tuple[str, str], ...] = ()
    figure: str = ""
    value: str = "every"

    def asked(self, kind: Kind) -> Asked:
        """The figures it takes."""
        return Asked(kind, self.version, self.as_known, self.where, self.by if kind == "loop" else "")

    def query(self) -> str:
        """As a query string; what stands by default is left out."""
        usual = Choice()
        pairs = [
            (name, said)
            for name, said, default in (
                ("period", self.period, ""), ("basis", self.basis, usual.basis), ("by", self.by, usual.by),
                ("version", self.version, ""), ("as_known", self.as_known, ""), ("figure", self.figure, ""),
                ("value", self.value, usual.value),
            )
            if said != default
        ]  # fmt: skip
        return urlencode([*pairs, *(("where", f"{field}:{value}") for field, value in self.where)])

    def address(self, page: str = "funnel") -> str:
        """The address of a page with this choice."""
        query = self.query()
        return reverse(page) + (f"?{query}" if query else "")

    def number(self, found: FunnelFigures) -> Number:
        """The number it names. UserProblem where there is none such."""
        kind, _, value = self.value.partition(":")
        named = None if kind != "is" else value
        by = self.by if self.figure.startswith("loop.") else ""
        return number(found, self.figure, self.period, self.basis, by, named, kind == "every")

    def of(self, figure: str, value: str = "every") -> Choice:
        """The same with that number explained."""
        return replace(self, figure=figure, value=value)

    def plain(self) -> Choice:
        """The same without a number."""
        return replace(self, figure="", value="every")


def chosen(request: HttpRequest) -> Choice:
    """The choice an address says; texts are cut where nobody would write them so long."""
    said = {name: str(text).strip()[:LONGEST] for name, text in request.GET.items()}
    pairs = (str(text)[:LONGEST].partition(":") for text in request.GET.getlist("where")[:FILTERS])
    where = tuple(dict.fromkeys((field.strip(), value) for field, colon, value in pairs if colon and field.strip()))
    if said.get("field"):
        where = (*where, (said["field"], said.get("is", "")))[:FILTERS]
    basis = said.get("basis", "cohort")
    return Choice(
        period=said.get("period", ""), basis=basis if basis in BASES else "cohort", by=said.get("by") or "source",
        version=said.get("version", ""), as_known=said.get("as_known", ""), where=where,
        figure=said.get("figure", ""), value=said.get("value", "every"),
    )  # fmt: skip


def settled(choice: Choice, found: FunnelFigures) -> Choice:
    """With a period: the one chosen if it is there, else the latest month that is over."""
    if choice.period in found.periods:
        return choice
    over = months_over(found.months, found.as_known, found.agreement.time_zone, now())
    return replace(choice, period=(over or found.months or ("all",))[-1])
