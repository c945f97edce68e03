"""Who should have a lead, and why: ordered steps, pools with weighted turns, caps, skills, hours and absences.

    choose(lead, terms, roster, now, looking(moment)) -> Decision
    as_plain(decision), from_plain(plain)       kept for ever as JSON
    sentence(decision, names), told(...)        what a person reads, made from the steps
    fairness.measure(...), replay.again(...)    shares expected and had; other terms over past leads

Promises: the same lead, roster and terms give the same decision; every step tried and everybody passed over is kept in
it; turns are within one lead of their weights; whoever just lost it does not get it back (docs/why/routing.md).
"""

from oarlock.routing.choosing import WAITING, choose, taken
from oarlock.routing.decisions import Decision, Skipped, Tried
from oarlock.routing.looks import Look, looking
from oarlock.routing.plain import as_plain, from_plain
from oarlock.routing.roster import Lead, Roster, Turn
from oarlock.routing.telling import sentence, told

__all__ = [
    "WAITING", "Decision", "Lead", "Look", "Roster", "Skipped", "Tried", "Turn", "as_plain", "choose", "from_plain",
    "looking", "sentence", "taken", "told",
]  # fmt: skip
