from __future__ import annotations

from datetime import date

import pytest

from oarlock import agreement, demo
from oarlock.agreement.terms import Terms
from oarlock.demo import interest, seasons, selling, sources, staff, stages
from oarlock.ground.working_time import Calendar, parse_hours


@pytest.fixture(scope="module")
def versions() -> tuple[Terms, Terms]:
    first, second = (agreement.seal(agreement.read(path)) for path in demo.AGREEMENTS)
    return first, second


def test_both_versions_check_without_a_finding() -> None:
    assert [agreement.check(agreement.read(path)) for path in demo.AGREEMENTS] == [[], []]


def test_first_is_in_force_before_the_history_and_second_from_its_middle(versions: tuple[Terms, Terms]) -> None:
    first, second = versions
    assert first.in_force < seasons.FIRST_DAY < second.in_force < seasons.LAST_DAY
    assert int(second.in_force_from.timestamp()) == seasons.CHANGE
    assert second.in_force == date(2026, 2, 1)


def test_the_files_come_with_copies_of_both(company: demo.Made) -> None:
    assert [path.name for path in company.agreements] == ["1.yaml", "2.yaml"]
    assert [p.read_bytes() for p in company.agreements] == [p.read_bytes() for p in demo.AGREEMENTS]


def test_the_generator_counts_points_as_the_agreements_do(versions: tuple[Terms, Terms]) -> None:
    first = {kind.name: kind.first_points for kind in sources.KINDS if kind.first_points}
    second = {kind.name: kind.second_points for kind in sources.KINDS if kind.second_points}
    assert [dict(terms.scoring.engagement) for terms in versions] == [first, second]
    for terms in versions:
        assert terms.scoring.half_life is not None
        assert terms.scoring.half_life.total_seconds() == interest.HALF_LIFE


def test_the_second_definition_is_tighter(versions: tuple[Terms, Terms]) -> None:
    rules = [stage.rule.text for terms in versions if (stage := terms.stage("mql")) and stage.rule]
    assert rules == [f"fit >= 40 and engagement >= {bar:.0f}" for bar in (interest.BAR_FIRST, interest.BAR_SECOND)]
    assert all(kind.second_points <= kind.first_points for kind in sources.KINDS)


def test_stages_and_reasons_are_called_as_in_the_files(versions: tuple[Terms, Terms]) -> None:
    for terms in versions:
        recorded = [word for stage in terms.stages for word in stage.recorded_as]
        recorded += [word for detour in terms.detours for word in detour.recorded_as]
        assert recorded == list(stages.RECORDED)
        reasons = dict(terms.handoffs[0].reject_reasons)
        assert list(reasons) and set(reasons) == set(selling.REASONS)
        final = {reason for reason, detour in reasons.items() if detour == "disqualified"}
        assert final == set(selling.REASONS[: selling.FINAL])


def test_pools_users_and_leave_are_those_of_the_agreement(versions: tuple[Terms, Terms]) -> None:
    named = {person.key: person.name for person in staff.STAFF}
    for terms in versions:
        assert tuple(pool.members for pool in terms.pools) == staff.POOLS
        assert {user.key: user.name for user in terms.users}.items() <= named.items()
    for turns, pool in zip(staff.TURNS, staff.POOLS, strict=True):
        assert {staff.KEYS[place]: turns.count(place) for place in set(turns)} == dict(pool)
    absences = {(a.who, f"{a.from_}/{a.until}") for terms in versions for a in terms.absences}
    assert absences == {(person.key, person.leave) for person in staff.STAFF if person.leave}


def test_sources_are_those_of_the_agreement(versions: tuple[Terms, Terms]) -> None:
    for terms in versions:
        assert tuple(word for source in terms.sources for word in source.recorded_as) == sources.NAMES


def test_office_hours_are_those_of_the_agreement(versions: tuple[Terms, Terms]) -> None:
    for terms in versions:
        [hours] = terms.calendars
        agreed = Calendar(hours.time_zone or terms.time_zone, parse_hours(dict(hours.hours)), hours.holidays or "")
        assert agreed == seasons.OFFICE
