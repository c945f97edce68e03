"""The life of a person: facts + terms -> stage entries. Decides and does not save.

    follow(facts, versions, until) -> tuple[Entry, ...]      # a whole life
    reach(life, facts, versions)   -> (Life, tuple[Entry, ...])   # one instant of it, live

`tables.history` computes the same for everybody at once; the replay test holds the two equal.
The definitions are written out in docs/why/lifecycle.md.
"""

from oarlock.lifecycle.entries import Because, Entry
from oarlock.lifecycle.life import Life, follow, reach, wake
from oarlock.lifecycle.telling import tell
from oarlock.lifecycle.versions import Versions, judgement

__all__ = ["Because", "Entry", "Life", "Versions", "follow", "judgement", "reach", "tell", "wake"]
