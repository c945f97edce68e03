"""Check a draft: everything that was found, errors and warnings, in the order of the text. Nothing is raised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from oarlock.agreement.checks import funnel, handing, leading, owing, references, rules
from oarlock.agreement.draft import Draft
from oarlock.agreement.findings import Finding
from oarlock.agreement.interpreting import Reading, interpret
from oarlock.ground.problems import Place

MAX_FINDINGS = 500

RULES: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    funnel.there_are_stages,
    funnel.names_are_used_once,
    funnel.detours_lead_somewhere,
    funnel.one_detour_takes_losses,
    funnel.crm_words_mean_one_thing,
    funnel.slas_have_a_time,
    funnel.stages_say_what_they_mean,
    funnel.points_fade,
    funnel.options_fit_their_type,
    rules.names_are_free,
    rules.no_circles,
    rules.rules_stay_small,
    rules.rules_can_be_true,
    rules.stages_wait_for_facts,
    leading.signers_are_of_both_teams,
    leading.nobody_signs_twice,
    leading.leaders_report_to_one_person,
    leading.operations_serve_both,
    leading.nobody_reports_to_themselves,
    references.names_point_at_something,
    references.receivers_exist,
    references.breach_steps_can_be_done,
    references.excuses_are_known,
    references.pool_members_are_listed,
    references.process_steps_follow,
    references.owned_fields_exist,
    handing.calendars_can_be_kept,
    handing.pools_have_members,
    handing.clocks_have_a_calendar,
    handing.breaches_have_a_clock,
    handing.one_handoff_a_stage,
    handing.handoffs_can_be_rejected,
    handing.every_step_can_be_reached,
    handing.sources_have_a_route,
    handing.leads_are_routed,
    handing.absences_end,
    owing.promises_say_how_much,
    owing.promises_are_measured,
    owing.amounts_have_the_metrics_unit,
    owing.limits_are_in_order,
    owing.goals_serve_revenue,
    owing.shares_add_up,
    owing.pay_parts_have_a_target,
    owing.marketing_is_paid_for_business,
    owing.excuses_are_mutual,
    owing.declared_excuses_are_listed,
    owing.meetings_have_people,
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
    return _bounded(sorted(dict.fromkeys(found), key=_order), draft.name)


def _bounded(found: list[Finding], name: str) -> list[Finding]:
    """As many as a person can read, and how many there are beyond; errors are not pushed out by warnings."""
    if len(found) <= MAX_FINDINGS:
        return found
    errors_first = sorted(found, key=lambda finding: finding.level != "error")[:MAX_FINDINGS]
    more = f"{len(found) - MAX_FINDINGS:,} more findings are not shown."
    return [*sorted(errors_first, key=_order), Finding("warning", "more-findings", more, Place(name))]


def _dated(finding: Finding, in_force: date) -> Finding:
    """A warning that is an error for agreements in force from a date on."""
    due = finding.level == "warning" and finding.error_from is not None and in_force >= finding.error_from
    return replace(finding, level="error") if due else finding


def _order(finding: Finding) -> tuple[str, int, int, str]:
    return (finding.place.file, finding.place.line, finding.place.column, finding.code)
