-- The billing core: who works here, whom they bill, what was billed, what was paid.
--
-- Every row of a tenant carries company_id, and every reference between tenant rows is a composite
-- foreign key over (company_id, id): a reference into another company cannot be written at all.
-- Money is int8 in the currency's minor unit, calendar days are date, instants are timestamptz.
-- Billing records get their instants from the company's clock, so those columns have no default.

create table users (
  id bigint generated always as identity primary key,
  name text not null check (length(name) between 1 and 255),
  email text not null check (length(email) <= 255),
  password_hash text,
  avatar_url text,
  current_company_id bigint,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index users_email_key on users (lower(email));

create table companies (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  name text not null check (length(name) between 1 and 255),
  legal_name text,
  email text,
  phone text,
  address_line_1 text,
  address_line_2 text,
  city text,
  state text,
  postal_code text,
  country text check (country ~ '^[A-Z]{2}$'),
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  tax_number text,
  logo_path text,
  plan text not null check (plan in ('free', 'starter', 'pro', 'enterprise')),
  invoice_prefix text not null default 'INV-' check (length(invoice_prefix) <= 10),
  quote_prefix text not null default 'QUO-' check (length(quote_prefix) <= 10),
  invoice_layout text not null default 'classic' check (invoice_layout in ('classic', 'modern', 'compact')),
  default_payment_terms int not null default 30 check (default_payment_terms between 0 and 365),
  default_hourly_rate bigint check (default_hourly_rate >= 0),
  default_tax_name_1 text,
  default_tax_rate_1 numeric(8, 3) check (default_tax_rate_1 between 0 and 10000),
  default_tax_name_2 text,
  default_tax_rate_2 numeric(8, 3) check (default_tax_rate_2 between 0 and 10000),
  tax_rounding text not null default 'per_line' check (tax_rounding in ('per_line', 'per_invoice')),

  -- The night (BILLING.md vocabulary and section 11). next_night_* say which night is due when;
  -- a company without them (archived, or living at a test clock) has no night of its own accord.
  timezone text not null default 'UTC',
  billing_hour int not null default 2 check (billing_hour between 0 and 23),
  billing_minute int not null default 0 check (billing_minute between 0 and 59),
  next_night_date date,
  next_night_at timestamptz,
  catch_up_limit int not null default 3 check (catch_up_limit between 0 and 366),
  sends_made_up_invoices boolean not null default false,
  night_max_invoices int check (night_max_invoices >= 0),
  night_max_amount bigint check (night_max_amount >= 0),
  night_max_fees bigint check (night_max_fees >= 0),

  -- Late fees (BILLING.md section 6). Value: minor units when flat, basis points when percentage.
  late_fee_type text check (late_fee_type in ('flat', 'percentage')),
  late_fee_value numeric(20, 3) check (late_fee_value >= 0),
  late_fee_days int check (late_fee_days between 0 and 90),
  late_fee_tax_name text,
  late_fee_tax_rate numeric(8, 3) check (late_fee_tax_rate between 0 and 10000),
  late_fee_repeats boolean not null default false,
  late_fee_max_count int check (late_fee_max_count >= 1),
  late_fee_cap_rate numeric(8, 3) check (late_fee_cap_rate > 0),

  -- A test company lives at this instant instead of the machine's; only ever moves forward.
  test_now timestamptz,
  -- Where a test clock is being advanced to, and by which run.
  test_advance_to timestamptz,
  test_run_id uuid,
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((next_night_date is null) = (next_night_at is null))
);
create index companies_next_night on companies (next_night_at)
  where next_night_at is not null and test_now is null and deleted_at is null;

alter table users add foreign key (current_company_id) references companies (id) on delete set null;

create table company_members (
  company_id bigint not null references companies (id),
  user_id bigint not null references users (id),
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (company_id, user_id)
);
create index company_members_user on company_members (user_id);
create unique index company_members_one_owner on company_members (company_id) where role = 'owner';

-- What a caller shows to be let in: a session of a person, or an API token with scopes. Only the
-- SHA-256 of the secret is kept.
create table sessions (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id),
  token_hash bytea not null unique,
  has_rate_limit boolean not null default true,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index sessions_user on sessions (user_id);

create table api_tokens (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id),
  company_id bigint not null references companies (id),
  name text not null check (length(name) between 1 and 255),
  prefix text not null,
  token_hash bytea not null unique,
  scopes text[] not null,
  has_rate_limit boolean not null default true,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  unique (company_id, id)
);
create index api_tokens_user on api_tokens (user_id);

create table clients (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  uuid uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 255),
  email text,
  phone text,
  address_line_1 text,
  address_line_2 text,
  city text,
  state text,
  postal_code text,
  country text check (country ~ '^[A-Z]{2}$'),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  payment_terms int check (payment_terms between 0 and 365),
  allow_late_fees boolean not null default true,
  notes text,
  is_archived boolean not null default false,
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id)
);
create unique index clients_uuid_key on clients (uuid);
create index clients_name on clients (company_id, name, id) where deleted_at is null;

create table contacts (
  company_id bigint not null,
  id bigint generated always as identity,
  client_id bigint not null,
  name text not null check (length(name) between 1 and 255),
  email text,
  phone text,
  is_primary boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id)
);
create index contacts_client on contacts (company_id, client_id);
create unique index contacts_one_primary on contacts (company_id, client_id) where is_primary;

create table services (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  type text not null default 'service' check (type in ('service', 'product')),
  name text not null check (length(name) between 1 and 255),
  description text,
  default_rate bigint check (default_rate >= 0),
  unit text,
  tax_name_1 text,
  tax_rate_1 numeric(8, 3) check (tax_rate_1 between 0 and 10000),
  tax_name_2 text,
  tax_rate_2 numeric(8, 3) check (tax_rate_2 between 0 and 10000),
  is_active boolean not null default true,
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id)
);
create index services_name on services (company_id, name, id) where deleted_at is null;

-- A series: the template of a recurring invoice and where it stands on its grid. Occurrence next_k
-- of (anchor_date, frequency, interval) is next_generate_date; there is none once completed.
create table recurring_invoices (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  client_id bigint not null,
  title text not null check (length(title) between 1 and 255),
  status text not null default 'active' check (status in ('active', 'paused', 'completed')),
  is_archived boolean not null default false,
  frequency text not null check (frequency in ('weekly', 'monthly', 'quarterly', 'yearly', 'custom')),
  interval int not null default 1 check (interval >= 1),
  start_date date not null,
  end_date date check (end_date >= start_date),
  anchor_date date not null,
  next_k int not null default 0 check (next_k >= 0),
  next_generate_date date,
  last_generated_at timestamptz,
  max_occurrences int check (max_occurrences >= 1),
  occurrences_generated int not null default 0 check (occurrences_generated >= 0),
  catch_up text not null default 'all' check (catch_up in ('all', 'latest', 'none')),
  auto_send boolean not null default false,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  payment_terms int not null check (payment_terms between 0 and 3650),
  discount_type text check (discount_type in ('percentage', 'fixed')),
  discount_value numeric(20, 3) check (discount_value >= 0),
  notes text,
  -- What one invoice of this series comes to today; kept by the actions that change lines.
  subtotal bigint not null default 0,
  discount_total bigint not null default 0,
  tax_total bigint not null default 0,
  total bigint not null default 0 check (total >= 0),
  -- Parked: the night found something only a person can decide; nothing is generated until released.
  parked_at timestamptz,
  parked_on date,
  parked_code text,
  parked_reason text,
  parked_preview jsonb,
  -- A release lets everything due up to this day be made up, whatever the catch-up limit.
  released_through date,
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id),
  check ((discount_type is null) = (discount_value is null)),
  check (status = 'completed' or next_generate_date is not null),
  check (max_occurrences is null or occurrences_generated <= max_occurrences)
);
create index recurring_invoices_due on recurring_invoices (company_id, next_generate_date, id)
  where status = 'active' and parked_at is null and deleted_at is null and not is_archived;
create index recurring_invoices_client on recurring_invoices (company_id, client_id);

create table recurring_invoice_lines (
  company_id bigint not null,
  id bigint generated always as identity,
  recurring_invoice_id bigint not null,
  service_id bigint,
  description text not null check (length(description) between 1 and 1000),
  quantity numeric(14, 4) not null,
  unit_price numeric(24, 6) not null,
  amount bigint not null default 0,
  tax_name_1 text,
  tax_rate_1 numeric(8, 3) check (tax_rate_1 between 0 and 10000),
  tax_amount_1 bigint not null default 0,
  tax_name_2 text,
  tax_rate_2 numeric(8, 3) check (tax_rate_2 between 0 and 10000),
  tax_amount_2 bigint not null default 0,
  sort_order int not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, recurring_invoice_id) references recurring_invoices (company_id, id),
  foreign key (company_id, service_id) references services (company_id, id)
);
create index recurring_invoice_lines_series on recurring_invoice_lines (company_id, recurring_invoice_id, sort_order, id);

create table invoices (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  uuid uuid not null default gen_random_uuid(),
  client_id bigint not null,
  recurring_invoice_id bigint,
  -- The period a series' invoice is for; unlike the dates below nobody may change it.
  period_start date,
  period_end date check (period_end >= period_start),
  invoice_number text not null check (length(invoice_number) between 1 and 64),
  status text not null default 'draft'
    check (status in ('draft', 'sent', 'viewed', 'partial', 'paid', 'overdue', 'cancelled')),
  is_archived boolean not null default false,
  is_disputed boolean not null default false,
  issue_date date not null,
  due_date date not null check (due_date >= issue_date),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  tax_type text not null default 'inline' check (tax_type in ('inline', 'summary')),
  discount_type text check (discount_type in ('percentage', 'fixed')),
  discount_value numeric(20, 3) check (discount_value >= 0),
  adjustment_description text,
  adjustment_amount bigint not null default 0,
  subtotal bigint not null default 0,
  discount_total bigint not null default 0,
  tax_total bigint not null default 0,
  late_fee_amount bigint not null default 0 check (late_fee_amount >= 0),
  total bigint not null default 0 check (total >= 0),
  amount_paid bigint not null default 0 check (amount_paid >= 0),
  amount_due bigint generated always as (total - amount_paid) stored,
  notes text,
  terms text,
  footer text,
  sent_at timestamptz,
  viewed_at timestamptz,
  -- The business date of the night that found it overdue.
  overdue_on date,
  paid_at timestamptz,
  voided_at timestamptz,
  late_fee_applied_at timestamptz,
  reminders_sent int not null default 0 check (reminders_sent >= 0),
  last_reminder_at timestamptz,
  -- No fee and no reminder for days before this one: set by imports (BILLING.md section 10).
  dunning_from date,
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id),
  foreign key (company_id, recurring_invoice_id) references recurring_invoices (company_id, id),
  constraint invoices_total_adds_up
    check (total = subtotal - discount_total + tax_total + adjustment_amount + late_fee_amount),
  constraint invoices_never_overpaid check (amount_paid <= total),
  check ((discount_type is null) = (discount_value is null)),
  check ((recurring_invoice_id is null) = (period_start is null)),
  check ((period_start is null) = (period_end is null))
);
create unique index invoices_uuid_key on invoices (uuid);
create unique index invoices_number_key on invoices (company_id, invoice_number);
-- Two invoices for one period of a series can never be; a voided one makes room for a correction.
create unique index invoices_period_key on invoices (company_id, recurring_invoice_id, period_start)
  where recurring_invoice_id is not null and status <> 'cancelled' and deleted_at is null;
create index invoices_client on invoices (company_id, client_id, id);
-- What the night asks: open invoices by due date.
create index invoices_open on invoices (company_id, due_date, id)
  where status in ('sent', 'viewed', 'partial', 'overdue') and deleted_at is null;
-- What is not overdue yet, without wading through all that is.
create index invoices_not_overdue on invoices (company_id, due_date, id)
  where status in ('sent', 'viewed', 'partial') and deleted_at is null;
create index invoices_overdue_on on invoices (company_id, overdue_on) where overdue_on is not null;

create table invoice_lines (
  company_id bigint not null,
  id bigint generated always as identity,
  invoice_id bigint not null,
  service_id bigint,
  time_entry_id bigint,
  description text not null check (length(description) between 1 and 1000),
  quantity numeric(14, 4) not null,
  unit_price numeric(24, 6) not null,
  amount bigint not null,
  discount_amount bigint not null default 0,
  tax_name_1 text,
  tax_rate_1 numeric(8, 3) check (tax_rate_1 between 0 and 10000),
  tax_amount_1 bigint not null default 0,
  tax_name_2 text,
  tax_rate_2 numeric(8, 3) check (tax_rate_2 between 0 and 10000),
  tax_amount_2 bigint not null default 0,
  sort_order int not null default 0,
  is_late_fee boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, invoice_id) references invoices (company_id, id),
  foreign key (company_id, service_id) references services (company_id, id)
);
create index invoice_lines_invoice on invoice_lines (company_id, invoice_id);

-- What became of each occurrence of a series: an invoice, or a reason why not.
create table recurring_occurrences (
  company_id bigint not null,
  recurring_invoice_id bigint not null,
  period_start date not null,
  period_end date not null check (period_end >= period_start),
  outcome text not null check (outcome in ('generated', 'skipped')),
  reason text,
  invoice_id bigint,
  -- The night that found it, or the day on which somebody generated it by hand.
  business_date date not null,
  by_hand boolean not null default false,
  created_at timestamptz not null,
  primary key (company_id, recurring_invoice_id, period_start),
  foreign key (company_id, recurring_invoice_id) references recurring_invoices (company_id, id),
  foreign key (company_id, invoice_id) references invoices (company_id, id),
  check ((outcome = 'generated') = (invoice_id is not null)),
  check ((outcome = 'skipped') = (reason is not null))
);
create index recurring_occurrences_night on recurring_occurrences (company_id, business_date);

create table payments (
  company_id bigint not null,
  id bigint generated always as identity,
  invoice_id bigint not null,
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  payment_date date not null,
  payment_method text check (length(payment_method) <= 100),
  reference text check (length(reference) <= 255),
  notes text,
  recorded_by bigint references users (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, invoice_id) references invoices (company_id, id)
);
create index payments_invoice on payments (company_id, invoice_id);

-- What a client has paid too much, to be used for a later invoice.
create table credits (
  company_id bigint not null,
  id bigint generated always as identity,
  client_id bigint not null,
  payment_id bigint,
  amount bigint not null check (amount > 0),
  remaining bigint not null check (remaining between 0 and amount),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  reason text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id),
  foreign key (company_id, payment_id) references payments (company_id, id)
);
create index credits_client on credits (company_id, client_id);

create table payment_reminders (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  reminder_number int not null check (reminder_number between 1 and 3),
  days_offset int not null check (days_offset between -30 and 90),
  subject text,
  body text,
  is_active boolean not null default true,
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id)
);
create unique index payment_reminders_number_key on payment_reminders (company_id, reminder_number)
  where deleted_at is null;

-- The reminder ledger: what was decided about each stage for each due date.
create table invoice_reminders (
  company_id bigint not null,
  id bigint generated always as identity,
  invoice_id bigint not null,
  reminder_id bigint not null,
  due_date date not null,
  status text not null
    check (status in ('queued', 'sent', 'superseded', 'not_applicable', 'cancelled', 'blocked', 'failed', 'unknown')),
  reason text,
  business_date date not null,
  sent_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  constraint invoice_reminders_once unique (company_id, invoice_id, reminder_id, due_date),
  foreign key (company_id, invoice_id) references invoices (company_id, id),
  foreign key (company_id, reminder_id) references payment_reminders (company_id, id)
);
create index invoice_reminders_night on invoice_reminders (company_id, business_date);

-- An email we owe somebody, and how far it got (BILLING.md section 8). `sending` is written right
-- before the last byte leaves; whoever finds it there later cannot know, and says `unknown`.
create table deliveries (
  company_id bigint not null,
  id bigint generated always as identity,
  kind text not null check (kind in ('invoice', 'reminder')),
  -- The business fact this mail is for, e.g. "12/1": one fact, one mail.
  key text not null,
  invoice_id bigint,
  invoice_reminder_id bigint,
  recipient text,
  message_id text not null,
  status text not null default 'queued'
    check (status in ('queued', 'sending', 'accepted', 'bounced', 'failed', 'cancelled', 'blocked', 'unknown')),
  attempts int not null default 0,
  error_code text,
  error_message text,
  response text,
  accepted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  unique (company_id, kind, key),
  foreign key (company_id, invoice_id) references invoices (company_id, id),
  foreign key (company_id, invoice_reminder_id) references invoice_reminders (company_id, id)
);
create index deliveries_invoice on deliveries (company_id, invoice_id);
create index deliveries_reminder on deliveries (company_id, invoice_reminder_id)
  where invoice_reminder_id is not null;
create index deliveries_unfinished on deliveries (company_id, status) where status not in ('accepted', 'cancelled');

-- The fee ledger. A waived fee keeps its row, so it is not charged again.
create table invoice_late_fees (
  company_id bigint not null,
  invoice_id bigint not null,
  rule text not null,
  occurrence int not null check (occurrence >= 1),
  business_date date not null,
  fee bigint not null check (fee > 0),
  tax bigint not null default 0 check (tax >= 0),
  line_id bigint,
  waived_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, invoice_id, rule, occurrence),
  foreign key (company_id, invoice_id) references invoices (company_id, id)
);
create index invoice_late_fees_night on invoice_late_fees (company_id, business_date);

-- One night of one company. Counts and money are in `report`, by step; `preview` is what a held
-- night would have done.
create table billing_nights (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  business_date date not null,
  status text not null check (status in ('scheduled', 'running', 'completed', 'held', 'missed')),
  report jsonb not null default '{}',
  preview jsonb,
  held_reason text,
  released_at timestamptz,
  released_by bigint references users (id),
  made_up_by date,
  run_id uuid,
  started_at timestamptz,
  finished_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  constraint billing_nights_once unique (company_id, business_date)
);

-- Numbers are taken from here in the transaction that uses them, as its last lock.
create table counters (
  company_id bigint not null references companies (id),
  kind text not null check (kind in ('invoice', 'quote')),
  next_value bigint not null default 1 check (next_value >= 1),
  primary key (company_id, kind)
);

create table external_refs (
  company_id bigint not null references companies (id),
  provider text not null,
  kind text not null,
  external_id text not null,
  record_id bigint not null,
  synced_version text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (company_id, provider, kind, external_id),
  unique (company_id, provider, kind, record_id)
);

-- What happened, in the transaction in which it happened: the activity log, and what every mail,
-- alert and webhook follows. The outbox holds those not yet looked at by the relay.
create table events (
  id bigint generated always as identity primary key,
  company_id bigint not null references companies (id),
  type text not null,
  subject_type text not null,
  subject_id bigint not null,
  payload jsonb not null default '{}',
  causer_id bigint references users (id),
  occurred_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index events_subject on events (company_id, subject_type, subject_id, id);
create index events_created on events (created_at);

create table event_outbox (
  event_id bigint primary key,
  company_id bigint not null,
  type text not null
);

-- What a person has to look at. Open items are alerted again until someone acts.
create table attention_items (
  id bigint generated always as identity primary key,
  company_id bigint references companies (id),
  kind text not null,
  key text not null,
  title text not null,
  detail text,
  subject_type text,
  subject_id bigint,
  run_id uuid,
  alert_count int not null default 0,
  last_alerted_at timestamptz,
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolved_by bigint references users (id),
  resolution text,
  unique (company_id, id)
);
create unique index attention_items_open on attention_items (coalesce(company_id, 0), kind, key)
  where resolved_at is null;
create index attention_items_company on attention_items (company_id, created_at desc);
