-- The ledger of all work. It, and not the queue, decides what runs: BullMQ's tables or Redis may be
-- emptied at any moment and everything is delivered again from here.
--
-- company_id has no foreign key: work must be recorded, and the record kept, whatever happens to the
-- business rows it is about.

-- The smallest run id (uuid v7: 48 bits of Unix milliseconds, then random) of an instant. Runs are
-- partitioned by id and therefore by time, so that a look-up by id touches one partition.
create function run_id_floor(instant timestamptz) returns uuid
language sql immutable strict parallel safe
return (
  lpad(to_hex(floor(extract(epoch from instant) * 1000)::bigint), 12, '0') || repeat('0', 20)
)::uuid;

create table job_runs (
  id uuid not null,
  company_id bigint,
  job text not null,
  queue text not null,
  status text not null default 'queued'
    check (status in ('queued', 'running', 'succeeded', 'skipped', 'retrying', 'dead', 'cancelled', 'held')),
  payload jsonb not null,
  key text,
  -- Which delivery may start the run. Any other one the queue still holds is stale and ignored.
  delivery int not null default 1,
  -- Attempts used in this round; a snooze gives its attempt back, a retry by an operator starts anew.
  attempt int not null default 0 check (attempt >= 0),
  attempts_max int not null check (attempts_max >= 1),
  -- Ever: how often it started, lost its worker, snoozed, was retried by an operator.
  starts int not null default 0,
  crashes int not null default 0,
  snoozes int not null default 0,
  redrives int not null default 0,
  trigger_kind text not null
    check (trigger_kind in ('schedule', 'api', 'operator', 'event', 'run', 'system')),
  trigger_id text,
  trace_id text,
  created_at timestamptz not null default now(),
  available_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  worker text,
  -- Fences a worker that lost its lease: it cannot finish what another has taken over.
  lease_token uuid,
  -- Set exactly while the run is running.
  lease_expires_at timestamptz,
  cancel_requested_at timestamptz,
  progress jsonb,
  result jsonb,
  -- Why it was skipped, snoozed, cancelled or handed back.
  reason text,
  error_class text,
  error_code text,
  error_message text,
  error_retryable boolean,
  primary key (id)
) partition by range (id);

create index job_runs_company on job_runs (company_id, id);
create index job_runs_job on job_runs (job, id);
-- Nearly all runs end well and are found by time; the others are what people look for.
create index job_runs_status on job_runs (status, id) where status <> 'succeeded';
create index job_runs_error on job_runs (error_class, id) where error_class is not null;
create index job_runs_trigger on job_runs (trigger_id, id) where trigger_kind in ('event', 'run');

-- An insert never fails for want of a partition; the scheduler makes the months long before they begin.
create table job_runs_default partition of job_runs default;

-- Makes the partition of the month that `instant` lies in; false when it is there. Attaching, unlike
-- `create table … partition of`, lets the ledger work on. Only for a month that has begun, whose runs
-- may be on their way into the default partition, everybody has to wait; those there are moved.
create function create_run_partition(instant timestamptz) returns boolean
language plpgsql as $$
declare
  month timestamp := date_trunc('month', instant at time zone 'UTC');
  name text := 'job_runs_' || to_char(month, 'YYYY_MM');
  low uuid := run_id_floor(month at time zone 'UTC');
  high uuid := run_id_floor((month + interval '1 month') at time zone 'UTC');
begin
  if to_regclass(name) is not null then
    return false;
  end if;
  if month at time zone 'UTC' < now() + interval '1 day' then
    lock table job_runs in access exclusive mode;
  else
    lock table job_runs in share update exclusive mode;
  end if;
  -- Another may have made it while we waited for the lock.
  if to_regclass(name) is not null then
    return false;
  end if;
  execute format('create table %I (like job_runs including all)', name);
  lock table job_runs_default in access exclusive mode;
  execute format(
    'with moved as (delete from job_runs_default where id >= %L and id < %L returning *)
     insert into %I select * from moved', low, high, name);
  execute format(
    'alter table job_runs attach partition %I for values from (%L) to (%L)', name, low, high);
  return true;
end
$$;

select create_run_partition(now() + ahead * interval '1 month') from generate_series(0, 2) as ahead;

-- Drops the partitions of months before the one `instant` lies in, when nothing is left in them.
create function drop_empty_run_partitions(instant timestamptz) returns int
language plpgsql as $$
declare
  oldest_kept text := 'job_runs_' || to_char(date_trunc('month', instant at time zone 'UTC'), 'YYYY_MM');
  partition regclass;
  is_empty boolean;
  dropped int := 0;
begin
  for partition in
    select inhrelid::regclass
    from pg_inherits
    join pg_class on pg_class.oid = inhrelid
    where inhparent = 'job_runs'::regclass
      and relname ~ '^job_runs_\d{4}_\d{2}$'
      and relname < oldest_kept
    order by relname
  loop
    execute format('lock table %s in access exclusive mode', partition);
    execute format('select not exists (select from %s)', partition) into is_empty;
    if is_empty then
      execute format('drop table %s', partition);
      dropped := dropped + 1;
    end if;
  end loop;
  return dropped;
end
$$;

-- Lasting uniqueness of (job, key); a partitioned table cannot have it without its partition key.
create table run_keys (
  job text not null,
  key text not null check (length(key) between 1 and 500),
  run_id uuid not null,
  primary key (job, key)
);
create index run_keys_run on run_keys (run_id);
-- Operators search by the business key, whole or its beginning.
create index run_keys_key on run_keys (key text_pattern_ops);

-- Runs on their way to a worker: small and hot. A row leaves when its run starts, so the rows handed
-- over and still here are exactly what the queue has to hold.
create table run_feed (
  run_id uuid primary key,
  delivery int not null,
  queue text not null,
  -- 0 for the platform's own runs.
  company_id bigint not null,
  -- later: not due yet. waiting: due, to be handed to the queue. handed: given to the queue.
  state text not null check (state in ('later', 'waiting', 'handed')),
  available_at timestamptz not null,
  handed_at timestamptz,
  seq bigint generated always as identity
) with (
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);
create index run_feed_later on run_feed (available_at) where state = 'later';
create index run_feed_waiting on run_feed (queue, company_id, seq) where state = 'waiting';
create index run_feed_handed on run_feed (queue, handed_at) where state = 'handed';

-- One line per attempt that did not end well.
create table run_attempts (
  run_id uuid not null,
  start_number int not null,
  started_at timestamptz,
  ended_at timestamptz not null default clock_timestamp(),
  worker text,
  outcome text not null,
  error_class text,
  error_code text,
  error_message text,
  primary key (run_id, start_number)
);

create table run_logs (
  run_id uuid not null,
  line_number int not null,
  logged_at timestamptz not null,
  level text not null,
  message text not null,
  primary key (run_id, line_number)
);

-- Who wants to be told of a run's changes (channel run_changed). A notice wakes every listening
-- connection of the database, so none is sent about the many runs nobody looks at.
create table run_watches (
  run_id uuid not null,
  watcher uuid not null,
  expires_at timestamptz not null,
  primary key (run_id, watcher)
);

create table schedules (
  name text primary key,
  job text not null,
  cron text,
  every_ms bigint,
  is_paused boolean not null default false,
  last_tick_at timestamptz,
  last_run_id uuid,
  next_tick_at timestamptz not null,
  missed_count int not null default 0,
  last_missed_at timestamptz,
  check ((cron is null) <> (every_ms is null))
);
create index schedules_next on schedules (next_tick_at);

-- One row per provider account (a QuickBooks realm, a Slack channel), shared by all processes.
-- full_at: when the account's allowance will be whole again (the "theoretical arrival time" of GCRA).
create table budgets (
  key text primary key,
  full_at timestamptz not null,
  blocked_until timestamptz not null default '-infinity'
) with (fillfactor = 70);

-- A follower that could not say whom an event concerns. Asked again later, while others go on.
create table event_follow_failures (
  event_id bigint not null,
  job text not null,
  attempts int not null default 1,
  next_try_at timestamptz not null,
  error_message text not null,
  created_at timestamptz not null default now(),
  primary key (event_id, job)
);
create index event_follow_failures_next on event_follow_failures (next_try_at);

-- Wakes the relay, whoever wrote the outbox row. PostgreSQL sends one notice per transaction.
create function wake_relay() returns trigger
language plpgsql as $$
begin
  perform pg_notify('event_outbox', '');
  return null;
end
$$;
create trigger event_outbox_wake after insert on event_outbox
  for each statement execute function wake_relay();
