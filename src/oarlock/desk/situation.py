"""What the desk is given, and what it decides: frozen rows, all that `store` reads before and writes after."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from oarlock.desk.lives import Known, Lived
from oarlock.desk.notices import Notice
from oarlock.handoffs.state import HandedOver
from oarlock.lifecycle.entries import Entry
from oarlock.records.facts import Fact
from oarlock.routing.decisions import Decision
from oarlock.routing.roster import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One person as things stand. `entries` are those that were judged so far; `handoffs` all of theirs, ended ones
    too; `since`: what was entered before it starts no hand-off (None: whatever is new may). `gone_to` took them over.
    """

    known: Known
    roster: Roster
    entries: tuple[Entry, ...] = ()
    handoffs: tuple[HandedOver, ...] = ()
    gone_to: str | None = None
    since: datetime | None = None

    @property
    def person_id(self) -> str:
        """Whose situation it is."""
        return self.known.person_id


@dataclass(frozen=True, slots=True)
class Routed:
    """Why a hand-off went where it went, with the decision's id."""

    id: str
    handoff_id: str
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What follows. `facts` are all that are new, in the order they were learnt; `handoffs` those that changed, as they
    are now; `roster` is for whoever is decided about next."""

    person_id: str
    facts: tuple[Fact, ...]
    entries: tuple[Entry, ...]
    lived: Lived
    handoffs: tuple[HandedOver, ...] = ()
    decisions: tuple[Routed, ...] = ()
    notices: tuple[Notice, ...] = ()
    roster: Roster = field(default_factory=Roster)
