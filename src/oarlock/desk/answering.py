"""What somebody said to a hand-off: one verb each, decided by `handoffs`."""

from __future__ import annotations

from collections.abc import Callable

from oarlock.agreement.terms import Terms
from oarlock.desk import notices
from oarlock.desk.case import Case
from oarlock.desk.happenings import Answered, Verb
from oarlock.desk.passing import given_to, take_it
from oarlock.ground.problems import UserProblem
from oarlock.ground.spelling import did_you_mean
from oarlock.handoffs import accept, appeal, give_back, lapse, recycle, reject
from oarlock.handoffs.state import HandedOver


def answer(said: Answered, case: Case) -> None:
    """Do what was said. UserProblem where the hand-off does not allow it (any more)."""
    state = case.handoffs.get(said.handoff_id)
    if state is None:
        raise UserProblem(
            "unknown-handoff", "There is no such hand-off.", "It may belong to somebody who was merged or erased.",
            "Go back to the list.",
        )  # fmt: skip
    _VERBS[said.verb](said, state, case)


def _accept(said: Answered, state: HandedOver, case: Case) -> None:
    terms = case.terms_of(state)
    case.put(accept(state, said.by, terms, case.instant, case.calendar(state)))


def _reject(said: Answered, state: HandedOver, case: Case) -> None:
    terms = case.terms_of(state)
    case.put(reject(state, said.by, said.reason, terms, case.instant, case.calendar(state)))


def _give_back(said: Answered, state: HandedOver, case: Case) -> None:
    terms = case.terms_of(state)
    case.put(give_back(state, said.by, said.reason, terms, case.instant, case.calendar(state)))


def _recycle(said: Answered, state: HandedOver, case: Case) -> None:
    terms = case.terms_of(state)
    case.put(recycle(state, said.by, said.reason, terms, case.instant, case.calendar(state)))


def _lapse(said: Answered, state: HandedOver, case: Case) -> None:
    terms = case.terms_of(state)
    case.put(lapse(state, said.by, terms, case.instant, case.calendar(state)))


def _take(said: Answered, state: HandedOver, case: Case) -> None:
    take_it(state, said.by, case)


def _pass_on(said: Answered, state: HandedOver, case: Case) -> None:
    terms = case.terms_of(state)
    given_to(state, _user(said.to or "", terms), said.by, case)


def _appeal(said: Answered, state: HandedOver, case: Case) -> None:
    move = appeal(state, said.by, case.instant)
    case.put(move)
    if case.facts:
        case.tell(notices.appealed(state, said.by, case.terms_of(state)))


def _user(key: str, terms: Terms) -> str:
    """The key of somebody who works leads. UserProblem `unknown-user`."""
    keys = [*(u.key for u in terms.users), *(m for pool in terms.pools for m, _ in pool.members)]
    if key not in keys:
        raise UserProblem(
            "unknown-user", f"The agreement knows nobody called `{key[:80]}` who works leads.", "",
            did_you_mean(key, keys) or "Choose somebody of the list.",
        )  # fmt: skip
    return key


_VERBS: dict[Verb, Callable[[Answered, HandedOver, Case], None]] = {
    "accept": _accept, "reject": _reject, "give_back": _give_back, "take": _take, "pass_on": _pass_on,
    "recycle": _recycle, "lapse": _lapse, "appeal": _appeal,
}  # fmt: skip
