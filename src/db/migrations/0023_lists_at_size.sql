-- So that lists stay quick at a million invoices. docs/explain-plans.md has the plans and the figures.

-- Digits are looked for anywhere in invoice numbers. In contrib, and trusted: whoever may create tables
-- in a database may create this.
create extension if not exists pg_trgm;
create index invoices_number_part on invoices using gin (invoice_number gin_trgm_ops);

-- One for each order that a list may be asked for. Whatever states a list shows, each is a range of its
-- own that is read in order, from whichever end is nearer, and the ranges are merged. The state comes
-- first also because new invoices are drafts: they go into a small part of each index.
create index invoices_by_id on invoices (company_id, is_archived, status, id)
  where deleted_at is null;
-- By the codes of characters, which is the same on every machine and makes numbers that begin alike a
-- range. With what a search in all numbers has to add up.
create index invoices_by_number
  on invoices (company_id, is_archived, status, invoice_number collate "C", id)
  include (client_id, currency, total, amount_paid)
  where deleted_at is null;
create index invoices_by_issue_date on invoices (company_id, is_archived, status, issue_date, id)
  where deleted_at is null;
create index invoices_by_due_date on invoices (company_id, is_archived, status, due_date, id)
  where deleted_at is null;
create index invoices_by_total on invoices (company_id, is_archived, status, total, id)
  where deleted_at is null;
create index invoices_by_amount_paid on invoices (company_id, is_archived, status, amount_paid, id)
  where deleted_at is null;
create index invoices_by_amount_due on invoices (company_id, is_archived, status, amount_due, id)
  where deleted_at is null;
create index invoices_by_created_at on invoices (company_id, is_archived, status, created_at, id)
  where deleted_at is null;
create index invoices_by_updated_at on invoices (company_id, is_archived, status, updated_at, id)
  where deleted_at is null;

-- With what a client's invoices come to, so that nobody looks at each of them to add it up.
drop index invoices_client;
create index invoices_client on invoices (company_id, client_id, id)
  include (status, is_archived, currency, total, amount_paid, deleted_at);

-- Few lines have a second tax; the tax summary looks for them apart.
create index invoice_lines_second_tax on invoice_lines (company_id, invoice_id)
  where tax_rate_2 is not null;

-- How many invoices there are in each state and what they come to. Who changes invoices adds a row with
-- the differences, in the same transaction, and never waits for another: the sum over the rows is exact
-- for every snapshot. number_stem is the number without the digits at its end; null where numbers begin
-- in too many ways to be told apart here.
create table invoice_tallies (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  number_stem text,
  status text not null,
  currency text not null,
  is_archived boolean not null,
  invoice_count bigint not null,
  total bigint not null,
  amount_paid bigint not null,
  primary key (company_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

create function tally_invoices() returns trigger language plpgsql as $$
declare
  -- More rows than this of one statement, or of one company, do not tell numbers apart.
  added_max constant int := 500;
  kept_max constant int := 2000;
  added bigint[];
  owner bigint;
begin
  if tg_op = 'INSERT' then
    with differences as (
      select
        company_id, rtrim(invoice_number, '0123456789') as number_stem, status, currency, is_archived,
        count(*) as invoice_count, sum(total) as total, sum(amount_paid) as amount_paid
      from new_invoices
      where deleted_at is null
      group by 1, 2, 3, 4, 5
    ), tallied as (
      insert into invoice_tallies (
        company_id, number_stem, status, currency, is_archived, invoice_count, total, amount_paid
      )
      select
        company_id, case when (select count(*) from differences) <= added_max then number_stem end,
        status, currency, is_archived, sum(invoice_count), sum(total), sum(amount_paid)
      from differences
      group by 1, 2, 3, 4, 5
      returning company_id, id
    )
    select array_agg(distinct company_id) filter (where id % 100 = 0) into added from tallied;
  elsif tg_op = 'UPDATE' then
    with changed as (
      select *, 1 as sign from new_invoices where deleted_at is null
      union all
      select *, -1 from old_invoices where deleted_at is null
    ), differences as (
      select
        company_id, rtrim(invoice_number, '0123456789') as number_stem, status, currency, is_archived,
        sum(sign) as invoice_count, sum(sign * total) as total, sum(sign * amount_paid) as amount_paid
      from changed
      group by 1, 2, 3, 4, 5
      having sum(sign) <> 0 or sum(sign * total) <> 0 or sum(sign * amount_paid) <> 0
    ), tallied as (
      insert into invoice_tallies (
        company_id, number_stem, status, currency, is_archived, invoice_count, total, amount_paid
      )
      select
        company_id, case when (select count(*) from differences) <= added_max then number_stem end,
        status, currency, is_archived, sum(invoice_count), sum(total), sum(amount_paid)
      from differences
      group by 1, 2, 3, 4, 5
      returning company_id, id
    )
    select array_agg(distinct company_id) filter (where id % 100 = 0) into added from tallied;
  else
    with differences as (
      select
        company_id, rtrim(invoice_number, '0123456789') as number_stem, status, currency, is_archived,
        count(*) as invoice_count, sum(total) as total, sum(amount_paid) as amount_paid
      from old_invoices
      where deleted_at is null
      group by 1, 2, 3, 4, 5
    ), tallied as (
      insert into invoice_tallies (
        company_id, number_stem, status, currency, is_archived, invoice_count, total, amount_paid
      )
      select
        company_id, case when (select count(*) from differences) <= added_max then number_stem end,
        status, currency, is_archived, -sum(invoice_count), -sum(total), -sum(amount_paid)
      from differences
      group by 1, 2, 3, 4, 5
      returning company_id, id
    )
    select array_agg(distinct company_id) filter (where id % 100 = 0) into added from tallied;
  end if;

  -- Every hundredth row adds up the latest, so that a list has few to read. Rows that another transaction
  -- is at are left to it.
  foreach owner in array coalesce(added, '{}') loop
    with taken as (
      delete from invoice_tallies
      where company_id = owner and id in (
        select id from invoice_tallies
        where company_id = owner
        order by id desc
        limit 5000
        for update skip locked
      )
      returning *
    ), summed as (
      select
        company_id, number_stem, status, currency, is_archived, sum(invoice_count) as invoice_count,
        sum(total) as total, sum(amount_paid) as amount_paid
      from taken
      group by 1, 2, 3, 4, 5
      having sum(invoice_count) <> 0 or sum(total) <> 0 or sum(amount_paid) <> 0
    )
    insert into invoice_tallies (
      company_id, number_stem, status, currency, is_archived, invoice_count, total, amount_paid
    )
    select
      company_id, case when (select count(*) from summed) <= kept_max then number_stem end,
      status, currency, is_archived, sum(invoice_count), sum(total), sum(amount_paid)
    from summed
    group by 1, 2, 3, 4, 5;
  end loop;
  return null;
end
$$;

create trigger invoices_tally_insert after insert on invoices
  referencing new table as new_invoices
  for each statement execute function tally_invoices();
create trigger invoices_tally_update after update on invoices
  referencing old table as old_invoices new table as new_invoices
  for each statement execute function tally_invoices();
create trigger invoices_tally_delete after delete on invoices
  referencing old table as old_invoices
  for each statement execute function tally_invoices();

with summed as (
  select
    company_id, rtrim(invoice_number, '0123456789') as number_stem, status, currency, is_archived,
    count(*) as invoice_count, sum(total) as total, sum(amount_paid) as amount_paid
  from invoices
  where deleted_at is null
  group by 1, 2, 3, 4, 5
), stems as (
  select company_id, count(*) as count from summed group by company_id
)
insert into invoice_tallies (
  company_id, number_stem, status, currency, is_archived, invoice_count, total, amount_paid
)
select
  company_id, case when stems.count <= 2000 then number_stem end, status, currency, is_archived,
  sum(invoice_count), sum(total), sum(amount_paid)
from summed
join stems using (company_id)
group by 1, 2, 3, 4, 5;
