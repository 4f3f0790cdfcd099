-- Work that is planned: when, by whom, for whom. A calendar may mirror it.
create table schedule_entries (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  -- Who is to do it; null when nobody has been said, as with what came from a calendar.
  user_id bigint references users (id),
  client_id bigint,
  project_id bigint,
  title text not null check (length(title) between 1 and 1024),
  notes text check (length(notes) <= 8192),
  location text check (length(location) <= 1024),
  -- Both null for whole days.
  starts_at timestamptz,
  ends_at timestamptz check (ends_at >= starts_at),
  -- The first and the last day, both included, where the entry is.
  start_date date not null,
  end_date date not null check (end_date >= start_date),
  timezone text not null check (length(timezone) between 1 and 64),
  source text not null check (source in ('api', 'google-calendar')),
  -- Counts what a calendar would have to be told.
  version int not null default 1,
  -- On the machine's clock, whatever the company's says: a calendar's is compared with it.
  changed_at timestamptz not null,
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id)
    deferrable initially immediate,
  foreign key (company_id, project_id) references projects (company_id, id)
    deferrable initially immediate,
  constraint schedule_entries_whole_days check ((starts_at is null) = (ends_at is null))
);
create index schedule_entries_days on schedule_entries (company_id, start_date, id)
  where deleted_at is null;
create index schedule_entries_client on schedule_entries (company_id, client_id)
  where client_id is not null;
create index schedule_entries_project on schedule_entries (company_id, project_id)
  where project_id is not null;
