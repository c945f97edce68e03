"""Hand-offs, routing, pools, calendars, absences: whether leads reach somebody, and clocks can run."""

from __future__ import annotations

from collections.abc import Iterator

from oarlock.agreement.checks.telling import error, told, warning, written
from oarlock.agreement.findings import Finding
from oarlock.agreement.format.handing import Handoff
from oarlock.agreement.interpreting import Reading
from oarlock.agreement.tree import In, Literal, Name, walk
from oarlock.ground.hours import parse_hours
from oarlock.ground.problems import UserProblem


def calendars_can_be_kept(reading: Reading) -> Iterator[Finding]:
    """Hours that can be read and are not all closed."""
    for key, calendar in reading.agreement.calendars.items():
        try:
            if not any(parse_hours(calendar.hours)):
                message = f"The calendar `{key}` never opens."
                yield error(
                    reading, ("calendars", key, "hours"), "never-open", message, 'Write `mon-fri: "09:00-17:00"`.'
                )
        except UserProblem as problem:
            yield told(reading, ("calendars", key, "hours"), problem)


def pools_have_members(reading: Reading) -> Iterator[Finding]:
    """A pool has members, and each a weight above zero."""
    for key, pool in reading.agreement.pools.items():
        if not pool.members:
            message = f"The pool `{key}` has no members."
            yield error(
                reading, ("pools", key), "empty-pool", message, "Write `members: {lena: 2, jonas: 1}`.", key=True
            )
        for member, weight in pool.members.items():
            if weight <= 0:
                message = f"The weight of `{member}` must be above zero."
                suggestion = "Take the member out, or list an absence."
                yield error(reading, ("pools", key, "members", member), "bad-weight", message, suggestion)


def clocks_have_a_calendar(reading: Reading) -> Iterator[Finding]:
    """Business hours need a calendar: the hand-off's own, or one of every pool."""
    agreement = reading.agreement
    pools_have = bool(agreement.pools) and all(pool.calendar for pool in agreement.pools.values())
    for key, handoff in agreement.handoffs.items():
        if _counts_working_time(handoff) and not handoff.calendar and not pools_have:
            message = f"The clocks of `{key}` count business hours, and no calendar says which they are."
            suggestion = "Give the hand-off or every pool a `calendar:`; until then every hour counts."
            yield warning(reading, ("handoffs", key), "clock-without-calendar", message, suggestion)


def _counts_working_time(handoff: Handoff) -> bool:
    spans = [handoff.accept.within] if handoff.accept else []
    spans += [s for s in (handoff.work.first_touch, handoff.work.within) if s] if handoff.work else []
    return any(span.working for span in spans)


def breaches_have_a_clock(reading: Reading) -> Iterator[Finding]:
    """What happens when a clock runs out needs the clock; reassigning needs somebody else."""
    for key, handoff in reading.agreement.handoffs.items():
        for number, step in enumerate(handoff.on_breach):
            if not written(reading, ("handoffs", key), step.clock):
                message = f"The hand-off `{key}` has no clock `{step.clock}`."
                suggestion = f"Add `{step.clock}:` with a time."
                yield error(reading, ("handoffs", key, "on_breach", number), "no-such-clock", message, suggestion)
        steps = [step.do for step in handoff.on_breach]
        if "reassign" in steps and not reading.agreement.routing:
            message = "Nobody can be found to reassign to: there is no routing."
            yield error(reading, ("handoffs", key, "on_breach"), "reassign-without-routing", message, "Add `routing:`.")


def one_handoff_a_stage(reading: Reading) -> Iterator[Finding]:
    """Entering a stage starts one hand-off at most."""
    taken: dict[str, str] = {}
    for key, handoff in reading.agreement.handoffs.items():
        first = taken.setdefault(handoff.at, key)
        if first != key:
            message = f"`{first}` already hands over at `{handoff.at}`."
            yield error(
                reading, ("handoffs", key, "at"), "two-handoffs", message, "Let one hand-off begin at each stage."
            )


def handoffs_can_be_rejected(reading: Reading) -> Iterator[Finding]:
    """A rejection without a reason cannot be counted."""
    for key, handoff in reading.agreement.handoffs.items():
        if handoff.accept and not written(reading, ("handoffs", key), "reject_reasons"):
            message = f"`{key}` can be rejected, but for no reason that could be counted."
            yield warning(reading, ("handoffs", key), "no-reject-reasons", message, "Add `reject_reasons:`.")


def every_step_can_be_reached(reading: Reading) -> Iterator[Finding]:
    """Steps behind one that always applies and always finds a place are never looked at."""
    routing = reading.agreement.routing
    for number, step in enumerate(routing[:-1]):
        if step.when is None and step.to.startswith("queue "):
            message = "This step takes everybody: the steps below it are never reached."
            yield warning(reading, ("routing", number), "step-takes-all", message, "Move it to the end.")


def sources_have_a_route(reading: Reading) -> Iterator[Finding]:
    """Leads of each source reach somebody: by a step that always applies, by one naming the source, or its own `to`."""
    routing = reading.agreement.routing
    if not routing or any(step.when is None for step in routing):
        return
    routed = _sources_named(reading)
    for key, source in reading.agreement.sources.items():
        if not source.to and not routed & {key, *source.recorded_as}:
            message = f"No routing step is sure to take leads of `{key}`."
            suggestion = "Add a last step without `when:`."
            yield warning(reading, ("sources", key), "source-without-route", message, suggestion)


def _sources_named(reading: Reading) -> set[str]:
    """The texts with which routing rules compare `person.source`."""
    named: set[str] = set()
    for path, rule in reading.rules.items():
        nodes = list(walk(rule.tree)) if path[0] == "routing" else []
        if any(isinstance(node, Name) and node.path == "person.source" for node in nodes):
            named |= {str(node.value) for node in nodes if isinstance(node, Literal)}
            named |= {str(option.value) for node in nodes if isinstance(node, In) for option in node.options}
    return named


def leads_are_routed(reading: Reading) -> Iterator[Finding]:
    """A hand-off without routing offers to nobody."""
    if reading.agreement.handoffs and not reading.agreement.routing:
        message = "There are hand-offs, and nothing says who gets them."
        yield warning(reading, ("handoffs",), "no-routing", message, "Add `routing:`.")


def absences_end(reading: Reading) -> Iterator[Finding]:
    """An absence ends on or after its first day."""
    for number, absence in enumerate(reading.agreement.absences):
        if absence.until < absence.from_:
            message = "This absence ends before it begins."
            yield error(reading, ("absences", number, "until"), "ends-before-start", message, "Swap the two days.")
