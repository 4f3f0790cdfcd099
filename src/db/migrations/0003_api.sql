-- What the API needs beside the billing core: answers kept for a repeated request, how often a
-- caller came, what API tokens were used for, failed sign-ins, and who changed what.

-- A request with an Idempotency-Key leaves its answer here, in the transaction of its effect. The
-- key is the SHA-256 of caller, company and the caller's own key, so none of the three is stored.
create table idempotency_keys (
  key_hash bytea primary key,
  company_id bigint references companies (id),
  request_hash bytea not null,
  status int not null check (status between 200 and 599),
  headers jsonb not null default '{}',
  -- Sealed with a key only the caller can derive when the answer holds a secret.
  body bytea not null,
  is_sealed boolean not null default false,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index idempotency_keys_expiry on idempotency_keys (expires_at);

-- One row per caller and hour. Counted in batches by each process; unlogged, because losing it in
-- a crash of the server only gives somebody a few requests more.
create unlogged table rate_limit_windows (
  key text not null,
  window_start timestamptz not null,
  used int not null check (used >= 0),
  primary key (key, window_start)
);
create index rate_limit_windows_age on rate_limit_windows (window_start);

-- Failed sign-ins per address and email (both hashed together). Logged: a restart must not give an
-- attacker a fresh start.
create table login_attempts (
  key bytea primary key,
  failures int not null check (failures >= 0),
  window_start timestamptz not null
);
create index login_attempts_age on login_attempts (window_start);

create table api_usage (
  id bigint generated always as identity primary key,
  company_id bigint not null,
  api_token_id bigint not null,
  endpoint text not null,
  method text not null,
  status int not null,
  duration_ms int not null check (duration_ms >= 0),
  user_agent text,
  ip_hash bytea,
  request_id text not null,
  used_at timestamptz not null,
  foreign key (company_id, api_token_id) references api_tokens (company_id, id)
);
create index api_usage_token on api_usage (api_token_id, used_at desc);
create index api_usage_age on api_usage (used_at);

-- Who changed what about the company and its operation, and why.
create table audit_log (
  id bigint generated always as identity primary key,
  company_id bigint references companies (id),
  user_id bigint references users (id),
  api_token_id bigint,
  action text not null,
  subject_type text,
  subject_id text,
  reason text,
  details jsonb not null default '{}',
  request_id text,
  created_at timestamptz not null default now(),
  foreign key (company_id, api_token_id) references api_tokens (company_id, id)
);
create index audit_log_company on audit_log (company_id, id desc);
