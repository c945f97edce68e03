"""The one place that knows the order of things: something happened, so these facts follow.

    decide(happening, situation, versions, now) -> Decided
    live(known, versions, until) -> Lived        where somebody stands, from all that is known

Promises: pure; calls `lifecycle`, `routing` and `handoffs` in their order and is the only one to; what it decides is
all that `store` writes.
"""

from oarlock.desk.deciding import decide
from oarlock.desk.happenings import Answered, Arrived, Due, Happening, Redated, Woke
from oarlock.desk.lives import Known, Lived, live
from oarlock.desk.situation import Decided, Routed, Situation

__all__ = [
    "Answered", "Arrived", "Decided", "Due", "Happening", "Known", "Lived", "Redated", "Routed", "Situation", "Woke",
    "decide", "live",
]  # fmt: skip
