"""Every name that points somewhere must point at something: a person, stage, detour, pool, calendar, metric, goal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from oarlock.agreement.checks.telling import error, unknown
from oarlock.agreement.findings import Finding
from oarlock.agreement.interpreting import Reading
from oarlock.agreement.metrics import COMPUTED_EXCUSES, metrics_of
from oarlock.agreement.nodes import Path, Scalar, walk

Known = Mapping[str, Collection[str]]

_POINTERS: tuple[tuple[str, str], ...] = (
    ("leadership.signers.#", "a person"),
    ("leadership.people.*.reports_to", "a leader"),
    ("users.*.reports_to", "a leader"),
    ("users.*.calendar", "a calendar"),
    ("detours.*.back_to", "a stage"),
    ("handoffs.*.at", "a stage"),
    ("handoffs.*.calendar", "a calendar"),
    ("handoffs.*.reject_reasons.*", "a detour"),
    ("handoffs.*.evidence.#", "a field"),
    ("pools.*.calendar", "a calendar"),
    ("pools.*.manager", "a colleague"),
    ("absences.#.who", "a colleague"),
    ("notices.queue_owner", "a colleague"),
    ("promises.*.#.metric", "a metric"),
    ("promises.*.#.owner", "a person"),
    ("goals.*.metric", "a metric"),
    ("goals.*.owner", "a person"),
    ("goals.*.under", "a goal"),
    ("scorecard.#", "a metric"),
    ("scorecard.#.metric", "a metric"),
    ("scorecard.#.owner", "a person"),
    ("pay.*.people.#", "a colleague"),
    ("pay.*.parts.#.metric", "a metric"),
    ("pay.*.parts.#.goal", "a goal"),
    ("pay.*.guardrails.#.metric", "a metric"),
    ("cadence.*.who.#", "a colleague"),
    ("cadence.*.leads", "a colleague"),
    ("cadence.*.calendar", "a calendar"),
    ("processes.*.from", "a stage"),
    ("processes.*.to", "a stage"),
    ("processes.*.steps.#.stage", "a stage"),
    ("requests.owner", "a colleague"),
    ("forecast.owner", "a person"),
    ("closing.by.#", "a colleague"),
    ("leadership.signers", "a person"),
    ("pay.*.people", "a colleague"),
    ("cadence.*.who", "a colleague"),
    ("closing.by", "a colleague"),
    ("handoffs.*.evidence", "a field"),
)
"""Where a name points, and at what. `*` is any name, `#` any item; a list of one may stand without brackets."""

_FORMS = tuple((tuple(form.split(".")), what) for form, what in _POINTERS)


def names_point_at_something(reading: Reading) -> Iterator[Finding]:
    """Every pointer of the list."""
    known = known_names(reading)
    for path, node in walk(reading.draft.kept):
        what = _pointed_at(path) if isinstance(node, Scalar) else None
        if what and isinstance(node, Scalar) and node.text not in known[what]:
            yield unknown(reading, path, what, node.text, known[what])


def _pointed_at(path: Path) -> str | None:
    return next((what for form, what in _FORMS if len(form) == len(path) and all(map(_fits, form, path))), None)


def _fits(form: str, step: str | int) -> bool:
    return form == "#" if isinstance(step, int) else form in ("*", step)


def known_names(reading: Reading) -> Known:
    """What a pointer may point at, by what it should be; also what was declared badly."""
    draft = reading.draft
    people, users = set(draft.keys("leadership", "people")), set(draft.keys("users"))
    colleagues = (
        people | users | {member for pool in draft.keys("pools") for member in draft.keys("pools", pool, "members")}
    )
    return {
        "a person": people,
        "a leader": people | users | {"ceo"},
        "a colleague": colleagues,
        "a stage": draft.keys("stages"),
        "a detour": draft.keys("detours"),
        "a calendar": draft.keys("calendars"),
        "a goal": draft.keys("goals"),
        "a field": reading.names.types.keys(),
        "a metric": metrics_of(draft.keys("stages")[:40], draft.keys("handoffs")[:100]).keys(),
    }


def receivers_exist(reading: Reading) -> Iterator[Finding]:
    """`account-owner`, `pool NAME`, `user NAME`, `queue NAME`, wherever a receiver is named."""
    known = known_names(reading)
    for number, step in enumerate(reading.agreement.routing):
        yield from _receiver(reading, ("routing", number, "to"), step.to, known)
    for key, source in reading.agreement.sources.items():
        if source.to:
            yield from _receiver(reading, ("sources", key, "to"), source.to, known)


def _receiver(reading: Reading, path: Path, text: str, known: Known) -> Iterator[Finding]:
    kind, _, name = text.partition(" ")
    pools = reading.draft.keys("pools")
    if kind == "pool" and name and name not in pools:
        yield unknown(reading, path, "a pool", name, pools)
    elif kind == "user" and name and name not in known["a colleague"]:
        yield unknown(reading, path, "a colleague", name, known["a colleague"])
    elif text != "account-owner" and not (kind in ("pool", "user", "queue") and name and " " not in name):
        suggestion = "Write `account-owner`, `pool NAME`, `user NAME` or `queue NAME`."
        yield error(reading, path, "bad-receiver", f"`{text[:60]}` does not say who receives.", suggestion)


def breach_steps_can_be_done(reading: Reading) -> Iterator[Finding]:
    """`remind owner`, `reassign`, `notify manager`, `notify NAME`, and on the clock to accept `lapse`."""
    colleagues = known_names(reading)["a colleague"]
    for key, handoff in reading.agreement.handoffs.items():
        for number, step in enumerate(handoff.on_breach):
            path: Path = ("handoffs", key, "on_breach", number, "do")
            verb, _, name = step.do.partition(" ")
            if verb == "notify" and name and name not in ("manager", "owner"):
                if name not in colleagues:
                    yield unknown(reading, path, "a colleague", name, colleagues)
            elif step.do == "lapse" and step.clock == "work":
                message = "What was accepted cannot lapse: `lapse` belongs to the clock to accept."
                yield error(reading, path, "bad-breach-step", message, "Write `notify manager` or `reassign`.")
            elif step.do not in ("remind owner", "reassign", "notify manager", "notify owner", "lapse"):
                suggestion = "Write `remind owner`, `reassign`, `notify manager`, `notify NAME` or `lapse`."
                yield error(reading, path, "bad-breach-step", f"`{step.do[:60]}` cannot be done.", suggestion)


def excuses_are_known(reading: Reading) -> Iterator[Finding]:
    """`excused_when` names what is computed, or what is declared."""
    declared = reading.draft.keys("excuses")
    for team, promises in reading.agreement.promises or ():
        for number, promise in enumerate(promises):
            path: Path = ("promises", team, number, "excused_when")
            verb, _, name = (promise.excused_when or "").partition(" ")
            if verb == "declared" and name and declared and name not in declared:
                yield unknown(reading, path, "an excuse", name, declared)
            elif verb and verb != "declared" and promise.excused_when not in COMPUTED_EXCUSES:
                known = [*COMPUTED_EXCUSES, *(f"declared {excuse}" for excuse in declared)]
                yield unknown(reading, path, "an excuse", promise.excused_when or "", known)


def pool_members_are_listed(reading: Reading) -> Iterator[Finding]:
    """Where the agreement lists its users, members and the skilled are among them."""
    listed = {*reading.draft.keys("users"), *reading.draft.keys("leadership", "people")}
    if not reading.draft.keys("users"):
        return
    for key, pool in reading.agreement.pools.items():
        for member in pool.members:
            if member not in listed:
                yield unknown(reading, ("pools", key, "members", member), "a user", member, listed, key=True)


def process_steps_follow(reading: Reading) -> Iterator[Finding]:
    """`then` names steps of the same process."""
    for key, process in reading.agreement.processes.items():
        steps = [step.key for step in process.steps if step.key]
        for number, step in enumerate(process.steps):
            for name in step.then:
                if name not in steps:
                    yield unknown(reading, ("processes", key, "steps", number, "then"), "a step", name, steps)


def owned_fields_exist(reading: Reading) -> Iterator[Finding]:
    """`ownership` speaks of fields there are."""
    for path in reading.agreement.ownership:
        if path not in reading.names.types:
            yield unknown(reading, ("ownership", path), "a field", path, list(reading.names.types), key=True)
