-- Webhooks: where a company wants to be told of its events, what it was told, and what is still to be.

create table webhook_endpoints (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  url text not null check (length(url) between 1 and 2000),
  description text check (length(description) <= 500),
  -- Names of webhook-events.ts; '*' for all that are no other name of one.
  event_types text[] not null check (cardinality(event_types) >= 1),
  status text not null check (status in ('enabled', 'disabled')),
  disabled_reason text check (disabled_reason in ('by_hand', 'gone', 'failing', 'refused')),
  disabled_at timestamptz,
  -- Counts how often it was disabled by us: names the mails about it apart.
  disablings int not null default 0,
  -- Sealed. The previous one signs too until its time is over.
  secret text,
  previous_secret text,
  previous_secret_until timestamptz,
  -- Since when nothing succeeded, and how many rounds of deliveries ended in failures alone.
  failing_since timestamptz,
  failed_rounds int not null default 0,
  rests_until timestamptz,
  last_success_at timestamptz,
  -- The run that delivers to it now, and until when nobody else does.
  claimed_by uuid,
  claimed_until timestamptz,
  -- When the earliest run that waits to look again will.
  wakes_at timestamptz,
  created_by bigint references users (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (company_id, id),
  check ((status = 'disabled') = (disabled_at is not null)),
  check ((status = 'disabled') = (disabled_reason is not null)),
  check ((previous_secret is null) = (previous_secret_until is null)),
  check ((secret is null) = (deleted_at is not null))
);

-- One message to one endpoint. Its body stays what it was, however often it is sent.
create table webhook_deliveries (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  endpoint_id bigint not null,
  -- In `webhook-id`: the same with every attempt, so that a receiver can tell a repetition.
  message_id uuid not null default gen_random_uuid(),
  -- None for a test. Events are forgotten by their own rule, so it is no reference.
  event_id bigint,
  type text not null,
  -- The record it is about: its messages are sent one after the other.
  subject text not null,
  body text not null check (octet_length(body) <= 20000),
  status text not null check (status in ('pending', 'delivered', 'failed')),
  -- Since it was last asked for.
  attempts int not null default 0,
  next_attempt_at timestamptz,
  -- The latest attempts: [{ at, ms, status, error, response }].
  log jsonb not null default '[]',
  settled_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, endpoint_id) references webhook_endpoints (company_id, id),
  check ((status = 'pending') = (next_attempt_at is not null)),
  check ((status = 'pending') = (settled_at is null))
);
-- An event is told once to an endpoint under each name.
create unique index webhook_deliveries_once
  on webhook_deliveries (company_id, endpoint_id, event_id, type) where event_id is not null;
create index webhook_deliveries_listed on webhook_deliveries (company_id, endpoint_id, id);
create index webhook_deliveries_due on webhook_deliveries (company_id, endpoint_id, next_attempt_at)
  where status = 'pending';
create index webhook_deliveries_order
  on webhook_deliveries (company_id, endpoint_id, subject, event_id) where status = 'pending';
create index webhook_deliveries_age on webhook_deliveries (created_at);

-- The mail that tells of an endpoint we disabled.
alter table deliveries
  add column webhook_endpoint_id bigint,
  drop constraint deliveries_kind_check,
  add constraint deliveries_kind_check
    check (kind in ('invoice', 'reminder', 'quote', 'statement', 'invitation', 'receipt', 'webhook')),
  add foreign key (company_id, webhook_endpoint_id) references webhook_endpoints (company_id, id),
  drop constraint deliveries_about_one_thing,
  add constraint deliveries_about_one_thing
    check (num_nonnulls(invoice_id, quote_id, statement_id, invitation_id, webhook_endpoint_id) = 1);
create index deliveries_webhook on deliveries (company_id, webhook_endpoint_id)
  where webhook_endpoint_id is not null;

-- What the company was told about is replayed by time.
create index events_of_company_by_age on events (company_id, created_at, id);
