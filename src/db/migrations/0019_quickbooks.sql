-- Pushing to QuickBooks: what is being made there, who asked for what, and what waits.

-- One row per record that was ever made there. While an answer is owed, it has what was sent, word for
-- word and with its request id: an attempt after a crash looks for it, and asks again with the same.
create table quickbooks_creations (
  company_id bigint not null references companies (id),
  -- The realm; external_refs has the ids there.
  account text not null,
  kind text not null,
  record_id bigint not null,
  -- Grows with each ending, so that a request id is never used for something else.
  generation int not null default 0,
  entity text,
  body text,
  -- What it was sent with: its own, or that of a batch, in which it has a place.
  request_id text,
  place int,
  asked_at timestamptz,
  -- The run at it, and until when the others keep off.
  held_by uuid,
  held_until timestamptz,
  primary key (company_id, account, kind, record_id),
  check ((body is null) = (request_id is null) and (body is null) = (entity is null)
    and (body is null) = (place is null) and (body is null) = (asked_at is null))
);
create index quickbooks_creations_requests on quickbooks_creations (company_id, account, request_id)
  where request_id is not null;

-- Invoices that somebody asked for at once.
create table quickbooks_pushes (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  invoice_ids bigint[] not null check (cardinality(invoice_ids) > 0),
  created_at timestamptz not null,
  primary key (company_id, id)
);

-- Invoices that are not there as they are here, and why: a setting is missing, or QuickBooks refused.
create table quickbooks_waiting (
  company_id bigint not null references companies (id),
  -- The invoice's id.
  record_id bigint not null,
  -- What is missing; null when QuickBooks refused it.
  setting text,
  reason text not null check (length(reason) between 1 and 500),
  created_at timestamptz not null,
  primary key (company_id, record_id)
);
create index quickbooks_waiting_setting on quickbooks_waiting (company_id, setting)
  where setting is not null;
