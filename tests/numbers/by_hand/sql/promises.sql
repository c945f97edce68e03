-- The demo company's ledger of promises and what became of the leads sent, by hand over its CSV files. An offer is the
-- first one of its hand-off, an answer the last accepted, rejected or lapsed; months are Berlin's.
-- name: raw
set timezone = 'Europe/Berlin';
create view events as
select *, "at"::timestamptz as t, recorded_at::timestamptz as r, due_at::timestamptz as due
from read_csv('{data}/handoff_events.csv', all_varchar = true);
create view people as select * from read_csv('{data}/people.csv', all_varchar = true);
create view deals as select *, closed_at::timestamptz as closed
from read_csv('{data}/opportunities.csv', all_varchar = true);
create view activities as select *, "at"::timestamptz as t from read_csv('{data}/activities.csv', all_varchar = true);
create table last as select max(r) as known from events;
create table offers as
select distinct on (handoff_id) handoff_id, person_id, t as offered, due from events where kind = 'offered'
order by handoff_id, t, r, event_id;
create table answers as
select distinct on (handoff_id) handoff_id, kind, t as answered, reason from events
where kind in ('accepted', 'rejected', 'lapsed') order by handoff_id, t desc, r desc, event_id desc;
create table sent as
select o.*, a.kind, a.answered, a.reason, lead(offered) over (partition by person_id order by offered, handoff_id) as again,
  exists (from events e where e.handoff_id = o.handoff_id and e.kind = 'returned') as returned,
  exists (from events e where e.handoff_id = o.handoff_id and e.kind = 'converted') as converted,
  strftime(offered, '%Y-%m') as month
from offers o left join answers a using (handoff_id);
create table won as
select s.handoff_id, sum(d.amount::decimal(18, 2)) as revenue
from sent s join deals d on d.person_id = s.person_id and d.status = 'won' and d.closed >= s.offered
  and (s.again is null or d.closed < s.again)
group by s.handoff_id;
-- name: accepted_rate
select strftime(answered, '%Y-%m') as month, count(*) filter (kind = 'accepted') as met, count(*) as of
from sent where kind is not null group by 1 order by 1;
-- name: accept_met
select month,
  count(*) filter (kind in ('accepted', 'rejected') and answered <= due) as met,
  count(*) filter (kind is not null or due < (select known from last)) as of,
  count(*) filter (kind is null and due < (select known from last)) as past_due,
  count(*) filter (kind is null and due >= (select known from last)) as due
from sent group by 1 order by 1;
-- name: sent by source
select p.source, count(*), count(*) filter (kind = 'accepted'), count(*) filter (kind = 'rejected'),
  count(*) filter (kind = 'lapsed'), count(*) filter (kind is null), count(*) filter (kind = 'accepted' and returned),
  count(*) filter (converted), count(won.handoff_id), coalesce(sum(won.revenue), 0)::decimal(38, 2)
from sent join people p using (person_id) left join won using (handoff_id) group by 1 order by 1;
-- name: reasons by campaign
select p.campaign_id, reason, count(*) from sent join people p using (person_id) where kind = 'rejected'
group by 1, 2 order by 1, 2;
-- name: first touches
select strftime(offered, '%Y-%m') as month, count(*) from sent s
where exists (from activities a where a.person_id = s.person_id and a.t >= s.offered and coalesce(a.direction, '') <> 'inbound'
  and (s.again is null or a.t < s.again)) group by 1 order by 1;
