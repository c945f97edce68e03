-- Olist's report, by hand. First contact is a date (midnight in São Paulo), won an instant in São Paulo.
-- A lead's life is two instants; the deal won before its first contact makes its lead an MQL at the deal's instant.
-- name: raw
create view leads as
select mql_id, landing_page_id, origin,
  (first_contact_date || ' 00:00:00')::timestamp at time zone 'America/Sao_Paulo' as contact
from read_csv('{data}/olist_marketing_qualified_leads_dataset.csv', all_varchar = true);
create view deals as
select *, won_date::timestamp at time zone 'America/Sao_Paulo' as won,
  declared_monthly_revenue::decimal(18, 2) as amount
from read_csv('{data}/olist_closed_deals_dataset.csv', all_varchar = true);
create view sellers as select * from read_csv('{data}/olist_sellers_dataset.csv', all_varchar = true);
create view last as select greatest((select max(contact) from leads), (select max(won) from deals)) as known;
create view lives as
select leads.*, least(contact, won) as mql, won as customer, seller_id, sr_id, sdr_id, business_segment, amount,
  won < contact as early
from leads left join deals using (mql_id);
create view months as
select 'mql' as stage, strftime(mql at time zone 'America/Sao_Paulo', '%Y-%m') as month, 1 as came, 0 as went from lives
union all select 'mql', strftime(customer at time zone 'America/Sao_Paulo', '%Y-%m'), 0, 1 from lives where customer is not null
union all select 'customer', strftime(customer at time zone 'America/Sao_Paulo', '%Y-%m'), 1, 0 from lives where customer is not null;
-- name: whole
select count(*), (select known from last), count(*) filter (early) from lives
-- name: stages
select 'mql', count(*), count(*) filter (early), count(*) filter (customer is null) from lives
union all select 'customer', count(customer), 0, count(customer) from lives
-- name: conversions
with watched as (
  select epoch_us(coalesce(customer, known)) - epoch_us(mql) as us, customer is not null as converted from lives, last
), steps as (select us, count(*) filter (converted) as d, count(*) as leaving from watched group by us),
risk as (select us / 86400e6 as t, d, sum(leaving) over (order by us desc) as n from steps)
select 'mql', 'customer', (select count(customer) from lives), (select count(*) from lives),
  (select count(*) from lives where customer is null),
  (select quantile_cont(us / 86400e6, 0.5) from watched where converted),
  (select quantile_cont(us / 86400e6, 0.9) from watched where converted),
  1 - product(1 - d::double / n) filter (t <= 30), 1 - product(1 - d::double / n) filter (t <= 60),
  1 - product(1 - d::double / n) filter (t <= 90)
from risk
-- name: flows
with every as (
  select stage, strftime(m, '%Y-%m') as month from (select unnest(['mql', 'customer']) as stage),
    generate_series((select min(month) || '-01' from months)::timestamp, (select max(month) || '-01' from months)::timestamp,
      interval 1 month) s(m)
), summed as (select stage, month, sum(came) as came, sum(went) as went from months group by all)
select stage, month, coalesce(came, 0)::int, coalesce(went, 0)::int,
  sum(coalesce(came, 0) - coalesce(went, 0)) over (partition by stage order by month)::int
from every left join summed using (stage, month) order by stage desc, month
-- name: by source
select origin, count(*), count(*), count(customer), coalesce(sum(amount), 0) from lives group by 1
-- name: by landing_page
select landing_page_id, count(*), count(*), count(customer), coalesce(sum(amount), 0) from lives group by 1
-- name: by account.state
select seller_state, count(*), count(*), count(customer), coalesce(sum(amount), 0)
from lives left join sellers using (seller_id) group by 1
-- name: by account.industry
select business_segment, count(*), count(*), count(customer), coalesce(sum(amount), 0) from lives group by 1
-- name: by person.sdr_id
select sdr_id, count(*), count(*), count(customer), coalesce(sum(amount), 0) from lives group by 1
-- name: by owner
select null, count(*), count(*), count(customer), coalesce(sum(amount), 0) from lives
-- name: deals
select count(*), 0, 0, 1.0::double, sum(amount), round(sum(amount) / count(*), 2), quantile_cont(amount, 0.5) from deals
-- name: deals by owner
select sr_id, count(*), 0, 0, sum(amount) from deals group by 1
-- name: deals by source
select origin, count(*), 0, 0, sum(amount) from deals left join leads using (mql_id) group by 1
-- name: deals by landing_page
select landing_page_id, count(*), 0, 0, sum(amount) from deals left join leads using (mql_id) group by 1
-- name: deals by opportunity.business_segment
select business_segment, count(*), 0, 0, sum(amount) from deals group by 1
-- name: deals by business_segment
select business_segment, count(*), 0, 0, sum(amount) from deals group by 1
-- name: deals by account.state
select seller_state, count(*), 0, 0, sum(amount) from deals left join sellers using (seller_id) group by 1
-- name: deals by team
select 'sales', count(*), 0, 0, sum(amount) from deals
-- name: deals by manager
select null, count(*), 0, 0, sum(amount) from deals
