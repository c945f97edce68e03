-- The visitor log's report, by hand: lines joined where a channel's name was cut, then split; instants are UTC.
-- A visitor is there from the first visit, returning at a second one within thirty days (or when they convert), a
-- customer at the first conversion.
-- name: raw
create table visits as
with whole as (select replace(content, 'Adwords/' || chr(13) || chr(10) || 'SEA', 'Adwords/SEA') as log
  from read_text('{data}/Customerattributiondata.csv')),
lines as (select unnest(string_split(log, chr(13) || chr(10))) as line from whole),
fields as (select string_split(line, chr(9)) as f from lines where line <> '' and line not like 'CUSTOMERID%')
select f[1] as person, f[2] as session, f[3]::timestamp at time zone 'UTC' as t, f[4] as channel,
  nullif(f[5], '')::decimal(18, 2) as revenue
from fields;
create view lives as
with second as (
  select person, min(t) as t from (
    select person, t, count(*) over (partition by person order by t range between interval 30 day preceding and current row) as n
    from visits) where n >= 2 group by person
), bought as (select person, min(t) as t from visits where revenue is not null group by person),
first as (select person, min(t) as t, arg_min(channel, t) as channel from visits group by person)
select person, first.channel as source, first.t as visitor, least(second.t, bought.t) as came_back, bought.t as customer,
  second.t is null or second.t > bought.t as skipped
from first left join second using (person) left join bought using (person);
create table pairs as
select 1 as n, 'visitor' as a, 'returning' as b, visitor as at_a, came_back as at_b from lives
union all select 2, 'returning', 'customer', came_back, customer from lives where came_back is not null
union all select 3, 'visitor', 'customer', visitor, customer from lives;
create view moves as
select 'visitor' as stage, visitor as t, 1 as came, 0 as went from lives
union all select 'visitor', came_back, 0, 1 from lives
union all select 'returning', came_back, 1, 0 from lives
union all select 'returning', customer, 0, 1 from lives
union all select 'customer', customer, 1, 0 from lives;
-- name: whole
select count(*), count(distinct person), count(revenue), max(t) from visits
-- name: stages
select 'visitor', count(*), 0, count(*) filter (came_back is null and customer is null) from lives
union all select 'returning', count(came_back), count(*) filter (customer is not null and skipped),
  count(*) filter (came_back is not null and customer is null) from lives
union all select 'customer', count(customer), 0, count(customer) from lives
-- name: conversions
with watched as (
  select n, a, b, epoch_us(coalesce(at_b, known)) - epoch_us(at_a) as us, at_b is not null as converted
  from pairs, (select max(t) as known from visits)
), steps as (select n, us, count(*) filter (converted) as d, count(*) as leaving from watched group by all),
risk as (select n, us / 86400e6 as t, d, sum(leaving) over (partition by n order by us desc) as at_risk from steps),
curve as (
  select n, 1 - product(1 - d::double / at_risk) filter (t <= 30) as km30,
    1 - product(1 - d::double / at_risk) filter (t <= 60) as km60,
    1 - product(1 - d::double / at_risk) filter (t <= 90) as km90
  from risk group by n)
select a, b, count(*) filter (converted), count(*), count(*) filter (not converted),
  quantile_cont(us / 86400e6, 0.5) filter (converted), quantile_cont(us / 86400e6, 0.9) filter (converted),
  any_value(km30), any_value(km60), any_value(km90)
from watched join curve using (n) group by n, a, b order by n
-- name: flows
with months as (select distinct strftime(t at time zone 'UTC', '%Y-%m') as month from moves where t is not null),
summed as (select stage, strftime(t at time zone 'UTC', '%Y-%m') as month, sum(came) as came, sum(went) as went from moves group by all)
select s.stage, month, coalesce(came, 0)::int, coalesce(went, 0)::int,
  sum(coalesce(came, 0) - coalesce(went, 0)) over (partition by s.stage order by month)::int
from (select 'visitor' as stage, 1 as n union all select 'returning', 2 union all select 'customer', 3) s
cross join months left join summed using (stage, month) order by s.n, month
-- name: by source
with paid as (select person, sum(revenue) as revenue from visits group by person)
select source, count(*), count(*), count(came_back), count(customer), coalesce(sum(revenue), 0)
from lives left join paid using (person) group by 1
-- name: deals
select count(revenue), 0, 0, 1.0::double, sum(revenue), round(sum(revenue) / count(revenue), 2), quantile_cont(revenue, 0.5)
from visits
-- name: deals by source
select source, count(*), 0, 0, sum(revenue) from visits join lives using (person) where revenue is not null group by 1
-- name: two channels at once
select count(*) from (select person, t from visits join (select person, min(t) as t from visits group by 1) using (person, t)
  group by all having count(distinct channel) > 1)
