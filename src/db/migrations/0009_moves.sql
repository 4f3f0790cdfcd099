-- Moving records between companies (decision 0008): ids stay, company_id changes.

-- A moved record and all that refers to it change company in several statements, so the references
-- between them are looked at when the transaction ends. Initially immediate: nobody else notices, and
-- a check costs the night's inserts what it did. Of the tables that are there by now; a later one says
-- "deferrable" itself, which a contract test sees to.
do $$
declare
  reference record;
begin
  for reference in
    select conrelid::regclass as relation, conname as name
    from pg_constraint
    where contype = 'f'
      and connamespace = 'public'::regnamespace
      and cardinality(conkey) > 1
      and not condeferrable
    order by 1, 2
  loop
    execute format(
      'alter table %s alter constraint %I deferrable initially immediate',
      reference.relation, reference.name
    );
  end loop;
end
$$;

-- When a record leaves, each reference to it is looked for once: never by reading a whole company.
create index recurring_occurrences_invoice on recurring_occurrences (company_id, invoice_id)
  where invoice_id is not null;
create index credits_invoice on credits (company_id, invoice_id) where invoice_id is not null;

-- A series that moves alone leaves its client behind. It is parked until it has one, so no night meets
-- a series without a client.
alter table recurring_invoices
  alter column client_id drop not null,
  add constraint recurring_invoices_parked_without_client
    check (client_id is not null or parked_at is not null);

-- An invoice that was made by a series says for which period, also when the two have parted.
alter table invoices
  drop constraint invoices_check3,
  add constraint invoices_of_series_have_period
    check (recurring_invoice_id is null or period_start is not null);

-- What became of an occurrence may be that series and invoice are in different companies now. What was
-- done elsewhere is no part of a night here.
alter table recurring_occurrences
  add column moved_here boolean not null default false,
  drop constraint recurring_occurrences_outcome_check,
  add constraint recurring_occurrences_outcome_check
    check (outcome in ('generated', 'skipped', 'moved'));
alter table invoice_late_fees add column moved_here boolean not null default false;

-- Decided in another company, about a stage of its own, which stayed there.
alter table invoice_reminders alter column reminder_id drop not null;

-- Of the credit a payment left, what was used in another company: it is a credit of its own now.
alter table payments add column credited_elsewhere bigint not null default 0
  check (credited_elsewhere >= 0);

-- A quote whose invoice or project has left is not made into another one.
alter table quotes
  add column is_invoiced_elsewhere boolean not null default false,
  add column has_project_elsewhere boolean not null default false;

-- Numbers of invoices and quotes that have left a company: nobody else gets them there, and the record
-- has its number again when it comes back. The one gap in a company's numbers, and this explains it.
create table retired_numbers (
  company_id bigint not null references companies (id),
  kind text not null check (kind in ('invoice', 'quote')),
  number text not null,
  -- The invoice or quote, wherever it is now.
  record_id bigint not null,
  retired_at timestamptz not null,
  primary key (company_id, kind, number),
  unique (company_id, kind, record_id)
);
