-- What an invoice may say beside the base contract: tax rates kept by name, tax on the whole invoice,
-- discounts of single lines, the project, a category, tags, and a status that somebody set by hand.

-- Basis points. Invoices copy name and rate, so that a rate may change, or be deleted, beside them.
create table tax_rates (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  name text not null check (length(name) between 1 and 50),
  rate numeric(8, 3) not null check (rate between 0 and 10000),
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id)
);

create table categories (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  name text not null check (length(name) between 1 and 100),
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id)
);
create unique index categories_name_key on categories (company_id, lower(name))
  where deleted_at is null;

-- A deleted tag is on nothing any more, whatever still refers to its row.
create table tags (
  company_id bigint not null references companies (id),
  id bigint generated always as identity,
  name text not null check (length(name) between 1 and 50),
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id)
);
create unique index tags_name_key on tags (company_id, lower(name)) where deleted_at is null;

create table invoice_tags (
  company_id bigint not null,
  invoice_id bigint not null,
  tag_id bigint not null,
  primary key (company_id, invoice_id, tag_id),
  foreign key (company_id, invoice_id) references invoices (company_id, id)
    deferrable initially immediate,
  foreign key (company_id, tag_id) references tags (company_id, id)
    deferrable initially immediate
);
create index invoice_tags_tag on invoice_tags (company_id, tag_id);

create table client_tags (
  company_id bigint not null,
  client_id bigint not null,
  tag_id bigint not null,
  primary key (company_id, client_id, tag_id),
  foreign key (company_id, client_id) references clients (company_id, id)
    deferrable initially immediate,
  foreign key (company_id, tag_id) references tags (company_id, id)
    deferrable initially immediate
);
create index client_tags_tag on client_tags (company_id, tag_id);

create table project_tags (
  company_id bigint not null,
  project_id bigint not null,
  tag_id bigint not null,
  primary key (company_id, project_id, tag_id),
  foreign key (company_id, project_id) references projects (company_id, id)
    deferrable initially immediate,
  foreign key (company_id, tag_id) references tags (company_id, id)
    deferrable initially immediate
);
create index project_tags_tag on project_tags (company_id, tag_id);

-- status_set_at: since when the status is one that somebody set; null while it follows from money and
-- dates (BILLING.md 8).
alter table invoices
  add column project_id bigint,
  add column category_id bigint,
  add column status_set_at timestamptz,
  add foreign key (company_id, project_id) references projects (company_id, id)
    deferrable initially immediate,
  add foreign key (company_id, category_id) references categories (company_id, id)
    deferrable initially immediate;
create index invoices_project on invoices (company_id, project_id, id) where project_id is not null;
create index invoices_category on invoices (company_id, category_id, id)
  where category_id is not null;

-- tax_rate_id: the kept rate that the first tax was taken from. The discount is the line's own, in
-- basis points or minor units; discount_amount is all that is taken off the line, its share of the
-- invoice's discount included.
alter table invoice_lines
  add column unit text check (length(unit) between 1 and 20),
  add column long_description text check (length(long_description) between 1 and 5000),
  add column tax_rate_id bigint,
  add column discount_type text check (discount_type in ('percentage', 'fixed')),
  add column discount_value numeric(20, 3) check (discount_value >= 0),
  add foreign key (company_id, tax_rate_id) references tax_rates (company_id, id)
    deferrable initially immediate,
  add constraint invoice_lines_discount check ((discount_type is null) = (discount_value is null));

-- Taxes on the whole of an invoice of tax type summary, with what each comes to; those of single
-- lines stand on the lines.
create table invoice_taxes (
  company_id bigint not null,
  invoice_id bigint not null,
  position int not null check (position >= 0),
  tax_rate_id bigint not null,
  name text not null,
  rate numeric(8, 3) not null check (rate between 0 and 10000),
  amount bigint not null,
  primary key (company_id, invoice_id, position),
  constraint invoice_taxes_once unique (company_id, invoice_id, tax_rate_id),
  foreign key (company_id, invoice_id) references invoices (company_id, id)
    deferrable initially immediate,
  foreign key (company_id, tax_rate_id) references tax_rates (company_id, id)
    deferrable initially immediate
);
