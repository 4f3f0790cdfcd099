-- What comes before an invoice and what comes after it: quotes, the accounts a client may pay into,
-- credits of every kind and what they were used for, statements, and the mails about them.

-- A quote's last day is expiry_date: one that was sent and is past it reads as expired, which is
-- worked out from the company's day and so never stored.
create table quotes (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  uuid uuid not null default gen_random_uuid(),
  client_id bigint not null,
  quote_number text not null check (length(quote_number) between 1 and 64),
  status text not null default 'draft'
    check (status in ('draft', 'sent', 'viewed', 'accepted', 'declined')),
  is_archived boolean not null default false,
  issue_date date not null,
  expiry_date date not null check (expiry_date >= issue_date),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  discount_type text check (discount_type in ('percentage', 'fixed')),
  discount_value numeric(20, 3) check (discount_value >= 0),
  subtotal bigint not null default 0,
  discount_total bigint not null default 0,
  tax_total bigint not null default 0,
  total bigint not null default 0 check (total >= 0),
  notes text,
  terms text,
  footer text,
  sent_at timestamptz,
  viewed_at timestamptz,
  accepted_at timestamptz,
  declined_at timestamptz,
  converted_to_invoice_id bigint,
  converted_to_project_id bigint,
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id),
  foreign key (company_id, converted_to_invoice_id) references invoices (company_id, id),
  foreign key (company_id, converted_to_project_id) references projects (company_id, id),
  constraint quotes_total_adds_up check (total = subtotal - discount_total + tax_total),
  check ((discount_type is null) = (discount_value is null)),
  check ((status = 'accepted') = (accepted_at is not null)),
  check ((status = 'declined') = (declined_at is not null)),
  check (status <> 'draft' or (sent_at is null and viewed_at is null)),
  check (status <> 'draft' or (converted_to_invoice_id is null and converted_to_project_id is null))
);
create unique index quotes_uuid_key on quotes (uuid);
create unique index quotes_number_key on quotes (company_id, quote_number);
-- One quote becomes one invoice, and one project.
create unique index quotes_invoice_key on quotes (company_id, converted_to_invoice_id)
  where converted_to_invoice_id is not null;
create unique index quotes_project_key on quotes (company_id, converted_to_project_id)
  where converted_to_project_id is not null;
create index quotes_client on quotes (company_id, client_id, id);

create table quote_lines (
  company_id bigint not null,
  id bigint generated always as identity,
  quote_id bigint not null,
  service_id bigint,
  description text not null check (length(description) between 1 and 1000),
  quantity numeric(14, 4) not null,
  unit_price numeric(24, 6) not null,
  amount bigint not null,
  discount_amount bigint not null default 0,
  tax_name_1 text,
  tax_rate_1 numeric(8, 3) check (tax_rate_1 between 0 and 10000),
  tax_amount_1 bigint not null default 0,
  tax_name_2 text,
  tax_rate_2 numeric(8, 3) check (tax_rate_2 between 0 and 10000),
  tax_amount_2 bigint not null default 0,
  sort_order int not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, quote_id) references quotes (company_id, id),
  foreign key (company_id, service_id) references services (company_id, id)
);
create index quote_lines_quote on quote_lines (company_id, quote_id);

-- Where a client may transfer money to, as it is shown in the client portal.
create table bank_accounts (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  name text not null check (length(name) between 1 and 100),
  details text check (length(details) <= 2000),
  sort_order int not null default 0 check (sort_order >= 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id)
);

-- Credits came from overpayments and voided invoices only; now a company may write them itself.
alter table credits
  add column invoice_id bigint,
  add column type text not null default 'overpayment'
    check (type in ('credit_note', 'overpayment', 'prepayment')),
  add column is_archived boolean not null default false,
  add column credit_date date,
  add column deleted_at timestamptz,
  alter column reason drop not null,
  add foreign key (company_id, invoice_id) references invoices (company_id, id);
update credits
set credit_date = (credits.created_at at time zone companies.timezone)::date
from companies
where companies.id = credits.company_id;
alter table credits alter column credit_date set not null;

-- What a credit was used for; credits.remaining is its amount less these.
create table credit_applications (
  company_id bigint not null,
  id bigint generated always as identity,
  credit_id bigint not null,
  invoice_id bigint not null,
  amount bigint not null check (amount > 0),
  applied_by bigint references users (id),
  created_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, credit_id) references credits (company_id, id),
  foreign key (company_id, invoice_id) references invoices (company_id, id)
);
create index credit_applications_credit on credit_applications (company_id, credit_id);
create index credit_applications_invoice on credit_applications (company_id, invoice_id);

-- A statement somebody asked to be mailed. Its figures are those of the moment it is sent.
create table statements (
  company_id bigint not null,
  id bigint generated always as identity,
  client_id bigint not null,
  from_date date not null,
  to_date date not null check (to_date >= from_date),
  note text check (length(note) <= 2000),
  cc text[] not null default '{}',
  created_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id)
);
create index statements_client on statements (company_id, client_id);

alter table deliveries
  add column quote_id bigint,
  add column statement_id bigint,
  drop constraint deliveries_kind_check,
  add constraint deliveries_kind_check
    check (kind in ('invoice', 'reminder', 'quote', 'statement')),
  add foreign key (company_id, quote_id) references quotes (company_id, id),
  add foreign key (company_id, statement_id) references statements (company_id, id),
  add constraint deliveries_about_one_thing
    check (num_nonnulls(invoice_id, quote_id, statement_id) = 1);
create index deliveries_quote on deliveries (company_id, quote_id) where quote_id is not null;
create index deliveries_statement on deliveries (company_id, statement_id)
  where statement_id is not null;
