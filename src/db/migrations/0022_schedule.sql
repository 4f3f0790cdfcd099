-- Work that is planned: when, by whom, for whom; and the calendar that goes with it.
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

-- A calendar that the schedule goes with, and how far it has been read.

create table calendar_syncs (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  -- The connection's account; connected to another one, a company chooses anew.
  account text not null,
  calendar_id text not null check (length(calendar_id) between 1 and 1024),
  name text not null,
  timezone text not null,
  direction text not null check (direction in ('both', 'push', 'pull')),
  is_current boolean not null,
  -- Where we can be told of changes.
  address text not null,
  -- What has changed since is read with it; null: everything has to be read.
  sync_token text,
  -- The next page of a reading that is under way.
  page_token text,
  -- Counts what was kept of readings: who read at the same time keeps nothing.
  position int not null default 0,
  -- What a reading of everything is about. Later events come in with the next one.
  span_from timestamptz not null,
  span_to timestamptz not null,
  -- Counts readings of everything.
  round int not null default 0,
  -- A reading of everything has ended, and what it did not find is to be looked up.
  is_missing_due boolean not null default false,
  -- So many would be deleted at once that a person has to agree.
  held_deletions int not null default 0,
  may_delete boolean not null default false,
  -- Syncs that were asked for, and the last of them that began.
  asked int not null default 0,
  begun int not null default 0,
  next_sync_at timestamptz,
  last_synced_at timestamptz,
  last_result jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  unique (company_id, account, calendar_id)
);
create unique index calendar_syncs_current on calendar_syncs (company_id) where is_current;
create index calendar_syncs_due on calendar_syncs (next_sync_at) where is_current;

-- An entry and the event that shows it, or the other way round.
create table calendar_events (
  company_id bigint not null,
  sync_id bigint not null,
  event_id text not null check (length(event_id) between 1 and 1200),
  entry_id bigint not null,
  -- The series over there that it is an instance of.
  series_id text,
  -- The states in which both were alike last: there, and here.
  etag text not null,
  entry_version int not null,
  -- When the event was changed to that state, by Google's clock: an older one is old news.
  event_updated_at timestamptz,
  -- The last reading of everything that found it.
  seen_round int not null default 0,
  primary key (company_id, sync_id, event_id),
  unique (company_id, sync_id, entry_id),
  foreign key (company_id, sync_id) references calendar_syncs (company_id, id),
  foreign key (company_id, entry_id) references schedule_entries (company_id, id)
);
create index calendar_events_entry on calendar_events (company_id, entry_id);
create index calendar_events_series on calendar_events (company_id, sync_id, series_id)
  where series_id is not null;

-- Channels that Google tells us of changes through. One is written down before it is opened.
create table calendar_channels (
  id uuid primary key,
  company_id bigint not null,
  sync_id bigint not null,
  -- SHA-256 of what each message has to bring.
  token_hash bytea not null,
  -- Null until Google has opened it.
  resource_id text,
  expires_at timestamptz,
  created_at timestamptz not null,
  foreign key (company_id, sync_id) references calendar_syncs (company_id, id)
);
create index calendar_channels_sync on calendar_channels (company_id, sync_id);
