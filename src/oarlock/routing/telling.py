"""A decision in words, made from its steps whenever somebody asks: never stored as text.

    sentence(decision, names)   why it went there, in one or two sentences
    told(decision, names)       one line a step

`names` maps a user's key to the name people call them by; who is not in it is told by the key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from oarlock.routing.decisions import Decision, Skipped, Tried, Why

UTC = ZoneInfo("UTC")
Names = Mapping[str, str]

_WHY: Mapping[Why, tuple[str, str]] = {
    "had-it": ("has had it before", "have had it before"),
    "away": ("is away", "are away"),
    "off-hours": ("is off hours", "are off hours"),
    "day-cap": ("has a full day", "have a full day"),
    "open-cap": ("has full hands", "have full hands"),
    "skill": ("lacks a skill", "lack a skill"),
    "warming-up": ("would have been next with a full share", "would have been next with a full share"),
    "inactive": ("is no longer here", "are no longer here"),
    "unknown-owner": ("is nobody the agreement knows", "are nobody the agreement knows"),
}
"""Of one who was passed over, and of several."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PLACES = {"pool": "the pool {}", "user": "{}", "queue": "the queue {}"}


def sentence(decision: Decision, names: Names, zone: ZoneInfo = UTC) -> str:
    """Why the lead went where it went."""
    last = decision.steps[-1] if decision.steps else None
    if decision.because == "taken":
        return f"{_name(decision.owner, names)} took it" + (
            f" from the queue {decision.queue}." if decision.queue else "."
        )
    if decision.because in ("no-step", "nobody-available") or last is None:
        return _waits(decision, names, zone)
    return " ".join([_went(decision, last, names), *_remarks(decision, last, names, zone)])


def _waits(decision: Decision, names: Names, zone: ZoneInfo) -> str:
    """Nobody has it: it waits where everybody can see it."""
    if decision.because == "no-step":
        return f"No step of routing applied, so it waits in the queue {decision.queue}, its clock running."
    where = f"It waits in the queue {decision.queue}, its clock running, because nobody was available"
    passed = [s for step in decision.steps for s in step.skipped]
    return f"{where}: {_passed(passed, names, zone)}." if passed else f"{where}."


def _went(decision: Decision, step: Tried, names: Names) -> str:
    who = _name(decision.owner, names)
    where = _place(step.to, names)
    return {
        "account-owner": f"It went to {who}, whose account it is.",
        "named": f"It went to {who}, whom {_called(step)} names.",
        "queue": f"It went to the queue {decision.queue}, as {_called(step)} says.",
        "only-one": f"It went to {who}, the only one in {where} who could have it.",
        "rotation": f"It went to {who}, whose turn it was in {where}{_weighed(step, names)}.",
    }[decision.because]


def _weighed(step: Tried, names: Names) -> str:
    """` (weights Lena 2 and Jonas 1)`, of those who could have it."""
    able = [f"{_name(user, names)} {weight:.3g}" for user, weight, _ in available(step)]
    return f" (weights {_listed(able)})" if able else ""


def _remarks(decision: Decision, step: Tried, names: Names, zone: ZoneInfo) -> list[str]:
    """That the account has no owner, who was passed over in this step or before, and that nobody was in hours."""
    passed = [s for one in decision.steps if one.verdict == "applies" for s in one.skipped]
    remarks = ["The account has no owner."] if any(_ownerless(one) for one in decision.steps[:-1]) else []
    remarks += [f"Passed over: {_passed(passed, names, zone)}."] if passed else []
    return remarks + ([_asleep(step.opens, zone)] if step.opens else [])


def _ownerless(step: Tried) -> bool:
    """Whether the step would have given it to the account's owner, and there is none."""
    if step.to != "account-owner":
        return False
    return ("account.owner_id", None) in step.values or (step.verdict == "applies" and not step.skipped)


def _asleep(opens: datetime, zone: ZoneInfo) -> str:
    return f"Off hours for all who could have it; the first works again {_when(opens, zone)}."


def told(decision: Decision, names: Names, zone: ZoneInfo = UTC) -> tuple[str, ...]:
    """One line a step: what it asks and found, how the pool stood, who was passed over; then the outcome."""
    lines = [_line(step, names, zone) for step in decision.steps]
    return (*lines, sentence(decision, names, zone))


def _line(step: Tried, names: Names, zone: ZoneInfo) -> str:
    parts = [f"{_heading(step, names)}: {_verdict(step)}"]
    if step.verdict == "applies":
        parts.append(_stood(step, names) if step.turns else "")
        parts.append(f"passed over: {_passed(step.skipped, names, zone)}" if step.skipped else _nobody_passed(step))
        parts.append(f"of those left nobody is in hours before {_when(step.opens, zone)}" if step.opens else "")
    return f"{'; '.join(part for part in parts if part)}."


def _nobody_passed(step: Tried) -> str:
    return "nobody was passed over" if step.turns else ""


def _heading(step: Tried, names: Names) -> str:
    to = "the account's owner" if step.to == "account-owner" else _place(step.to, names)
    if step.step < 0:
        return f"The lead source {step.name}, which goes to {to}"
    name = f" ({step.name})" if step.name else ""
    return f"Step {step.step + 1}{name}, to {to}"


def _verdict(step: Tried) -> str:
    if step.rule is None:
        return "applies" if step.step < 0 else "always applies"
    holds = {"applies": "holds", "does not apply": "does not hold", "unknown": "cannot be said"}[step.verdict]
    seen = _listed([f"{path} is {'unknown' if value is None else value}" for path, value in step.values])
    return f"`{step.rule}` {holds}" + (f" ({seen})" if seen else "")


def _stood(step: Tried, names: Names) -> str:
    """How the pool stood: each member's weight in force, and how many leads they were owed."""
    stood = [f"{_name(user, names)} (weight {weight:.3g}, {_owed(credit)})" for user, weight, credit in step.turns]
    return f"before it stood {_listed(stood)}"


def _owed(credit: float) -> str:
    if abs(credit) < 0.005:
        return "owed nothing"
    return f"owed {credit:.2f} of a lead" if credit > 0 else f"{-credit:.2f} of a lead ahead"


def available(step: Tried) -> list[tuple[str, float, float]]:
    """The members among whom the turn was: all but those passed over; who only warms up was among them."""
    out = {s.user for s in step.skipped if s.why != "warming-up"}
    return [turn for turn in step.turns if turn[0] not in out]


def _passed(skipped: Sequence[Skipped], names: Names, zone: ZoneInfo) -> str:
    """`Amelie and Piet have had it before, Nora is off hours (opens ...)`: each once, alike ones together."""
    alike: dict[tuple[Why, str], dict[str, None]] = {}
    for one in skipped:
        alike.setdefault((one.why, _detail(one, zone)), {})[_name(one.user, names)] = None
    told = [f"{_listed(list(who))} {_WHY[why][len(who) > 1]}{detail}" for (why, detail), who in alike.items()]
    return ", ".join(told)


def _detail(skipped: Skipped, zone: ZoneInfo) -> str:
    """A fact in brackets; an instant in it is told by the reader's clock."""
    if not skipped.detail:
        return ""
    word, _, rest = skipped.detail.partition(" ")
    if word in ("until", "opens"):
        return f" ({word} {_when(datetime.fromisoformat(rest), zone)})"
    return f" ({skipped.detail})"


def _place(to: str, names: Names) -> str:
    kind, _, target = to.partition(" ")
    return _PLACES[kind].format(_name(target, names) if kind == "user" else target) if kind in _PLACES else to


def _called(step: Tried) -> str:
    if step.step < 0:
        return f"the lead source {step.name}"
    return f"the step “{step.name}”" if step.name else f"step {step.step + 1}"


def _name(user: str | None, names: Names) -> str:
    return names.get(user or "", user or "nobody")


def _when(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local:%H:%M} {local.tzname()}"


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
