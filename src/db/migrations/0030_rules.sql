-- Rules: what is done by itself when something happens, how worked time becomes lines of invoices, and
-- what each rule did.
create table rules (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  kind text not null check (kind in ('automation', 'billing')),
  name text not null check (length(name) between 1 and 255),
  is_enabled boolean not null,
  -- Lower ones come first.
  position int not null,
  -- The kind of records that its conditions look at, and of an automation what has to happen to one.
  subject_type text not null
    check (subject_type in ('time-entry', 'task', 'project', 'client', 'invoice')),
  event_type text,
  -- All of them have to hold. They name records by id without a reference: a record that is gone or has
  -- moved away meets none, while a reference that was cleared would let the rule loose on everything.
  conditions jsonb not null,
  actions jsonb,
  terms jsonb,
  -- Why the platform disabled it; null once somebody has enabled it again.
  disabled_code text check (disabled_code in ('loop', 'failed')),
  disabled_reason text,
  created_by bigint references users (id),
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  constraint rules_of_a_kind check (
    (kind = 'automation') = (event_type is not null and actions is not null and terms is null)
    and (kind = 'billing') = (event_type is null and actions is null and terms is not null)
  ),
  constraint rules_disabled_for_a_reason check (
    (disabled_code is null) = (disabled_reason is null)
    and (disabled_code is null or not is_enabled)
  )
);
create index rules_listed on rules (company_id, position, id) where deleted_at is null;
create index rules_following on rules (company_id, event_type)
  where is_enabled and deleted_at is null and event_type is not null;

-- What rules did, record by record. An event is met by a rule once, however often its run is repeated.
create table rule_log (
  company_id bigint not null,
  id bigint generated always as identity,
  rule_id bigint not null,
  -- Null where somebody had time billed. Not a reference: events may be forgotten.
  event_id bigint,
  subject_type text not null,
  subject_id bigint not null,
  outcome text not null check (outcome in ('applied', 'skipped', 'looped', 'failed')),
  effects jsonb not null,
  reason text,
  -- By the company's clock, and by the machine's, after which it is forgotten.
  created_at timestamptz not null,
  logged_at timestamptz not null default now(),
  primary key (company_id, id),
  foreign key (company_id, rule_id) references rules (company_id, id),
  constraint rule_log_once unique (company_id, rule_id, event_id)
);
create index rule_log_latest on rule_log (company_id, rule_id, id desc);
create index rule_log_old on rule_log (logged_at);

-- What billed time has used of retainers and caps. A row counts while its entry is on an invoice, so
-- what frees the entry gives back what it used.
create table rule_uses (
  company_id bigint not null,
  rule_id bigint not null,
  time_entry_id bigint not null,
  -- "2026-03", "total" or "invoice".
  period text not null,
  seconds int not null check (seconds >= 0),
  -- Minor units.
  amount bigint not null check (amount >= 0),
  primary key (company_id, rule_id, time_entry_id),
  foreign key (company_id, rule_id) references rules (company_id, id),
  foreign key (company_id, time_entry_id) references time_entries (company_id, id)
    deferrable initially immediate
);
create index rule_uses_entry on rule_uses (company_id, time_entry_id);
create index rule_uses_period on rule_uses (company_id, rule_id, period);

-- The rules that led to an event, the first one first. A transaction that applies a rule says so once,
-- in a setting of its own, and every event in it knows: an action that forgot to pass it on would hide
-- a loop.
alter table events
  add column rule_trail bigint[]
    default nullif(current_setting('nightledger.rule_trail', true), '')::bigint[];
