-- A company's links to providers, how they are made, and the work that waits for them.

-- One per company and provider. What is secret is sealed: v1.<key id>.<bytes>, bound to its row.
create table connections (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  provider text not null check (length(provider) between 1 and 40),
  status text not null check (status in ('connected', 'needs_reauth', 'disabled')),
  -- The account over there: a realm, a team. Stays known after a disconnect, to tell another one apart.
  external_id text,
  external_name text,
  -- Access and refresh token.
  credentials text,
  -- The company's own client at the provider, where it brings one. Outlives a disconnect.
  app_credentials text,
  scopes text[] not null default '{}',
  access_expires_at timestamptz,
  refresh_expires_at timestamptz,
  settings jsonb not null default '{}',
  -- Counts what was stored in `credentials`: whoever was refused with older ones tries the newer.
  version int not null default 0,
  connected_at timestamptz,
  connected_by bigint references users (id),
  last_success_at timestamptz,
  last_error_at timestamptz,
  last_error_code text,
  last_error_message text,
  next_check_at timestamptz,
  -- Names the checks apart.
  checks int not null default 0,
  created_by bigint references users (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  unique (company_id, provider),
  check (status <> 'connected' or (credentials is not null and external_id is not null)),
  check (status <> 'disabled' or credentials is null)
);
-- Whom a provider's message is about.
create index connections_external on connections (provider, external_id)
  where external_id is not null;
create index connections_next_check on connections (next_check_at) where status = 'connected';

-- Somebody is on the way to a provider's page and back. Taken once, and gone with it.
create table oauth_attempts (
  -- SHA-256 of what `state` holds, and of the cookie that only this browser has.
  state_hash bytea primary key,
  browser_hash bytea not null,
  company_id bigint not null references companies (id),
  provider text not null,
  user_id bigint not null references users (id),
  session_id bigint not null references sessions (id),
  redirect_uri text not null,
  code_verifier text,
  return_to text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index oauth_attempts_expiry on oauth_attempts (expires_at);
create index oauth_attempts_session on oauth_attempts (session_id);

-- Ids are those of one account over there: connected to another one, a company begins anew, and back
-- with the first it finds its records again.
alter table external_refs add column account text not null default '';
alter table external_refs drop constraint external_refs_pkey;
alter table external_refs drop constraint external_refs_company_id_provider_kind_record_id_key;
alter table external_refs add primary key (company_id, provider, account, kind, external_id);
alter table external_refs
  add constraint external_refs_one_per_record unique (company_id, provider, account, kind, record_id);

-- The provider a run needs. Its runs are held while the connection is parked.
alter table job_runs add column provider text;
create index job_runs_provider on job_runs (company_id, provider)
  where provider is not null and status in ('queued', 'retrying', 'held');
