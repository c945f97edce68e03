from __future__ import annotations

from collections.abc import Callable

Ask = Callable[[str], list[tuple[object, ...]]]


def numbers(ask: Ask, sql: str) -> list[float]:
    """The numbers of the one row a query answers."""
    [row] = ask(sql)
    return [float(str(value)) for value in row]


def test_eighteen_months_end_with_october_2026_and_nothing_comes_after(ask: Ask) -> None:
    for table in ("touches", "activities", "changes", "handoff_events", "campaign_costs"):
        assert ask(
            f"""select count(*) from {table}
            where "at" >= timestamptz '2026-11-01 00:00+01' or recorded_at >= timestamptz '2026-11-01 00:00+01'"""
        ) == [(0,)], table
    first, last = ask("select min(created_at)::text, max(created_at)::text from people")[0]
    assert str(first) >= "2025-04-30 22:00" and "2026-10-31 00" < str(last) < "2026-10-31 23"


def test_ids_are_unique_and_lead_somewhere(ask: Ask) -> None:
    keys = {
        "people": "person_id", "accounts": "account_id", "opportunities": "opportunity_id", "touches": "touch_id",
        "activities": "activity_id", "changes": "change_id", "handoff_events": "event_id", "campaigns": "campaign_id",
        "campaign_costs": "cost_id", "users": "user_id",
    }  # fmt: skip
    for table, key in keys.items():
        assert ask(f"select count(*) - count(distinct {key}) from {table}") == [(0,)], table
    assert ask("select count(*) - count(distinct (opportunity_id, person_id)) from opportunity_contacts") == [(0,)]
    references = [
        ("touches", "person_id", "people"), ("touches", "campaign_id", "campaigns"),
        ("people", "account_id", "accounts"),
        ("people", "campaign_id", "campaigns"), ("opportunities", "person_id", "people"),
        ("opportunities", "account_id", "accounts"), ("activities", "person_id", "people"),
        ("activities", "opportunity_id", "opportunities"), ("handoff_events", "person_id", "people"),
        ("opportunity_contacts", "person_id", "people"), ("opportunity_contacts", "opportunity_id", "opportunities"),
        ("campaign_costs", "campaign_id", "campaigns"),
    ]  # fmt: skip
    for table, column, of in references:
        assert ask(f"select count(*) from {table} anti join {of} using ({column}) where {column} is not null") == [(0,)]
    for column, table in (("owner_id", "people"), ("owner_id", "accounts"), ("user_id", "activities")):
        assert ask(
            f"select count(*) from {table} t where {column} is not null and {column} not in (select user_id from users)"
        ) == [(0,)]


def test_august_and_christmas_are_quiet(ask: Ask) -> None:
    july, august, september = numbers(
        ask,
        """select count(*) filter (month(created_at) = 7), count(*) filter (month(created_at) = 8),
          count(*) filter (month(created_at) = 9) from people where source <> 'trade fair'""",
    )
    assert august < 0.75 * july and august < 0.75 * september
    christmas, before = numbers(
        ask,
        """select count(*) filter ("at" between '2025-12-20' and '2026-01-06'),
          count(*) filter ("at" between '2025-12-02' and '2025-12-19') from touches""",
    )
    assert christmas < 0.6 * before


def test_touches_keep_to_weekdays_and_office_hours_in_berlin(ask: Ask) -> None:
    weekday, office = numbers(
        ask,
        """select avg((isodow(t) <= 5)::int), avg((hour(t) between 7 and 18)::int)
        from (select "at" at time zone 'Europe/Berlin' as t from touches)""",
    )
    assert weekday > 0.9 and office > 0.85


def test_deals_are_won_at_the_ends_of_quarters(ask: Ask) -> None:
    [share] = numbers(
        ask,
        """select avg((closed_at >= date_trunc('quarter', closed_at) + interval 3 months - interval 12 days)::int)
        from opportunities where status = 'won'""",
    )
    assert share > 1.8 * 12 / 91


def test_sources_differ_in_quality(ask: Ask) -> None:
    won = {
        str(source): float(str(rate))
        for source, rate in ask(
            """select source, count(distinct o.person_id) filter (o.status = 'won') / count(distinct p.person_id)
            from people p left join opportunities o using (person_id) group by 1"""
        )
    }
    assert won["partner"] > 4 * won["content download"]
    assert won["search"] > won["paid social"]


def test_some_sources_are_null_and_some_say_unknown(ask: Ask) -> None:
    missing, unknown = numbers(ask, "select avg((source is null)::int), avg((source = 'unknown')::int) from people")
    assert 0.01 < missing < 0.03 and 0.01 < unknown < 0.03


def test_a_third_of_the_people_clicked_before_we_knew_them(ask: Ask) -> None:
    [share] = numbers(
        ask,
        """select count(distinct person_id) / (select count(*) from people)
        from touches join people using (person_id) where touches."at" < created_at""",
    )
    assert 0.15 < share < 0.4


def test_quick_answers_bring_more_meetings_and_more_wins(ask: Ask) -> None:
    # seconds after the offer, by the clock on the wall: a quick answer is quick by any clock
    quick_met, slow_met, quick_won, slow_won = numbers(
        ask,
        """with answered as (
          select epoch(accepted - offered) as wait, converted is not null as met,
            coalesce(o.status = 'won', false) as won
          from handoffs left join (select person_id, max(status) as status from opportunities group by 1) o
            using (person_id)
          where accepted is not null and offered < '2026-06-01')
        select avg(met::int) filter (wait < 1200), avg(met::int) filter (wait > 14400),
          avg(won::int) filter (wait < 1200), avg(won::int) filter (wait > 14400) from answered""",
    )
    assert quick_met > 1.3 * slow_met
    assert quick_won > 1.3 * slow_won


def test_sellers_differ_in_pace_and_in_what_they_win(ask: Ask) -> None:
    paces = {
        str(seller): float(str(wait))
        for seller, wait in ask(
            "select seller, median(epoch(accepted - offered)) from handoffs where accepted is not null group by 1"
        )
    }
    assert paces["jonas"] > 2 * paces["lena"]
    rates = {
        str(owner): float(str(rate))
        for owner, rate in ask(
            """select owner_id, avg((status = 'won')::int) from opportunities where status <> 'open'
            group by 1 having count(*) >= 20"""
        )
    }
    assert rates["nadia"] > rates["viktor"]


def test_nobody_gets_a_lead_from_the_pool_while_on_leave(ask: Ask) -> None:
    assert ask(
        """select count(*) from handoffs join people using (person_id) left join accounts using (account_id)
        join users on users.user_id = first_owner and users.leave is not null
        where accounts.owner_id is null
          and (offered at time zone 'Europe/Berlin')::date between split_part(leave, '/', 1)::date
            and split_part(leave, '/', 2)::date"""
    ) == [(0,)]


def test_pools_share_leads_by_weight(ask: Ask) -> None:
    shares = {
        str(name): float(str(count)) for name, count in ask("select first_owner, count(*) from handoffs group by 1")
    }
    assert 1.6 < shares["lena"] / shares["jonas"] < 2.4
    assert 1.5 < shares["amelie"] / shares["ingrid"] < 2.8


def test_rejections_have_causes_one_can_count(ask: Ask) -> None:
    assert ask(
        """select count(*) from handoffs join people using (person_id)
        where reason = 'student' and job_level <> 'student'"""
    ) == [(0,)]
    [outside] = numbers(
        ask,
        """select avg((coalesce(employees::int, 0) not between 80 and 5000
            or industry not in ('manufacturing', 'logistics'))::int)
        from handoffs join people using (person_id) left join accounts using (account_id) where reason = 'not-icp'""",
    )
    assert outside > 0.85
    content, others = numbers(
        ask,
        """select avg((rejected is not null)::int) filter (source = 'content download'),
          avg((rejected is not null)::int) filter (source in ('search', 'partner', 'webinar'))
        from handoffs join people using (person_id)""",
    )
    assert content > 1.5 * others


def test_reasons_and_kinds_of_events_are_known_words(ask: Ask) -> None:
    from oarlock.records.shapes import HANDOFF_KINDS

    kinds = {str(kind) for (kind,) in ask("select distinct kind from handoff_events")}
    assert kinds == set(HANDOFF_KINDS) - {"breached", "redated", "appealed"}, "these a CRM tells nobody"


def test_a_handoff_is_offered_once_and_ends_at_most_once(ask: Ask) -> None:
    assert ask(
        """select count(*) from (select handoff_id, count(*) filter (kind = 'offered') as offers,
          count(*) filter (kind in ('rejected', 'lapsed', 'converted', 'returned')) as ends,
          min("at") filter (kind <> 'offered') as later, min("at") filter (kind = 'offered') as first
        from handoff_events group by 1) where offers <> 1 or ends > 1 or later < first"""
    ) == [(0,)]


def test_people_come_back_for_a_second_cycle_and_some_of_them_buy(ask: Ask) -> None:
    returned, bought = numbers(
        ask,
        """select count(distinct h.person_id), count(distinct h.person_id) filter (o.status = 'won')
        from handoffs h left join opportunities o on o.person_id = h.person_id and o.created_at > h.offered
        where h.cycle = '2'""",
    )
    assert returned > 80 and bought >= 3
    assert ask(
        """select count(*) from handoffs h where h.cycle = '2' and not exists (
          from handoffs f where f.person_id = h.person_id and f.cycle = '1' and f.offered < h.offered)"""
    ) == [(0,)]


def test_money_is_to_the_cent_and_costs_follow_the_calendar_of_fairs(ask: Ask) -> None:
    assert ask(
        """select count(*) from (select amount from opportunities union all select amount from campaign_costs
          union all select cost from touches where cost is not null)
        where not regexp_full_match(amount, '[0-9]+\\.[0-9]{2}')"""
    ) == [(0,)]
    fair, quiet = numbers(
        ask,
        """select sum(amount::double) filter (month("at") = 9), sum(amount::double) filter (month("at") = 8)
        from campaign_costs where campaign_id like 'c-fairs-%'""",
    )
    assert fair > 5 * quiet


def test_amounts_and_stages_of_deals_end_where_their_history_ends(ask: Ask) -> None:
    for field in ("stage", "status", "amount"):
        assert ask(
            f"""select count(*) from opportunities o join (
              select entity_id, arg_max(value, ("at", change_id)) as last from changes
              where entity = 'opportunity' and field = '{field}' group by 1
            ) c on c.entity_id = o.opportunity_id where o.{field} <> last"""
        ) == [(0,)], field
    assert ask("select count(*) from opportunities where (status = 'open') <> (closed_at is null)") == [(0,)]
    assert ask("select count(*) from opportunities where (status = 'lost') <> (lost_reason is not null)") == [(0,)]
    assert ask("select count(*) from opportunities where closed_at <= created_at") == [(0,)]


def test_a_few_deals_were_won_before_anybody_met_the_customer(ask: Ask) -> None:
    [early] = numbers(
        ask, "select count(*) from opportunities o join people p using (person_id) where closed_at < p.created_at"
    )
    assert 3 <= early <= 12


def test_some_facts_were_learned_late(ask: Ask) -> None:
    for table, least in (("touches", 0.01), ("activities", 0.01), ("handoff_events", 0.005)):
        [late] = numbers(ask, f'select avg((recorded_at - "at" > interval 6 hours)::int) from {table}')
        assert least < late < 0.1, table
        assert ask(f'select count(*) from {table} where recorded_at < "at"') == [(0,)]


def test_addresses_are_made_up(ask: Ask) -> None:
    assert ask("select count(*) from people where email is not null and email not like '%@%.example'") == [(0,)]
    assert ask("select count(*) from accounts where domain not like '%.example'") == [(0,)]
    missing, doubled = numbers(
        ask, "select avg((email is null)::int), count(email) - count(distinct email) from people"
    )
    assert 0.01 < missing < 0.05 and doubled < 20
