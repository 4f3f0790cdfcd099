-- How people come in: invitations to a company, a new password by mail, and signing in with Google.
-- Each of their secrets travels in a mail, is made while that mail is written, and is kept as its
-- SHA-256 only, from the moment the mail server may have the mail.

-- When somebody last proved that they read the mails of this address: by a link we sent there, or by
-- Google's word. An account that never did may have been made by anybody.
alter table users add column email_verified_at timestamptz;

-- Accounts elsewhere that let a user in. The subject is the provider's own name for a person, which
-- stays when the person's address changes.
create table user_identities (
  provider text not null check (provider in ('google')),
  subject text not null check (length(subject) between 1 and 255),
  user_id bigint not null references users (id),
  created_at timestamptz not null,
  primary key (provider, subject),
  unique (user_id, provider)
);

create table invitations (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  email text not null check (length(email) <= 255),
  role text not null check (role in ('admin', 'member', 'viewer')),
  invited_by bigint not null references users (id),
  -- Which mail is the newest; the links of those before it let nobody in.
  sending int not null default 1 check (sending >= 1),
  -- None until the newest mail leaves.
  token_hash bytea,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by bigint references users (id),
  cancelled_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  check ((accepted_at is null) = (accepted_by is null)),
  check (accepted_at is null or cancelled_at is null)
);
create unique index invitations_token_key on invitations (token_hash) where token_hash is not null;
-- One that has expired is cancelled before the address is invited anew.
create unique index invitations_one_pending on invitations (company_id, lower(email))
  where accepted_at is null and cancelled_at is null;

alter table deliveries
  add column invitation_id bigint,
  drop constraint deliveries_kind_check,
  add constraint deliveries_kind_check
    check (kind in ('invoice', 'reminder', 'quote', 'statement', 'invitation')),
  add foreign key (company_id, invitation_id) references invitations (company_id, id),
  drop constraint deliveries_about_one_thing,
  add constraint deliveries_about_one_thing
    check (num_nonnulls(invoice_id, quote_id, statement_id, invitation_id) = 1);
create index deliveries_invitation on deliveries (company_id, invitation_id)
  where invitation_id is not null;

-- A new password that somebody asked for, the mail it takes, and how far that got (as in deliveries,
-- which are a company's). The address is kept as it was typed: whether it has an account is looked up
-- when the mail is written, so that asking takes as long for everybody.
create table password_resets (
  id bigint generated always as identity primary key,
  email text not null check (length(email) <= 255),
  user_id bigint references users (id),
  token_hash bytea unique,
  -- Of the link; from the moment its mail leaves.
  expires_at timestamptz,
  used_at timestamptz,
  status text not null default 'queued'
    check (status in ('queued', 'sending', 'accepted', 'failed', 'cancelled', 'unknown')),
  attempts int not null default 0,
  error_code text,
  error_message text,
  response text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((token_hash is null) = (expires_at is null)),
  check (token_hash is null or user_id is not null)
);
create index password_resets_user on password_resets (user_id) where user_id is not null;
create index password_resets_age on password_resets (created_at);
