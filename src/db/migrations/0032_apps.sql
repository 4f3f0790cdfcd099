-- OAuth 2: apps that people of any company may let into theirs (docs/oauth.md).

-- An app, as somebody registered it. It is no tenant's record: one company looks after it, and anybody may
-- be asked to let it in.
create table oauth_clients (
  id bigint generated always as identity primary key,
  owner_company_id bigint not null references companies (id),
  created_by bigint not null references users (id),
  -- The client_id of the protocol.
  identifier text not null unique,
  name text not null check (length(name) between 1 and 100),
  website text,
  -- None for a public client: what runs on people's own machines keeps no secret.
  secret_hash bytea,
  redirect_uris text[] not null check (cardinality(redirect_uris) between 1 and 20),
  -- The most it may ask for, and may do with what it was given before.
  scopes text[] not null check (cardinality(scopes) >= 1),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create index oauth_clients_owner on oauth_clients (owner_company_id, id) where deleted_at is null;

-- An app's access to one company for one person is a row beside the API tokens, so that both are bound,
-- limited, recorded and ended in the same ways. It has no token of its own: those below come and go.
alter table api_tokens
  alter column token_hash drop not null,
  add column oauth_client_id bigint references oauth_clients (id),
  -- The resource that the person let it into (RFC 8707).
  add column audience text,
  add constraint api_tokens_token_or_app check ((token_hash is null) = (oauth_client_id is not null)),
  add constraint api_tokens_app_has_audience check ((oauth_client_id is null) = (audience is null));
create index api_tokens_apps on api_tokens (company_id, id) where oauth_client_id is not null;

-- What an app holds: a code for a minute, access tokens for an hour, refresh tokens for a month. One that
-- was used stays until it would have ended, to tell when it comes a second time.
create table oauth_tokens (
  token_hash bytea primary key,
  company_id bigint not null,
  api_token_id bigint not null,
  kind text not null check (kind in ('code', 'access', 'refresh')),
  scopes text[] not null check (cardinality(scopes) >= 1),
  -- Of a code: where it was sent, and what proves who asked for it (RFC 7636).
  redirect_uri text,
  code_challenge text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- Spent, or taken back.
  used_at timestamptz,
  foreign key (company_id, api_token_id) references api_tokens (company_id, id),
  check ((kind = 'code') = (redirect_uri is not null and code_challenge is not null))
);
create index oauth_tokens_access on oauth_tokens (company_id, api_token_id);
create index oauth_tokens_end on oauth_tokens (expires_at);
