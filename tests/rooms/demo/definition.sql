-- When the agreement made each person a marketing qualified lead for the first time, written by hand over the files.
-- Points and bars are those of agreements/1.yaml (before 2026-02-01 in Berlin) and agreements/2.yaml (from then on).
with points as (
  select person_id, "at"::timestamptz as t, epoch("at"::timestamptz) / (30 * 86400.0) as halves,
    case kind when 'webinar.attended' then 20 when 'form.demo_request' then 60 when 'form.download' then 15
      when 'page.pricing' then 8 when 'email.click' then 3 else 0 end as p1,
    case kind when 'webinar.attended' then 20 when 'form.demo_request' then 60 when 'form.download' then 10
      when 'page.pricing' then 8 when 'email.click' then 3 else 0 end as p2
  from touches
  union all  -- the size of a company corrected: an instant at which the rule may come to hold
  select person_id, c."at"::timestamptz, epoch(c."at"::timestamptz) / (30 * 86400.0), 0, 0
  from changes c join people on people.account_id = c.entity_id
  where c.entity = 'account' and c.field = 'employees' and c."at"::timestamptz > people.created_at::timestamptz
), scored as (
  select person_id, t,
    sum(p1 * pow(2, halves - 675)) over w * pow(2, 675 - halves) as e1,
    sum(p2 * pow(2, halves - 675)) over w * pow(2, 675 - halves) as e2
  from points window w as (partition by person_id order by t range unbounded preceding)
), employees as (
  select entity_id as account_id, "at"::timestamptz as since, value::int as employees,
    coalesce(lead("at"::timestamptz) over (partition by entity_id order by "at"::timestamptz), timestamptz '2099-01-01') as until
  from changes where entity = 'account' and field = 'employees'
)
select person_id, min(t) as defined_at
from scored join people using (person_id) join accounts using (account_id)
left join employees e on e.account_id = accounts.account_id and t >= e.since and t < e.until
where coalesce(e.employees, accounts.employees::int) between 50 and 5000
  and industry in ('manufacturing', 'logistics')
  and case when t < timestamptz '2026-02-01 00:00:00+01' then e1 >= 30 - 1e-9 else e2 >= 40 - 1e-9 end
group by person_id
