"""What happens to a lead that was handed over: offered, accepted, rejected, lapsed, returned, worked; the clocks on it.

    offer(...) -> Move                                       # a new hand-off; every other move takes one that stands
    accept, reject, give_back, take, reassign, act, convert, lapse, recycle, appeal, redated
    due(state, terms, calendar) -> (instant, what) | None    # what happens next by itself
    breach(state, terms, now, calendar) -> Move              # all that was due by now
    fold(facts, key, versions, calendars) -> HandedOver      # the hand-off as its facts leave it

Promises: decides and saves nothing; every move is a fact with its reason; an answer twice is one answer; a breach is
dated when it was due, not when somebody noticed; measuring goes on after a breach. docs/why/clock.md tells each.
"""

from oarlock.handoffs.answers import accept, give_back, reject
from oarlock.handoffs.breaches import breach, manager_of, redated
from oarlock.handoffs.clocks import due
from oarlock.handoffs.efforts import act, appeal, convert, lapse, recycle
from oarlock.handoffs.history import fold
from oarlock.handoffs.hours import calendar_for
from oarlock.handoffs.moves import Move, Wish
from oarlock.handoffs.offers import offer, reassign, take
from oarlock.handoffs.reminders import quiet_until
from oarlock.handoffs.state import HandedOver

__all__ = [
    "HandedOver", "Move", "Wish", "accept", "act", "appeal", "breach", "calendar_for", "convert", "due", "fold",
    "give_back", "lapse", "manager_of", "offer", "quiet_until", "reassign", "recycle", "redated", "reject", "take",
]  # fmt: skip
