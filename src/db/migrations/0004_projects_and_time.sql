-- Projects, who works on them, and the time that was worked: what an hourly bill is made of.

-- Rates and budgets in minor units. A project that was moved to another company has no client there.
-- `status` says how far the work is, `is_archived` whether it is put away; the status `archived` of
-- the base contract is always both.
create table projects (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  client_id bigint,
  name text not null check (length(name) between 1 and 255),
  status text not null default 'active' check (status in ('active', 'completed', 'archived')),
  is_archived boolean not null default false,
  billing_method text not null default 'hourly'
    check (billing_method in ('hourly', 'flat_rate', 'non_billable')),
  hourly_rate bigint check (hourly_rate >= 0),
  budget_hours numeric(14, 4) check (budget_hours >= 0),
  budget_amount bigint check (budget_amount >= 0),
  start_date date,
  end_date date check (end_date >= start_date),
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id),
  check (status <> 'archived' or is_archived)
);
create index projects_name on projects (company_id, name, id) where deleted_at is null;
create index projects_client on projects (company_id, client_id);

-- Who has left the company stays here and is not shown: nothing is deleted behind anybody's back.
create table project_members (
  company_id bigint not null,
  project_id bigint not null,
  user_id bigint not null references users (id),
  hourly_rate bigint check (hourly_rate >= 0),
  created_at timestamptz not null,
  primary key (company_id, project_id, user_id),
  foreign key (company_id, project_id) references projects (company_id, id)
);
create index project_members_user on project_members (company_id, user_id);

-- Work of one person on one day, in seconds; a running timer is an entry that has no end yet.
create table time_entries (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  user_id bigint not null references users (id),
  client_id bigint,
  project_id bigint,
  service_id bigint,
  date date not null,
  duration int not null default 0 check (duration >= 0),
  started_at timestamptz,
  ended_at timestamptz check (ended_at >= started_at),
  is_running boolean not null default false,
  is_billable boolean not null default true,
  is_billed boolean not null default false,
  -- The invoice that bills it; an entry billed elsewhere is billed and has none.
  invoice_id bigint,
  hourly_rate bigint check (hourly_rate >= 0),
  notes text check (length(notes) <= 2000),
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id),
  foreign key (company_id, project_id) references projects (company_id, id),
  foreign key (company_id, service_id) references services (company_id, id),
  foreign key (company_id, invoice_id) references invoices (company_id, id),
  constraint time_entries_running_has_begun
    check (not is_running or (started_at is not null and ended_at is null and not is_billed)),
  constraint time_entries_on_invoice_is_billed check (invoice_id is null or is_billed),
  constraint time_entries_billed_stays check (invoice_id is null or deleted_at is null)
);
-- One running timer for each person in a company, however often start is pressed at once.
create unique index time_entries_one_running on time_entries (company_id, user_id)
  where is_running and deleted_at is null;
create index time_entries_date on time_entries (company_id, date desc, id desc) where deleted_at is null;
create index time_entries_unbilled on time_entries (company_id, date desc, id desc)
  where is_billable and not is_billed and not is_running and deleted_at is null;
create index time_entries_project on time_entries (company_id, project_id);
create index time_entries_client on time_entries (company_id, client_id);
create index time_entries_invoice on time_entries (company_id, invoice_id) where invoice_id is not null;

alter table invoice_lines
  add foreign key (company_id, time_entry_id) references time_entries (company_id, id);
create index invoice_lines_time_entry on invoice_lines (company_id, time_entry_id)
  where time_entry_id is not null;
