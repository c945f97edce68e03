"""Who leads: signers of both teams, one person both leaders report to, operations for both."""

from __future__ import annotations

from collections.abc import Iterator

from oarlock.agreement.checks.telling import error, warning
from oarlock.agreement.findings import Finding
from oarlock.agreement.format.leading import Leadership, Person
from oarlock.agreement.interpreting import Reading

_TEAM_OF = {"marketing-leader": "marketing", "marketer": "marketing", "sales-leader": "sales", "seller": "sales"}


def _leadership(reading: Reading) -> Leadership:
    return reading.agreement.leadership or Leadership(growth_motion=None)


def signers_are_of_both_teams(reading: Reading) -> Iterator[Finding]:
    """Marketing and sales each sign; a revenue leader alone does not stand for both."""
    leadership = _leadership(reading)
    if not leadership.signers:
        message = "Nobody signs this agreement."
        yield warning(reading, ("leadership",), "no-signers", message, "Name one of each team under `signers:`.")
        return
    people = leadership.people
    teams = {_TEAM_OF.get(people[key].role) for key in leadership.signers if key in people}
    for team in ("marketing", "sales"):
        if team not in teams and all(key in people for key in leadership.signers):
            message = f"Nobody of {team} signs."
            suggestion = f"Add a person with the role `{team}-leader`."
            yield error(reading, ("leadership", "signers"), "signer-missing", message, suggestion, key=True)


def nobody_signs_twice(reading: Reading) -> Iterator[Finding]:
    """Each signer stands once."""
    signers = _leadership(reading).signers
    for number, key in enumerate(signers):
        if key in signers[:number]:
            yield error(reading, ("leadership", "signers", number), "signer-twice", f"`{key}` stands here twice.")


def leaders_report_to_one_person(reading: Reading) -> Iterator[Finding]:
    """Both leaders report to one person, who is not the CEO: somebody whose only task is revenue."""
    people = _leadership(reading).people
    leaders = [p for p in people.values() if p.role in ("marketing-leader", "sales-leader")]
    if len({leader.role for leader in leaders}) < 2:
        return
    bosses = {leader.reports_to for leader in leaders}
    if len(bosses) > 1 or bosses & {None, "ceo"}:
        message = "Marketing and sales do not report to one person who is not the CEO."
        suggestion = "Name one revenue leader, and let both report there."
        yield warning(reading, ("leadership", "people"), "no-single-leader", message, suggestion)


def operations_serve_both(reading: Reading) -> Iterator[Finding]:
    """Operations that serve one team measure with one team's eyes."""
    for key, person in _leadership(reading).people.items():
        if person.role == "operations" and not _serves_both(person):
            message = f"Operations (`{key}`) do not serve both teams."
            suggestion = "Write `serves: [marketing, sales]`."
            yield warning(reading, ("leadership", "people", key), "operations-for-one-team", message, suggestion)


def _serves_both(person: Person) -> bool:
    return "joint" in person.serves or {"marketing", "sales"} <= set(person.serves)


def nobody_reports_to_themselves(reading: Reading) -> Iterator[Finding]:
    """`reports_to` leads up, never round."""
    people = _leadership(reading).people
    for key in people:
        above, seen = people[key].reports_to, {key}
        while above in people and above not in seen:
            seen.add(above)
            above = people[above].reports_to
        if above == key:
            message = f"`{key}` reports to themselves, directly or through others."
            yield error(reading, ("leadership", "people", key, "reports_to"), "circular-reports", message)
