"""Each check by one bad example: the worked agreement, which is clean, spoilt in one place.

`EXAMPLES`: code, level, the text that is replaced, what replaces it, and a piece of the line the finding points at.
"""

from __future__ import annotations

import pytest

from oarlock.agreement import read_text
from oarlock.agreement.checking import RULES
from oarlock.agreement.interpreting import interpret

E, W = "error", "warning"
FADING = "    half_life: 30 days          # points fade; an unfaded total is never shown as a score\n"
REASONS = (
    "    reject_reasons: {not-icp: disqualified, bad-data: disqualified, student: disqualified, no-budget: recycled, "
    "bad-timing: recycled}\n"
)
EXCUSES = (
    "excuses:\n  budget_cut: {means: The quarter's campaign budget was cut by a fifth or more., "
    "declared_by: marketing, confirmed_by: sales, longest: 90 days}\n"
)
EXAMPLES: list[tuple[str, str, str, str, str]] = [
    # the funnel
    ("name-taken", E, "  disqualified: {final", "  sal: {final: true}\n  disqualified: {final", "sal: {final"),
    ("no-way-back", E, "{back_to: lead, wake_after: 90 days, on_loss: true, means: Not", "{on_loss: true, means: Not",
     "recycled:"),
    ("final-with-way-back", E, "disqualified: {final: true", "disqualified: {back_to: lead, final: true",
     "disqualified: {back"),
    ("two-loss-detours", E, "disqualified: {final: true", "disqualified: {final: true, on_loss: true",
     "disqualified: {final"),
    ("recorded-twice", E, "recorded_as: [SAL]", "recorded_as: [mql]", "recorded_as: [mql]"),
    ("sla-without-time", W, "    within: 8 business days\n    means: Somebody", "    means: Somebody", "sal:"),
    ("time-without-sla", E, "kind: sla", "kind: gate", "within: 8 business days"),
    ("no-words", W, "    means: Fits our customer and has shown real interest lately.\n", "", "  mql:"),
    ("points-never-fade", W, FADING, "", "engagement:"),
    ("options-not-text", E, "account.installed_robots: {type: number,",
     "account.installed_robots: {type: number, options: [a],", "options: [a]"),
    ("field-retyped", E, "  account.installed_robots: {type: number,",
     "  person.title: {type: number}\n  account.installed_robots: {type: number,", "person.title"),
    # rules
    ("unknown-name", E, "when: reachable", "when: reachabel", "when: reachabel"),
    ("name-taken", E, "  decides:\n    means: Somebody", "  fit:\n    means: Somebody", "  fit:"),
    ("circular-rule", E, "when: person.email is not null and", "when: reachable and", "when: reachable and"),
    ("circular-rule", E, "- when: icp\n      points: 40", "- when: score > 3\n      points: 40", "when: score > 3"),
    ("unreachable-stage", E, "when: fit >= 40 and", "when: fit >= 71 and", "when: fit >= 71"),
    ("unknown-value", E, "when: opportunity.status = 'won'", "when: opportunity.status = 'Won'", "'Won'"),
    ("unreachable-stage", E, "when: opportunity.status = 'won'",
     "when: opportunity.status not in ('won', 'lost', 'open')", "not in"),
    ("unreachable-stage", E, "at: mql\n", "at: sal\n", "when: handoff.state"),
    ("unreachable-stage", E, "when: activities('meeting.held', 60) >= 1", "when: activities('meeting.held', 60) < 0",
     "activities('meeting.held', 60) < 0"),
    ("unreachable-stage", E, "when: opportunity.id is not null", "when: opportunity.id is not null and false",
     "and false"),
    ("unreachable-stage", E, "when: opportunity.id is not null",
     "when: opportunity.amount > 5 and not opportunity.amount > 4", "not opportunity.amount"),
    ("never-true", W, "when: account.owner_id is not null", "when: account.owner_id is null and account.owner_id = 'a'",
     "account.owner_id is null"),
    ("rises-with-time", W, "when: activities('meeting.held', 60) >= 1", "when: days_since(person.created_at) > 5",
     "days_since"),
    # who leads
    ("no-signers", W, "  signers: [mara, sam]\n", "", "leadership:"),
    ("signer-missing", E, "signers: [mara, sam]", "signers: [mara, rosa]", "signers:"),
    ("signer-twice", E, "signers: [mara, sam]", "signers: [mara, sam, mara]", "signers:"),
    ("no-single-leader", W, "role: sales-leader,     reports_to: rosa", "role: sales-leader,     reports_to: ceo",
     "people:"),
    ("operations-for-one-team", W, "serves: [marketing, sales]", "serves: [sales]", "olive:"),
    ("circular-reports", E, "role: revenue-leader, reports_to: ceo", "role: revenue-leader, reports_to: sam", "rosa:"),
    # names that point somewhere
    ("unknown-person", E, "signers: [mara, sam]", "signers: [mara, sma]", "signers:"),
    ("unknown-leader", E, "role: operations,       reports_to: rosa", "role: operations,       reports_to: rsoa",
     "olive:"),
    ("unknown-calendar", E, "open: 40}, calendar: berlin", "open: 40}, calendar: berln", "calendar: berln"),
    ("unknown-stage", E, "back_to: lead", "back_to: leed", "back_to: leed"),
    ("unknown-detour", E, "student: disqualified", "student: disqualifed", "student: disqualifed"),
    ("unknown-field", E, "evidence: [person.title", "evidence: [person.titel", "person.titel"),
    ("unknown-colleague", E, "who: jonas", "who: jonathan", "who: jonathan"),
    ("unknown-metric", E, "{metric: mql.entered, at_least", "{metric: mql.enterd, at_least", "mql.enterd"),
    ("unknown-person", E, "period: 2026-Q4, owner: sam", "period: 2026-Q4, owner: lena", "owner: lena"),
    ("unknown-goal", E, "under: pipeline-2026q4", "under: pipline-2026q4", "under: pipline"),
    ("unknown-pool", E, "to: pool dach", "to: pool dahc", "pool dahc"),
    ("unknown-colleague", E, "to: user piet", "to: user pit", "user pit"),
    ("bad-receiver", E, "to: account-owner", "to: the owner", "to: the owner"),
    ("bad-breach-step", E, "do: remind owner", "do: shout", "do: shout"),
    ("bad-breach-step", E, "do: remind owner", "do: lapse, clock: work", "do: lapse"),
    ("unknown-colleague", E, "do: notify manager", "do: notify olvie", "notify olvie"),
    ("unknown-excuse", E, "declared budget_cut", "declared budget_cup", "budget_cup"),
    ("unknown-excuse", E, "excused_when: volume_over_capacity", "excused_when: volume_over", "volume_over"),
    ("unknown-user", E, "members: {lena: 2, jonas: 1}", "members: {lena: 2, jonsa: 1}", "jonsa: 1"),
    ("unknown-step", E, "then: [meet, read]", "then: [meet, raed]", "then: [meet, raed]"),
    ("unknown-field", E, "  person.email:    {owner: crm", "  person.emial:    {owner: crm", "person.emial"),
    # hand-offs and routing
    ("never-open", E, '{mon-fri: "09:00-17:30"}', '{mon-fri: "closed"}', "closed"),
    ("hours-unknown-day", E, '{mon-fri: "09:00-17:30"}', '{mno-fri: "09:00-17:30"}', "mno-fri"),
    ("empty-pool", E, "members: {lena: 2, jonas: 1}", "members: {}", "dach:"),
    ("bad-weight", E, "jonas: 1}, cap", "jonas: 0}, cap", "jonas: 0"),
    ("clock-without-calendar", W, ", calendar: amsterdam, manager", ", manager", "mql-to-sdr:"),
    ("no-such-clock", E, "    accept: {within: 1 business hours}\n", "", "on_breach"),
    ("two-handoffs", E, "\nrouting: ", "\n  again: {at: mql}\n\nrouting: ", "again: {at"),
    ("no-reject-reasons", W, REASONS, "", "mql-to-sdr:"),
    ("step-takes-all", W, "  - name: German-speaking", "  - to: queue all\n  - name: German-speaking", "to: queue all"),
    ("source-without-route", W, "  - to: pool rest-of-world\n", "", "webinar:"),
    ("ends-before-start", E, "until: 2026-10-23", "until: 2026-10-18", "until: 2026-10-18"),
    # what is owed
    ("promise-without-amount", E, "{metric: mql-to-sdr.work_met, at_least: 90%}", "{metric: mql-to-sdr.work_met}",
     "- {metric: mql-to-sdr.work_met}"),
    ("promise-not-measured", W, "  - {metric: mql-to-sdr.work_met, at_least: 90%, owner: sam}\n", "",
     "- {metric: mql-to-sdr.work_met, at_least: 90%}"),
    ("wrong-unit", E, "accepted_rate, at_least: 75%}", "accepted_rate, at_least: 75}", "at_least: 75}"),
    ("wrong-unit", E, "target: 9_000_000 EUR", "target: 9_000_000 USD", "9_000_000 USD"),
    ("limits-crossed", E, "accepted_rate, at_least: 75%}", "accepted_rate, at_least: 75%, at_most: 70%}",
     "at_most: 70%"),
    ("circular-goals", E, "    owner: rosa\n    shared_by", "    owner: rosa\n    under: mql-2026q4\n    shared_by",
     "under: mql-2026q4"),
    ("no-revenue-goal", W, "    metric: revenue\n    target", "    metric: pipeline.created\n    target", "goals:"),
    ("shares-do-not-add-up", E, "share: 35%", "share: 30%", "parts:"),
    ("shares-do-not-add-up", E, "2026-11: 40%", "2026-11: 41%", "spread:"),
    ("shares-do-not-add-up", E, "effort: 10%", "effort: 11%", "rank_by:"),
    ("pay-without-target", E, "share: 25%, goal: mql-2026q4,", "share: 25%,", "share: 25%"),
    ("threshold-above-cap", E, "threshold: 70%, cap: 120%", "threshold: 130%, cap: 120%", "threshold: 130%"),
    ("pay-without-business", W, "{metric: revenue, share: 40%, goal: revenue-2026q4",
     "{metric: mql.entered, share: 40%, goal: mql-2026q4", "  marketing:"),
    ("excuse-not-mutual", E, "confirmed_by: sales, longest", "confirmed_by: marketing, longest", "budget_cut:"),
    ("excuse-not-described", W, EXCUSES, "", "declared budget_cut"),
    ("nobody-meets", E, "who: [rosa, mara, sam, olive]", "who: []", "who: []"),
    ("no-day", E, "    day: tue\n", "", "revenue-meeting:"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "level", "old", "new", "line"), EXAMPLES, ids=[f"{e[0]}-{n}" for n, e in enumerate(EXAMPLES)]
)
def test_a_bad_example_is_found_at_its_place(spoilt, found, code, level, old, new, line) -> None:  # type: ignore[no-untyped-def]
    text = spoilt((old, new))
    hits = [f for f in found(text) if f.code == code]
    assert hits, [(f.code, f.message) for f in found(text)]
    assert {f.level for f in hits} == {level}
    lines = text.split("\n")
    assert any(line in lines[f.place.line - 1] for f in hits), [(str(f.place), f.message) for f in hits]
    assert all(1 <= f.place.column <= len(lines[f.place.line - 1]) + 1 for f in hits)


def test_the_good_example_has_no_finding_at_all(brightwater, found) -> None:  # type: ignore[no-untyped-def]
    assert found(brightwater) == []


def test_every_rule_of_the_list_finds_something_in_some_example(spoilt, brightwater) -> None:  # type: ignore[no-untyped-def]
    texts = [spoilt((old, new)) for _, _, old, new, _ in EXAMPLES] + [
        "oarlock: 1\nstages: {a: {owner: sales, kind: gate}}\n",
        brightwater.split("\nrouting:")[0],
        brightwater[: brightwater.index("rules:\n")] + _many_rules() + brightwater[brightwater.index("scoring:\n") :],
        brightwater.split("\nrouting:")[0] + "\ncalendars: {c: {hours: {mon: 09:00-10:00}}}\n",
    ]
    readings = [reading for reading in (interpret(read_text(t.encode())) for t in texts) if reading is not None]
    silent = [rule.__name__ for rule in RULES if not any(list(rule(reading)) for reading in readings)]
    assert silent == []


def _many_rules() -> str:
    doubled = "".join(f"  r{n}:\n    when: r{n - 1} or not r{n - 1}\n" for n in range(1, 15))
    first = "rules:\n  reachable: {when: person.email is not null}\n  decides: {when: icp}\n  r0: {when: icp}\n"
    return first + doubled


def test_a_rule_that_doubles_fourteen_times_is_refused_in_no_time(brightwater, found) -> None:  # type: ignore[no-untyped-def]
    text = brightwater[: brightwater.index("rules:\n")] + _many_rules() + brightwater[brightwater.index("scoring:\n") :]
    assert "rule-too-large" in {f.code for f in found(text)}


def test_without_routing_handoffs_offer_to_nobody(brightwater, found) -> None:  # type: ignore[no-untyped-def]
    assert {"no-routing", "reassign-without-routing"} <= {f.code for f in found(brightwater.split("\nrouting:")[0])}


def test_a_warning_becomes_an_error_for_agreements_in_force_from_its_date_on(spoilt, found) -> None:  # type: ignore[no-untyped-def]
    no_fading = (FADING, "")
    levels = {}
    for day in ("2027-12-31", "2028-01-01"):
        text = spoilt(no_fading, ("in_force: 2026-10-01", f"in_force: {day}"))
        levels[day] = next(f.level for f in found(text) if f.code == "points-never-fade")
    assert levels == {"2027-12-31": "warning", "2028-01-01": "error"}


def test_one_mistake_is_told_once(spoilt, found) -> None:  # type: ignore[no-untyped-def]
    text = spoilt(("kind: gate\n    when: fit >= 40", "kind: gaet\n    when: fit >= 40"))
    assert [(f.code, f.suggestion) for f in found(text)] == [("not-one-of", 'Did you mean "gate"?')]


def test_all_mistakes_are_told_at_once(spoilt, found) -> None:  # type: ignore[no-untyped-def]
    text = spoilt(
        ("currency: EUR", "curency: EUR"), ("kind: inventory", "knd: inventory"), ("to: pool dach", "to: pool dahc"),
        ("within: 1 business hours", "within: 1 busines hours"), ("share: 35%", "share: 30%"),
    )  # fmt: skip
    codes = [f.code for f in found(text)]
    assert {"missing-key", "unknown-key", "unknown-pool", "span-qualifier-unknown", "shares-do-not-add-up"} <= set(
        codes
    )


def test_findings_stand_in_the_order_of_the_text(spoilt, found) -> None:  # type: ignore[no-untyped-def]
    places = [f.place.line for f in found(spoilt(("share: 35%", "share: 3%"), ("to: pool dach", "to: pool x")))]
    assert places == sorted(places) and len(places) == 2


def test_a_source_named_by_a_routing_rule_has_its_route(spoilt, found) -> None:  # type: ignore[no-untyped-def]
    by_name = (
        "  - when: person.source = 'outbound' or person.source in ('webinar', 'organic_search')\n    to: pool dach\n"
    )
    text = spoilt(("  - to: pool rest-of-world\n", by_name))
    lost = [f.message.split("`")[1] for f in found(text) if f.code == "source-without-route"]
    assert lost == ["content", "trade_fair"]


def test_a_breach_may_be_told_to_anybody_known(spoilt, found) -> None:  # type: ignore[no-untyped-def]
    assert found(spoilt(("do: notify manager", "do: notify olive"))) == []


def test_among_very_many_names_no_nearest_one_is_looked_for(spoilt, found) -> None:  # type: ignore[no-untyped-def]
    many = "users:\n" + "".join(f"  user{n}: {{name: N}}\n" for n in range(400))
    finding = next(f for f in found(spoilt(("users:                          # the people who work leads\n", many),
                                           ("who: jonas", "who: jonsa"))) if f.code == "unknown-colleague")  # fmt: skip
    assert finding.suggestion == ""


def test_days_are_promised_in_days(spoilt, found) -> None:  # type: ignore[no-untyped-def]
    def codes(amount: str) -> list[str]:
        promise = f"    - {{metric: cycle_days, at_most: {amount}}}\n    - {{metric: mql-to-sdr.work_met"
        return [f.code for f in found(spoilt(("    - {metric: mql-to-sdr.work_met", promise)))]

    assert (codes("90 days"), codes("90%")) == ([], ["wrong-unit"])


def test_of_very_many_findings_the_errors_are_shown_and_the_rest_is_counted(brightwater, found) -> None:  # type: ignore[no-untyped-def]
    promises = "".join(f"    - {{metric: mql.balance, at_least: {n}}}\n" for n in range(700))
    wrong = "    - {metric: mql.balnce, at_least: 1}\n"
    many = found(brightwater.replace("excuses:\n", promises + wrong + "excuses:\n", 1))
    assert len(many) == 501 and many[-1].message == "202 more findings are not shown."
    assert [f.code for f in many if f.level == "error"] == ["unknown-metric"]
