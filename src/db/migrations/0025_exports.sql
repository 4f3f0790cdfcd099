-- Exports that were written to the file storage, with the digest of what was written.

create table exports (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  format text not null check (format in ('csv', 'json')),
  -- null: all resources.
  resource text,
  project_id bigint,
  client_id bigint,
  -- Of the records' own dates, both included.
  date_from date,
  date_to date check (date_to >= date_from),
  -- Who asked for it.
  user_id bigint not null references users (id),
  kept_days int not null check (kept_days >= 1),
  run_id uuid,
  -- Of the file, once it is whole.
  storage_key text check (length(storage_key) between 1 and 512),
  bytes bigint check (bytes >= 0),
  row_count bigint check (row_count >= 0),
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  completed_at timestamptz,
  expires_at timestamptz,
  -- When a download found that the file is not what was written.
  damaged_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  check (num_nonnulls(storage_key, bytes, row_count, sha256, completed_at, expires_at) in (0, 6))
);
create index exports_list on exports (company_id, id desc);
create index exports_age on exports (created_at);

-- Text in a CSV file is text, also to a spreadsheet: what it would take for a formula gets an apostrophe
-- before it (OWASP, CSV injection). Full-width signs count as well.
create function export_text(value text) returns text
language sql immutable parallel safe
return case
  when value <> '' and strpos(E'=+-@\t\r\n＝＋－＠', left(value, 1)) > 0 then '''' || value
  else value
end;
