"""What a page of the closed loop of hand-offs shows, as its address says it: period, field, versions, date, number.

Promise: what is said in an address is read in one way, and every choice is an address that can be shared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.ground.zones import zone_of
from oarlock.jobs import figures
from oarlock.jobs.fairness import asked_fairness
from oarlock.jobs.figures import Answer, Asked
from oarlock.jobs.ledger import asked_ledger
from oarlock.lifecycle.versions import Versions
from oarlock.loop.fields import FOR_PEOPLE, resolve
from oarlock.loop.reasons import SENT_BY
from oarlock.store.reads.promises import confirmed
from oarlock.store.writes.audit import Acting
from oarlock.web.funnel.funnel import home
from oarlock.web.rights import acting_member

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen. `figure` with `value` (`every`, `none`, or `is:<value>`) names the number that is explained."""

    kind: str
    period: str = ""
    by: str = "source"
    version: str = ""
    as_known: str = ""
    figure: str = ""
    value: str = "every"
    part: str = ""

    def query(self) -> str:
        """As a query string; what stands by default is left out."""
        usual = Choice(self.kind)
        names = ("period", "by", "version", "as_known", "figure", "value", "part")
        said = {"period": self.period, "by": self.by, "version": self.version, "as_known": self.as_known,
                "figure": self.figure, "value": self.value, "part": self.part}  # fmt: skip
        defaults = {"by": usual.by, "value": usual.value}
        return urlencode([(n, said[n]) for n in names if said[n] != defaults.get(n, "")])

    def address(self, page: str = "") -> str:
        """The address of a page with this choice."""
        query = self.query()
        return reverse(page or PAGES[self.kind]) + (f"?{query}" if query else "")

    def of(self, figure: str, value: str = "every", period: str = "") -> Choice:
        """The same with that number explained."""
        return replace(self, figure=figure, value=value, period=period or self.period, part="")

    def plain(self) -> Choice:
        """The same without a number."""
        return replace(self, figure="", value="every", part="")

    @property
    def named(self) -> str | None:
        """The value it names; None: none, or every one."""
        kind, _, value = self.value.partition(":")
        return value if kind == "is" else None

    @property
    def every(self) -> bool:
        """Whether all values together are meant."""
        return self.value.partition(":")[0] not in ("is", "none")


PAGES = {"ledger": "promises", "sent": "sent", "edits": "sent", "fairness": "fairness"}
"""The address of each kind of figures."""


def chosen(request: HttpRequest, kind: str) -> Choice:
    """The choice an address says; texts are cut where nobody would write them so long."""
    said = {name: str(text).strip()[:LONGEST] for name, text in request.GET.items()}
    return Choice(
        kind, said.get("period", ""), said.get("by") or "source", said.get("version", ""), said.get("as_known", ""),
        said.get("figure", ""), said.get("value") or "every", said.get("part", ""),
    )  # fmt: skip


def question(choice: Choice, every: Versions | None = None) -> Asked:
    """The figures it takes."""
    if choice.kind == "ledger":
        zone = zone_of(figures.judges(choice.version, every).latest.time_zone)
        return asked_ledger(confirmed(), now().astimezone(zone).date(), choice.version, choice.as_known)
    if choice.kind == "sent":
        if (
            choice.by not in SENT_BY
            and resolve(choice.by, figures.judges(choice.version, every).latest, FOR_PEOPLE) is None
        ):
            raise UserProblem("unknown-field", f"`{choice.by}` is no field of people.", "", "Choose another field.")
        return Asked("sent", choice.version, choice.as_known, by=choice.by)
    if choice.kind == "fairness":
        return asked_fairness(choice.period)
    return Asked("edits", choice.version, choice.as_known)


def asked(request: HttpRequest, choice: Choice, every: Versions | None = None) -> Answer:
    """The figures of a choice, ordered where they are not there."""
    acting, again = Acting.member(acting_member(request).id), request.GET.get("again") == "1"
    return figures.ask(home(), question(choice, every), acting=acting, now=now(), again=again, every=every)


def waiting(choice: Choice, answer: Answer) -> dict[str, Any]:
    """What a page says while figures are made."""
    here = choice.address()
    progress = reverse("loops_progress", args=[choice.kind]) + f"?{choice.query()}"
    return {"order": answer.waiting, "kind": choice.kind, "progress": progress, "address": here,
            "again": here + ("&" if "?" in here else "?") + "again=1"}  # fmt: skip


def refresh() -> HttpResponse:
    """Have the page loaded again."""
    return HttpResponse(headers={"HX-Refresh": "true"})
