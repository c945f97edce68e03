"""What the inbox shows, made of what was read: sections of lines, and the pane of one with what may be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from oarlock import routing
from oarlock.agreement.terms import Terms
from oarlock.charts import names
from oarlock.handoffs.state import HandedOver
from oarlock.store.models import Member
from oarlock.store.reads.decisions import Row
from oarlock.store.reads.handoffs import Line, Said, Who
from oarlock.web.handoffs.agreed import Agreed, Reason, leads_to, reasons, returns, user_of
from oarlock.web.handoffs.clocks import Clock, Clocks
from oarlock.web.handoffs.standing import Standing

ORDER = ("Answer", "Touch first", "In work", "Waiting", "Ended")
KINDS = {
    "call": "Call", "email.sent": "Mail", "message": "Message", "meeting.booked": "Meeting booked",
    "meeting.held": "Meeting held", "meeting.missed": "Nobody came", "visit": "Visit",
}  # fmt: skip
"""What a rep logs with one key: kinds of activity, as rules count them, and their words."""
OUTCOMES = ("reached", "no answer", "voicemail", "replied")


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the list: whom it is about, where they come from, whose it is where that is not the reader."""

    id: str
    who: Who
    role: str
    source: str
    team: str
    note: str
    owner: str
    clock: Clock
    state: str


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of one kind, the most pressing first."""

    word: str
    lines: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Pane:
    """One hand-off to be worked: everything its reader may see and do."""

    line: Line
    shown: Shown
    terms: Terms
    why: str
    decision_id: str | None
    reasons: tuple[Reason, ...]
    leads_to: str
    returns: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    remarks: tuple[tuple[Said, str], ...]
    standing: Standing
    kinds: dict[str, str]
    outcomes: tuple[str, ...]


def sections(found: Iterable[Line], clocks: Clocks, reader: str) -> tuple[Section, ...]:
    """The lines as sections, each with what is due first on top."""
    sorted_: dict[str, list[tuple[float, Shown]]] = {word: [] for word in ORDER}
    for line in found:
        due = _due(line.handoff)
        sorted_[_section(line.handoff)].append((due, shown(line, clocks, reader)))
    return tuple(
        Section(word, tuple(each for _, each in sorted(mine, key=lambda pair: pair[0])))
        for word, mine in sorted_.items() if mine
    )  # fmt: skip


def _section(h: HandedOver) -> str:
    if not h.open:
        return "Ended"
    if h.owner is None:
        return "Waiting"
    if h.state == "offered":
        return "Answer"
    return "Touch first" if h.first_touch_at is None else "In work"


def _due(h: HandedOver) -> float:
    if h.ended_at is not None:
        return -h.ended_at.timestamp()
    due = h.accept_due_at if h.state == "offered" else h.first_touch_due_at if not h.first_touch_at else h.work_due_at
    return (due or h.offered_at).timestamp()


def shown(line: Line, clocks: Clocks, reader: str, *, large: bool = False) -> Shown:
    """One line in words."""
    h, who, agreed = line.handoff, line.who, clocks.agreed
    source, team = agreed.source(who.source) if who.source else ("", "")
    role = ", ".join(names.shown(text, 60) for text in (who.title, who.company) if text)
    owner = agreed.name(h.owner) if h.owner and h.owner != reader else ""
    return Shown(h.id, who, role, source, team, _note(h, agreed), owner, clocks.of(h, large=large), h.state)


def _note(h: HandedOver, agreed: Agreed) -> str:
    """What is particular about it: who had it before, that it came back, why it ended."""
    said = []
    if not h.open and h.reason:
        said.append(h.reason)
    before = [holder for holder in h.holders if holder != h.owner]
    if before:
        said.append(f"from {agreed.first_name(before[-1])}")
    if h.cycle > 1:
        said.append(f"cycle {h.cycle}")
    return ", ".join(said)


def pane(
    line: Line, clocks: Clocks, decision: Row | None, remarks: tuple[tuple[Said, str], ...], member: Member
) -> Pane:
    """The pane of one hand-off for one reader."""
    h, agreed = line.handoff, clocks.agreed
    terms, term = agreed.terms(h.agreement), agreed.term(h)
    mine = user_of(terms, member.person)
    reader = mine.key if mine else member.person
    found = reasons(terms, term)
    others = tuple((u.key, names.shown(u.name, 60)) for u in terms.users if u.key != h.owner)
    told = shown(line, clocks, reader, large=True)
    return Pane(
        line, told, terms, why(decision, agreed), decision.id if decision else None, found,
        leads_to(terms, found), returns(term), others, remarks,
        Standing.of(h, reader, member), KINDS, OUTCOMES,
    )  # fmt: skip


def why(decision: Row | None, agreed: Agreed) -> str:
    """The sentence made from the steps; empty where no decision was kept."""
    if decision is None:
        return ""
    return routing.sentence(routing.from_plain(decision.body), agreed.names, ZoneInfo(agreed.zone))
