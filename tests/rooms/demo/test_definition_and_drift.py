from __future__ import annotations

from collections.abc import Callable

from oarlock.demo import batches, seasons

Ask = Callable[[str], list[tuple[object, ...]]]


def number(ask: Ask, sql: str) -> float:
    """The one number a query answers."""
    [(value,)] = ask(sql)
    assert isinstance(value, int | float)
    return value


def test_the_generator_knows_whom_the_definition_makes_mql_to_the_second(ask: Ask) -> None:
    by_hand = {
        str(person): int(float(str(at))) for person, at in ask("select person_id, epoch(defined_at) from defined")
    }
    marks = batches.batch(7, 0, 1, 20_000).cycles[0].marks
    known = {f"p-{place + 1:07}": int(at) for place, at in enumerate(marks.defined) if at <= seasons.END}
    assert known == by_hand
    assert len(by_hand) > 1_500


def test_the_crm_mostly_follows_the_definition(ask: Ask) -> None:
    assert 0.7 < number(
        ask,
        """select avg((defined_at is not null and abs(epoch(marked_at) - epoch(defined_at)) < 86400)::int)
        from recorded left join defined using (person_id)""",
    ) < 0.92  # fmt: skip


def test_some_are_never_marked(ask: Ask) -> None:
    share = number(
        ask, "select avg((marked_at is null)::int) from defined left join recorded using (person_id)"
    )  # fmt: skip
    assert 0.03 < share < 0.1


def test_the_nightly_sync_marks_days_late_and_nobody_else(ask: Ask) -> None:
    late, early = ask(
        """select count(*) filter (marked_at - defined_at > interval 12 hours), count(*) filter (marked_at < defined_at)
        from recorded join defined using (person_id) where origin = 'hubspot-sync'"""
    )[0]
    assert isinstance(late, int) and late > 80
    assert early == 0


def test_most_marks_by_hand_do_not_meet_the_definition_and_most_are_by_jonas(ask: Ask) -> None:
    people, outside, jonas = ask(
        """select count(*), count(*) filter (defined_at is null), count(*) filter ("by" = 'jonas')
        from recorded left join defined using (person_id) where origin = 'by hand'"""
    )[0]
    assert isinstance(people, int) and isinstance(outside, int) and isinstance(jonas, int)
    assert people > 100 and outside > people / 2 and jonas > people / 2


def test_lists_from_fairs_are_loaded_by_olive_as_mql_a_few_days_after_a_fair(ask: Ask) -> None:
    assert ask(
        """select distinct "by", source in ('trade fair', 'unknown') or source is null
        from recorded join people using (person_id) where origin = 'import'"""
    ) == [("olive", True)]
    instants = number(ask, "select count(distinct marked_at) from recorded where origin = 'import'")
    assert 1 <= instants <= 5


def test_the_workflow_kept_the_old_rule_for_six_weeks_after_the_change(ask: Ask) -> None:
    by_week = ask(
        """select marked_at >= timestamptz '2026-02-01 00:00+01' and marked_at < timestamptz '2026-03-15 00:20+01',
          count(*) filter (defined_at is null or defined_at > marked_at), count(*)
        from recorded left join defined using (person_id) where origin = 'workflow' group by 1 order by 1"""
    )
    (_, outside, _), (_, within, marked) = by_week
    assert outside == 0
    assert isinstance(within, int) and isinstance(marked, int) and within > marked / 4


def test_what_the_crm_has_is_the_last_it_recorded(ask: Ask) -> None:
    assert ask(
        """select count(*) from people join (
          select entity_id as person_id, arg_max(value, ("at", change_id)) as last from changes
          where field = 'recorded_stage' group by 1
        ) using (person_id) where recorded_stage is distinct from last"""
    ) == [(0,)]


def test_corrected_fields_have_a_first_value_and_end_at_the_current_one(ask: Ask) -> None:
    for entity, field, current in (
        ("account", "employees", "select account_id as id, employees as value from accounts"),
        ("person", "job_level", "select person_id as id, job_level as value from people"),
    ):
        history = f"""select entity_id as id, count(*) as told,
            arg_min(value, "at") as first, arg_max(value, "at") as last
          from changes where entity = '{entity}' and field = '{field}' group by 1"""
        told = ask(
            f"""select count(*), count(*) filter (first = last), count(*) filter (last <> value), min(told)
            from ({history}) join ({current}) using (id)"""
        )[0]
        corrected, without_change, unlike_now, least = told
        assert isinstance(corrected, int) and corrected > 300
        assert (without_change, unlike_now, least) == (0, 0, 2), field


def test_corrections_move_companies_over_the_border_of_the_ideal_customer(ask: Ask) -> None:
    into, out = ask(
        """with size as (select entity_id, arg_min(value, "at")::int as old, arg_max(value, "at")::int as new
          from changes where field = 'employees' group by 1)
        select count(*) filter (old not between 50 and 5000 and new between 50 and 5000),
          count(*) filter (old between 50 and 5000 and new not between 50 and 5000) from size"""
    )[0]
    assert isinstance(into, int) and isinstance(out, int) and into > 30 and out > 30
