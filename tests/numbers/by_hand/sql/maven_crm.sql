-- Maven CRM's report, by hand: a pipeline without people. Days are days of New York.
-- name: raw
create view raw_pipeline as select * from read_csv('{data}/sales_pipeline.csv', all_varchar = true);
create view deals as
select opportunity_id, sales_agent, account, case product when 'GTXPro' then 'GTX Pro' else product end as product,
  case deal_stage when 'Won' then 'won' when 'Lost' then 'lost' else 'open' end as status,
  (engage_date || ' 00:00:00')::timestamp at time zone 'America/New_York' as engaged,
  (close_date || ' 00:00:00')::timestamp at time zone 'America/New_York' as closed,
  close_value::decimal(18, 2) as amount
from raw_pipeline;
create view teams as select * from read_csv('{data}/sales_teams.csv', all_varchar = true);
create view accounts as select * from read_csv('{data}/accounts.csv', all_varchar = true);
create view products as select * from read_csv('{data}/products.csv', all_varchar = true);
create macro revenue(status, amount) as coalesce(sum(amount) filter (status = 'won'), 0);
-- name: whole
select (select greatest(max(engaged), max(closed)) from deals), count(*), count(*) filter (product = 'GTXPro'),
  count(*) filter (deal_stage = 'Won'), count(*) filter (deal_stage = 'Lost')
from raw_pipeline
-- name: deals
select count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  count(*) filter (status = 'won') / count(*) filter (status in ('won', 'lost')), revenue(status, amount),
  round(revenue(status, amount) / count(*) filter (status = 'won'), 2),
  quantile_cont(amount, 0.5) filter (status = 'won'),
  avg((epoch_us(closed) - epoch_us(engaged)) / 86400e6) filter (status = 'won'),
  quantile_cont((epoch_us(closed) - epoch_us(engaged)) / 86400e6, 0.5) filter (status = 'won')
from deals
-- name: deals by owner
select sales_agent, count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  revenue(status, amount) from deals group by 1
-- name: deals by manager
select manager, count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  revenue(status, amount) from deals left join teams using (sales_agent) group by 1
-- name: deals by team
select regional_office, count(*) filter (status = 'won'), count(*) filter (status = 'lost'),
  count(*) filter (status = 'open'), revenue(status, amount) from deals left join teams using (sales_agent) group by 1
-- name: deals by product
select product, count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  revenue(status, amount) from deals group by 1
-- name: deals by opportunity.product_series
select series, count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  revenue(status, amount) from deals left join products using (product) group by 1
-- name: deals by account.industry
select sector, count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) filter (status = 'open'),
  revenue(status, amount) from deals left join accounts using (account) group by 1
-- name: deals by account.year_established
select year_established, count(*) filter (status = 'won'), count(*) filter (status = 'lost'),
  count(*) filter (status = 'open'), revenue(status, amount) from deals left join accounts using (account) group by 1
-- name: deals by account
select account, count(*) filter (status = 'won'), count(*) filter (status = 'lost'),
  count(*) filter (status = 'open'), revenue(status, amount) from deals group by 1
-- name: deals by campaign
select null, count(*) filter (status = 'won'), count(*) filter (status = 'lost'),
  count(*) filter (status = 'open'), revenue(status, amount) from deals
-- name: as known on 2017-07-01
select count(*) filter (status = 'won' and closed <= d), count(*) filter (status = 'lost' and closed <= d),
  count(*) filter (engaged is null or engaged <= d) - count(*) filter (closed <= d),
  count(*) filter (status = 'won' and closed <= d) / count(*) filter (closed <= d),
  sum(amount) filter (status = 'won' and closed <= d)
from deals, (select timestamptz '2017-07-01 00:00:00+00' as d)
