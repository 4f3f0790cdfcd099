-- What a company spends and bills on, how its papers look, and the files that people upload for both.

-- Amounts in minor units of the expense's own currency; `amount` is without tax. Rates are basis points.
create table expenses (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  -- Who entered it.
  user_id bigint not null references users (id),
  client_id bigint,
  project_id bigint,
  -- The invoice that bills it on.
  invoice_id bigint,
  category text not null check (category in (
    'advertising', 'bank_fees', 'contractor_fees', 'education', 'equipment', 'insurance', 'meals',
    'office_supplies', 'rent', 'software', 'travel_transport', 'utilities', 'other'
  )),
  vendor text check (length(vendor) <= 255),
  description text check (length(description) <= 2000),
  amount bigint not null check (amount >= 1),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  tax_amount bigint not null default 0 check (tax_amount >= 0),
  tax_name text check (length(tax_name) <= 50),
  tax_rate numeric(8, 3) not null default 0 check (tax_rate between 0 and 10000),
  expense_date date not null,
  is_archived boolean not null default false,
  is_billable boolean not null default false,
  is_billed boolean not null default false,
  -- Key of the receipt in the file storage.
  receipt_path text,
  reference text check (length(reference) <= 255),
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id),
  foreign key (company_id, project_id) references projects (company_id, id),
  foreign key (company_id, invoice_id) references invoices (company_id, id),
  constraint expenses_on_invoice_is_billed check (invoice_id is null or is_billed),
  constraint expenses_billed_stays check (invoice_id is null or deleted_at is null)
);
create index expenses_date on expenses (company_id, expense_date desc, id desc) where deleted_at is null;
create index expenses_client on expenses (company_id, client_id);
create index expenses_project on expenses (company_id, project_id);
create index expenses_invoice on expenses (company_id, invoice_id) where invoice_id is not null;

-- As time_entry_id: what the line bills.
alter table invoice_lines
  add column expense_id bigint,
  add foreign key (company_id, expense_id) references expenses (company_id, id);
create index invoice_lines_expense on invoice_lines (company_id, expense_id)
  where expense_id is not null;

-- How a company's papers and mails look: one template each, made when it is first looked
-- at, beside companies.invoice_layout and logo_path. No colour means the layout's own. What is HTML here has been sanitised.
create table invoice_templates (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  primary_color text check (primary_color ~ '^#[0-9a-f]{6}$'),
  secondary_color text check (secondary_color ~ '^#[0-9a-f]{6}$'),
  accent_color text check (accent_color ~ '^#[0-9a-f]{6}$'),
  font_family text check (length(font_family) <= 255),
  show_logo boolean not null default true,
  header_html text check (length(header_html) <= 5000),
  footer_html text check (length(footer_html) <= 5000),
  custom_css text check (length(custom_css) <= 5000),
  -- The logo made ready for paper, so that a night prints without asking the file storage.
  logo_print bytea,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  unique (company_id)
);

-- Files in the storage that no record names: an upload nobody has taken yet, a receipt that was
-- replaced. A row is there before its file is, so that a crash at any moment leaves no file unknown.
create table files_to_delete (
  company_id bigint not null references companies (id),
  key text not null check (length(key) between 1 and 512),
  due_at timestamptz not null,
  primary key (company_id, key)
);
create index files_to_delete_due on files_to_delete (due_at);
