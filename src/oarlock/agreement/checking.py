"""Check a draft: everything that was found, errors and warnings, in the order of the text. Nothing is raised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from oarlock.agreement.checks import references
from oarlock.agreement.draft import Draft
from oarlock.agreement.findings import Finding
from oarlock.agreement.interpreting import Reading, interpret

MAX_FINDINGS = 500

RULES: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    references.names_point_at_something,
    references.receivers_exist,
    references.breach_steps_can_be_done,
    references.excuses_are_known,
    references.pool_members_are_listed,
    references.process_steps_follow,
    references.owned_fields_exist,
)
"""Every rule of this room, each a concern of its own."""


def check(draft: Draft) -> list[Finding]:
    """What was found in reading and what the rules find, by place."""
    found = list(draft.findings)
    reading = interpret(draft)
    if reading is not None:
        found += reading.findings
        for rule in RULES:
            found += rule(reading)
        found = [_dated(finding, reading.agreement.in_force) for finding in found]
    return sorted(dict.fromkeys(found), key=_order)[:MAX_FINDINGS]


def _dated(finding: Finding, in_force: date) -> Finding:
    """A warning that is an error for agreements in force from a date on."""
    due = finding.level == "warning" and finding.error_from is not None and in_force >= finding.error_from
    return replace(finding, level="error") if due else finding


def _order(finding: Finding) -> tuple[str, int, int, str]:
    return (finding.place.file, finding.place.line, finding.place.column, finding.code)
