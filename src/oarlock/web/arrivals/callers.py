"""Who may send leads: the holder of a token with the scope `write`, or a write key; from memory a second old."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from oarlock.ground.clock import monotonic, now
from oarlock.store.reads import entrances, tokens
from oarlock.store.writes.tokens import PREFIX, used
from oarlock.web.accounts.bearer import Bearer
from oarlock.web.arrivals.asking import Asked

FRESH = 1.0
"""Seconds a token may still count after it was revoked in another process."""
REMEMBERED = 1_000
RIGHT = "edit-records"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends leads: `source` is what their arrivals are kept under; `known` False: nobody; `may` False: no right."""

    source: str = ""
    known: bool = False
    may: bool = False


NOBODY = Sender()
_kept: OrderedDict[str, tuple[float, Sender]] = OrderedDict()
_lock = Lock()


def sender(asked: Asked) -> Sender:
    """Whoever sends a lead."""
    secret = asked.bearer or asked.basic
    if not secret or len(secret) > 100:
        return NOBODY
    if not secret.startswith(PREFIX):
        way = entrances.by_key(secret)
        return Sender(f"leads:{way.id}", True, True) if way else NOBODY
    with _lock:
        since, known = _kept.get(secret, (-FRESH, NOBODY))
    if monotonic() - since < FRESH:
        return known
    found = _by_token(secret)
    with _lock:
        _kept[secret] = (monotonic(), found)
        while len(_kept) > REMEMBERED:
            _kept.popitem(last=False)
    return found


def _by_token(secret: str) -> Sender:
    found = tokens.holder(secret, now())
    if found is None:
        return NOBODY
    used(found.token_id, now=now())
    may = Bearer(found.member, found.token_id, found.scopes).may(RIGHT)
    return Sender(f"leads:{found.member.id}", True, may)


def forget() -> None:
    """Look anew at the next call: a token was revoked here, or a test begins."""
    with _lock:
        _kept.clear()
