-- Slack alerts: which events a company wants to read about in which channel, what it is still owed, and
-- what was posted.

create table slack_routes (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  event_type text not null check (length(event_type) between 1 and 60),
  -- Slack's id of the channel, and its name when it was chosen.
  channel text not null check (length(channel) between 1 and 40),
  channel_name text not null check (length(channel_name) <= 200),
  is_enabled boolean not null default true,
  -- Slack's word for why nothing can be posted there: the platform disabled it. None when a person did.
  failure_code text,
  failed_at timestamptz,
  created_by bigint references users (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  constraint slack_routes_one_each unique (company_id, event_type, channel),
  check ((failure_code is null) = (failed_at is null)),
  check (failure_code is null or not is_enabled)
);
create index slack_routes_channel on slack_routes (company_id, channel);

-- Slack has no idempotency: a message stands here before it is posted, so that one whose answer was
-- lost is looked for over there by its key. Each channel has one at a time, which keeps their order.
create table slack_messages (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  event_type text not null,
  channel text not null,
  -- Stands in the message's metadata over there.
  key uuid not null unique,
  -- open: to be posted. unknown: it may be there, and cannot be looked for. dropped: its alerts are
  -- owed in another message, or to nobody any more.
  status text not null default 'open'
    check (status in ('open', 'posted', 'refused', 'unknown', 'dropped')),
  alert_count int not null default 0,
  -- Whether it may be there although nobody heard of it.
  is_doubtful boolean not null default false,
  first_tried_at timestamptz,
  -- Who is at it, and until when nobody else is.
  run_id uuid,
  claimed_until timestamptz,
  -- Slack's name for it.
  ts text,
  error_code text,
  error_message text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  check (status <> 'posted' or ts is not null)
);
create unique index slack_messages_one_open on slack_messages (company_id, channel)
  where status = 'open';

-- Events that were not told yet. A row goes when its message was posted.
create table slack_alerts (
  company_id bigint not null,
  route_id bigint not null,
  event_id bigint not null,
  -- The message it goes out with.
  message_id bigint,
  created_at timestamptz not null default now(),
  primary key (company_id, route_id, event_id),
  foreign key (company_id, route_id) references slack_routes (company_id, id),
  foreign key (company_id, message_id) references slack_messages (company_id, id)
);
create index slack_alerts_message on slack_alerts (company_id, message_id)
  where message_id is not null;

-- A mail to the owner about a channel that takes nothing any more, and how far it got (as deliveries,
-- which are about records).
create table slack_notices (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  channel text not null,
  channel_name text not null,
  failure_code text not null,
  status text not null default 'queued'
    check (status in ('queued', 'sending', 'accepted', 'failed', 'cancelled', 'unknown')),
  attempts int not null default 0,
  error_code text,
  error_message text,
  response text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id)
);
