-- The funnel page of the demo company by month, by hand: upon the lives of demo.sql, from the sales accepted lead on.
-- name: raw
{raw}
create view costs as select * from read_csv('{data}/campaign_costs.csv', all_varchar = true);
create macro month(t) as strftime(timezone('Europe/Berlin', t), '%Y-%m');
create table reached as
select 0 as n, 'sal' as stage, person_id, cycle, sal as t, sal_skipped as skipped from lives where sal is not null
union all select 1, 'sql', person_id, cycle, sql, sql_skipped from lives where sql is not null
union all select 2, 'opportunity', person_id, cycle, opportunity, false from lives where opportunity is not null
union all select 3, 'customer', person_id, cycle, customer, false from lives where customer is not null;
create table pairs as
select a.n, a.stage as a, b.stage as b, month(x.t) as began, month(y.t) as ended, y.t is not null as converted,
  y.t is null and not l.gone as still, epoch_us(coalesce(y.t, known)) - epoch_us(x.t) as us
from (select distinct n, stage from reached) a join (select distinct n, stage from reached) b on b.n = a.n + 1
join reached x on x.stage = a.stage join lives l using (person_id, cycle)
left join reached y on y.stage = b.stage and y.person_id = x.person_id and y.cycle = x.cycle, last;
create table answers as
select handoff_id, person_id, t, kind, reason from (
  select *, row_number() over (partition by handoff_id order by t desc, recorded_at::timestamptz desc, event_id desc) as n
  from handoffs where kind in ('accepted', 'rejected', 'lapsed')) where n = 1;
create table brought as
with each as (select campaign_id, source, count(*) as few from people where campaign_id is not null group by 1, 2)
select *, sum(few) over (partition by campaign_id) as whole from each;
create table happened as
select month(t) as month, source, kind as what, 1 as n, 0::double as money from answers join people using (person_id)
union all select month(t), source, 'reason ' || reason, 1, 0 from answers join people using (person_id) where kind = 'rejected'
union all select month(t), source, stage, 1, 0 from reached join people using (person_id)
union all select month(closed_at), source, 'won', 1, amount from deals join people using (person_id) where status = 'won'
union all select month(c."at"::timestamptz), b.source, 'cost', 0, c.amount::double * coalesce(b.few / b.whole, 1)
  from costs c left join brought b using (campaign_id);
-- name: entered
select stage, month(t), count(*), count(*) filter (skipped) from reached group by all
-- name: cohort
with steps as (select n, began, us, count(*) filter (converted) as d, count(*) as leaving from pairs group by all),
risk as (select n, began, us / 86400e6 as t, d, sum(leaving) over (partition by n, began order by us desc) as at_risk from steps),
curve as (select n, began, 1 - product(1 - d::double / at_risk) filter (t <= 90) as km90 from risk group by all)
select a, b, began, count(*) filter (converted), count(*), count(*) filter (still),
  quantile_cont(us / 86400e6, 0.5) filter (converted), quantile_cont(us / 86400e6, 0.9) filter (converted), coalesce(any_value(km90), 0)
from pairs join curve using (n, began) group by a, b, began
-- name: calendar
select a, b, m, sum(went)::int, sum(came)::int from (
  select a, b, began as m, 0 as went, 1 as came from pairs union all select a, b, ended, 1, 0 from pairs where converted
) group by all
-- name: loop
select source, month, what, sum(n)::int, sum(money) from happened group by all
-- name: closed
select month(closed_at), count(*) filter (status = 'won'), count(*) filter (status = 'lost'), revenue(status, amount),
  quantile_cont(amount::double, 0.5) filter (status = 'won'),
  quantile_cont((epoch_us(closed_at) - epoch_us(created_at)) / 86400e6, 0.5) filter (status = 'won')
from deals where status <> 'open' group by 1
-- name: flows
select stage, month, sum(i)::int, sum(o)::int from (
  select stage, month(t) as month, 1 as i, 0 as o from reached
  union all
  select r.stage, month(coalesce(f.t, (select min(gone) from absences x where x.person_id = r.person_id
    and x.gone >= r.t and (select count(*) from absences y where y.person_id = x.person_id and y.back <= x.gone) + 1 = r.cycle))), 0, 1
  from reached r left join reached f on f.n = r.n + 1 and f.person_id = r.person_id and f.cycle = r.cycle
) where month is not null group by all
