-- The demo company's report, by hand over its CSV files: deals, and lives from the sales accepted lead on.
-- Away: a rejected or recycled hand-off, or a lost deal of somebody who is no customer; for good where it disqualifies,
-- else for 90 days, and whoever goes again meanwhile stays away longer. Each return begins the next cycle.
-- name: raw
create view people as select *, created_at::timestamptz as seen from read_csv('{data}/people.csv', all_varchar = true);
create view accounts as select * from read_csv('{data}/accounts.csv', all_varchar = true);
create view users as select * from read_csv('{data}/users.csv', all_varchar = true);
create view handoffs as select *, "at"::timestamptz as t from read_csv('{data}/handoff_events.csv', all_varchar = true);
create view activities as select *, "at"::timestamptz as t from read_csv('{data}/activities.csv', all_varchar = true);
create view touches as select *, "at"::timestamptz as t from read_csv('{data}/touches.csv', all_varchar = true);
create view changes as select *, "at"::timestamptz as t from read_csv('{data}/changes.csv', all_varchar = true);
create view contacts as select * from read_csv('{data}/opportunity_contacts.csv', all_varchar = true);
create table deals as
select * replace (amount::decimal(18, 2) as amount, created_at::timestamptz as created_at, closed_at::timestamptz as closed_at)
from read_csv('{data}/opportunities.csv', all_varchar = true);
create macro revenue(status, amount) as coalesce(sum(amount) filter (status = 'won'), 0);
create table last as
select max(t) as known from (
  select max(recorded_at::timestamptz) as t from handoffs union all select max(recorded_at::timestamptz) from activities
  union all select max(recorded_at::timestamptz) from touches union all select max(recorded_at::timestamptz) from changes
  union all select max(seen) from people union all select max(created_at) from deals union all select max(closed_at) from deals);
create table deal_facts as  -- what each person of a deal lives through: it is begun, then won or lost
with each as (select opportunity_id, person_id from deals)  -- every deal of the demo names its person
select each.person_id, created_at as t, 'open' as status from each join deals using (opportunity_id)
union all select each.person_id, closed_at, status from each join deals using (opportunity_id) where status <> 'open';
create table sent as
select person_id, t, case when reason in ('not-icp', 'bad-data', 'student') then timestamptz '9999-01-01 00:00:00+00'
  else to_timestamp(epoch(t) + 90 * 86400) end as back
from handoffs where kind in ('rejected', 'recycled')
union all
select f.person_id, f.t, to_timestamp(epoch(f.t) + 90 * 86400) from deal_facts f
where f.status = 'lost'
  and not exists (select 1 from deal_facts w where w.person_id = f.person_id and w.status = 'won' and w.t < f.t);
create table absences as
with recursive walk as (
  select person_id, t as gone, back, t as latest from (
    select *, row_number() over (partition by person_id order by t, back) as n from sent) where n = 1
  union all
  select w.person_id,
    case when s.t >= w.back then s.t else w.gone end,
    case when s.t >= w.back then s.back else greatest(w.back, s.back) end, s.t
  from walk w join (select *, lag(t) over (partition by person_id order by t, back) as before from sent) s
    on s.person_id = w.person_id and s.before = w.latest and s.t > w.latest
)
select person_id, gone, max(back) as back, max(latest) as latest from walk group by person_id, gone;
create macro cycle_at(p, x) as (select count(*) + 1 from absences a where a.person_id = p and a.back <= x);
create table facts as  -- every fact that bears on a stage: when it is judged (at once, or on coming back), or never
with told as (
  select person_id, t, 'sal' as stage, kind = 'accepted' as holds, null as until from handoffs
  where kind in ('offered', 'accepted', 'rejected', 'lapsed', 'returned', 'recycled', 'worked', 'converted')
  union all select person_id, t, 'sql', true, to_timestamp(epoch(t) + 60 * 86400) from activities
  where kind = 'meeting.held' and person_id is not null
  union all select person_id, t, 'opportunity', true, null from deal_facts
  union all select person_id, t, 'customer', status = 'won', null from deal_facts
)
select told.*, a.back, a.latest, a.gone is not null as away,
  lead(told.t) over (partition by told.person_id, stage order by told.t) as following
from told left join absences a on a.person_id = told.person_id and told.t > a.gone and told.t < a.back;
create table holds as
select person_id, stage, t from facts where holds and not away
union all
select person_id, stage, back from facts, last
where holds and away and back <= known
  and (case stage when 'sql' then until >= back else t > latest and coalesce(following > back, true) end);
create table lives as
with own as (
  select person_id, cycle_at(person_id, t) as cycle, min(t) filter (stage = 'sal') as a, min(t) filter (stage = 'sql') as b,
    min(t) filter (stage = 'opportunity') as c, min(t) filter (stage = 'customer') as d from holds group by 1, 2)
select person_id, cycle, least(a, b, c, d) as sal, least(b, c, d) as sql, least(c, d) as opportunity, d as customer,
  a is null or a > least(b, c, d) as sal_skipped, b is null or b > least(c, d) as sql_skipped,
  exists (select 1 from absences x where x.person_id = own.person_id and x.gone >= least(a, b, c, d)
    and (select count(*) from absences y where y.person_id = x.person_id and y.back <= x.gone) + 1 = cycle) as gone
from own;
-- name: whole
select (select count(*) from people), (select known from last)
-- name: absences
select (select count(*) from absences), (select count(*) from absences, last where back > known),
  (select count(*) from absences, last where back > timestamptz '9000-01-01 00:00:00+00')
-- name: stages
select 'sal', count(sal), count(*) filter (sal is not null and sal_skipped), count(*) filter (sal is not null and sql is null and not gone) from lives
union all select 'sql', count(sql), count(*) filter (sql is not null and sql_skipped), count(*) filter (sql is not null and opportunity is null and not gone) from lives
union all select 'opportunity', count(opportunity), 0, count(*) filter (opportunity is not null and customer is null and not gone) from lives
union all select 'customer', count(customer), 0, count(*) filter (customer is not null and not gone) from lives
-- name: conversions
with pairs as (
  select 1 as n, 'sal' as a, 'sql' as b, sal as x, sql as y, gone from lives where sal is not null
  union all select 2, 'sql', 'opportunity', sql, opportunity, gone from lives where sql is not null
  union all select 3, 'opportunity', 'customer', opportunity, customer, gone from lives where opportunity is not null
), watched as (select n, epoch_us(coalesce(y, known)) - epoch_us(x) as us, y is not null as converted from pairs, last),
steps as (select n, us, count(*) filter (converted) as d, count(*) as leaving from watched group by all),
risk as (select n, us / 86400e6 as t, d, sum(leaving) over (partition by n order by us desc) as at_risk from steps),
curve as (
  select n, 1 - product(1 - d::double / at_risk) filter (t <= 30) as km30,
    1 - product(1 - d::double / at_risk) filter (t <= 60) as km60, 1 - product(1 - d::double / at_risk) filter (t <= 90) as km90
  from risk group by n)
select a, b, count(y), count(*), count(*) filter (y is null and not gone),
  quantile_cont((epoch_us(y) - epoch_us(x)) / 86400e6, 0.5), quantile_cont((epoch_us(y) - epoch_us(x)) / 86400e6, 0.9),
  any_value(km30), any_value(km60), any_value(km90)
from pairs join curve using (n) group by n, a, b order by n
-- name: entered by source
select source, count(distinct person_id) filter (known), count(sal), count(sql), count(opportunity), count(customer),
  (select coalesce(sum(amount), 0) from deals join people p using (person_id) where status = 'won' and p.source is not distinct from s.source)
from (select p.person_id, p.source, true as known, l.sal, l.sql, l.opportunity, l.customer
  from people p left join lives l using (person_id)) s group by source
-- name: deals
select count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  count(*) filter (status = 'won') / count(*) filter (status <> 'open'), revenue(status, amount),
  round(revenue(status, amount) / count(*) filter (status = 'won'), 2), round(quantile_cont(amount::double, 0.5) filter (status = 'won'), 2),
  avg((epoch_us(closed_at) - epoch_us(created_at)) / 86400e6) filter (status = 'won'),
  quantile_cont((epoch_us(closed_at) - epoch_us(created_at)) / 86400e6, 0.5) filter (status = 'won')
from deals
-- name: deals by owner
select owner_id, count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  revenue(status, amount) from deals group by 1
-- name: deals by team
select team, count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  revenue(status, amount) from deals left join users on user_id = owner_id group by 1
-- name: deals by manager
select manager_id, count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  revenue(status, amount) from deals left join users on user_id = owner_id group by 1
-- name: deals by source
select source, count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  revenue(status, amount) from deals left join people using (person_id) group by 1
-- name: deals by product
select product, count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  revenue(status, amount) from deals group by 1
-- name: deals by account.industry
select industry, count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  revenue(status, amount) from deals left join accounts using (account_id) group by 1
-- name: deals by job_level
select job_level, count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  revenue(status, amount) from deals left join people using (person_id) group by 1
-- name: known on 2026-03-31
select count(*) filter (status = 'won' and closed_at <= d), count(*) filter (status = 'lost' and closed_at <= d),
  count(*) filter (created_at <= d and (closed_at is null or closed_at > d)),
  count(*) filter (status = 'won' and closed_at <= d) / count(*) filter (closed_at <= d)
from deals, (select timestamptz '2026-03-31 22:00:00+00' as d)
-- name: drift
with stages as (select * from (values (2, 'sal', 'sales accepted lead'), (3, 'sql', 'sales qualified lead'),
    (4, 'opportunity', 'opportunity'), (5, 'customer', 'customer')) s(i, stage, name)),
recorded as (select entity_id as person_id, s.i, min(t) as r from changes join stages w on lower(value) = w.name
  join stages s on w.i >= s.i where entity = 'person' and field = 'recorded_stage' group by all),
defined as (select person_id, 2 as i, min(sal) as d from lives group by 1 union all select person_id, 3, min(sql) from lives group by 1
  union all select person_id, 4, min(opportunity) from lives group by 1 union all select person_id, 5, min(customer) from lives group by 1),
compared as (select coalesce(recorded.i, defined.i) as i, coalesce(recorded.person_id, defined.person_id) as person_id, r, d
  from recorded full join (from defined where d is not null) defined using (person_id, i))
select stage, count(*) filter (abs(epoch_us(r) - epoch_us(d)) <= 86400e6), count(*) filter (abs(epoch_us(r) - epoch_us(d)) > 86400e6),
  count(*) filter (d is null), count(*) filter (r is null)
from compared join stages using (i) group by i, stage order by i
-- name: mql drift of people never away
with defined as ({definition}),
recorded as (select entity_id as person_id, min(t) as r from changes where entity = 'person' and field = 'recorded_stage'
  and value in ('Marketing Qualified Lead', 'Sales Accepted Lead', 'Sales Qualified Lead', 'Opportunity', 'Customer') group by 1),
entered as (select person_id, least(min(defined_at), min(sal)) as d from (select person_id from people)
  left join defined using (person_id) left join lives using (person_id) group by 1)
select person_id, r, d from entered left join recorded using (person_id)
where (r is not null or d is not null) and person_id not in (select person_id from absences)
  and coalesce(abs(epoch_us(r) - epoch_us(d)) > 86400e6, true)
order by person_id
-- name: drift by owner of accepted leads
with recorded as (select entity_id as person_id, min(t) as r from changes where entity = 'person' and field = 'recorded_stage'
  and value in ('Sales Accepted Lead', 'Sales Qualified Lead', 'Opportunity', 'Customer') group by 1),
defined as (select person_id, min(sal) as d from lives group by 1),
compared as (select r, d, owner_id from recorded full join defined using (person_id) join people using (person_id) where r is not null or d is not null)
select owner_id, count(*) filter (abs(epoch_us(r) - epoch_us(d)) <= 86400e6), count(*) filter (abs(epoch_us(r) - epoch_us(d)) > 86400e6),
  count(*) filter (d is null), count(*) filter (r is null) from compared group by 1
