-- Olist's funnel by month, by hand. Nobody is handed over, so a loop's cohort is the month in which somebody was won.
-- name: raw
{raw}
create macro month(t) as strftime(t at time zone 'America/Sao_Paulo', '%Y-%m');
-- name: cohort
with watched as (
  select month(mql) as began, epoch_us(coalesce(customer, known)) - epoch_us(mql) as us, customer is not null as converted
  from lives, last
), steps as (select began, us, count(*) filter (converted) as d, count(*) as leaving from watched group by all),
risk as (select began, us / 86400e6 as t, d, sum(leaving) over (partition by began order by us desc) as n from steps),
curve as (select began, coalesce(1 - product(1 - d::double / n) filter (t <= 90), 0) as km90 from risk group by began)
select began, count(*) filter (converted), count(*), any_value(km90) from watched join curve using (began) group by began
-- name: loop
select origin, month(customer), count(*), count(*), count(*), coalesce(sum(amount), 0) from lives where customer is not null group by all
