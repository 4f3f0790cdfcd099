-- Pages at Stripe where clients pay invoices. A row is written before Stripe is asked for a page, and
-- its id is in the idempotency key: who asks again gets the same page, whatever became of the answer.

create table stripe_checkouts (
  company_id bigint not null,
  id bigint generated always as identity,
  invoice_id bigint not null,
  -- The connected account that is paid.
  account text not null check (length(account) between 1 and 255),
  -- What the page asks for, in our minor units.
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- asked: Stripe may have made a page; open: somebody may pay on it; complete: somebody has, and the
  -- money is on its way; paid: it is recorded; over: expired, closed or given up.
  status text not null check (status in ('asked', 'open', 'complete', 'paid', 'over')),
  session_id text,
  url text,
  expires_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, invoice_id) references invoices (company_id, id)
    deferrable initially immediate,
  check (status <> 'open' or (session_id is not null and url is not null and expires_at is not null))
);
create index stripe_checkouts_invoice on stripe_checkouts (company_id, invoice_id);
-- One at a time, so that nobody pays an invoice twice.
create unique index stripe_checkouts_one_open on stripe_checkouts (company_id, invoice_id)
  where status in ('asked', 'open', 'complete');
create unique index stripe_checkouts_session on stripe_checkouts (account, session_id)
  where session_id is not null;
