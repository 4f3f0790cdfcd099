-- Carrying a company's books over from another product: each try, how far it is, and what it found.

-- The last one of a provider is what its page shows. A page that was fetched is written together with
-- the step and page that come next, so that a killed import goes on where its records end.
create table imports (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  provider text not null check (length(provider) between 1 and 40),
  -- The account over there; external_refs has its ids.
  account text not null,
  status text not null
    check (status in ('previewing', 'importing', 'completed', 'failed', 'reset')),
  selected_resources text[] not null default '{}',
  reimport_existing boolean not null default false,
  -- What was counted over there, by resource.
  preview jsonb,
  -- What is next: a step of the plan that the resources make, and a page of it.
  step int not null default 0 check (step >= 0),
  page int not null default 1 check (page >= 1),
  -- How many the first page of the step said there are, and how often the step began anew.
  step_length int,
  step_rounds int not null default 0,
  -- Records looked at, by resource; and of those what became of them.
  progress jsonb not null default '{}',
  tally jsonb not null default '{}',
  -- Sums by currency and status, there and here.
  reconciliation jsonb,
  error_message text,
  run_id uuid,
  -- Who asked for it.
  user_id bigint references users (id),
  started_at timestamptz,
  completed_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  check (status <> 'completed' or completed_at is not null)
);
create index imports_latest on imports (company_id, provider, id desc);
create unique index imports_one_at_a_time on imports (company_id, provider)
  where status = 'importing';

-- What an import has to tell of single records: what was not taken over and why, what was changed here
-- and written over, what does not add up.
create table import_items (
  company_id bigint not null,
  id bigint generated always as identity,
  import_id bigint not null,
  resource text not null,
  external_id text not null,
  kind text not null check (kind in ('refused', 'overwritten', 'kept', 'adjusted', 'differs')),
  reason text not null check (length(reason) between 1 and 1000),
  details jsonb not null default '{}',
  record_id bigint,
  created_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, import_id) references imports (company_id, id),
  unique (company_id, import_id, resource, external_id, kind)
);

-- What records of money come to over there, while an import runs: compared with ours at its end.
create table import_amounts (
  company_id bigint not null,
  import_id bigint not null,
  kind text not null,
  external_id text not null,
  currency text not null,
  status text not null,
  amount bigint not null,
  primary key (company_id, import_id, kind, external_id),
  foreign key (company_id, import_id) references imports (company_id, id)
);
