-- Clients pay invoices at Stripe: the pages they pay on, what Stripe tells us, and each payment once, with
-- the refunds and disputes of it. The money itself is in payments and payment_refunds, as any other.

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
  -- Stripe's name of it.
  session text,
  url text,
  expires_at timestamptz,
  -- When Stripe is asked what has become of it, should no webhook say so; and how often it was.
  next_check_at timestamptz not null,
  checks int not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, invoice_id) references invoices (company_id, id)
    deferrable initially immediate,
  check (status <> 'open' or (session is not null and url is not null and expires_at is not null))
);
create index stripe_checkouts_invoice on stripe_checkouts (company_id, invoice_id);
-- One at a time, so that nobody pays an invoice twice.
create unique index stripe_checkouts_one_open on stripe_checkouts (company_id, invoice_id)
  where status in ('asked', 'open', 'complete');
create unique index stripe_checkouts_session on stripe_checkouts (account, session)
  where session is not null;
create index stripe_checkouts_next_check on stripe_checkouts (next_check_at)
  where status in ('asked', 'open', 'complete');

-- Webhooks as they came, once each. The platform's own have no account.
create table stripe_events (
  account text not null default '' check (length(account) <= 255),
  id text not null check (length(id) between 1 and 255),
  type text not null,
  livemode boolean not null,
  -- The bytes that were signed.
  payload text not null,
  -- received: a run will look at it; ignored: nothing of it is ours, and why.
  status text not null check (status in ('received', 'done', 'ignored')),
  reason text,
  received_at timestamptz not null,
  handled_at timestamptz,
  primary key (account, id)
);
create index stripe_events_received on stripe_events (received_at);

create table stripe_payments (
  company_id bigint not null,
  id bigint generated always as identity,
  -- The page it was paid on.
  checkout_id bigint not null,
  account text not null,
  payment_intent text not null,
  charge text,
  -- As Stripe counts it, which may be no currency of ours.
  stripe_amount bigint not null,
  currency text not null,
  -- What Stripe kept of it, in our minor units of its currency. Unknown until the balance says so.
  fee bigint,
  fee_currency text check (fee_currency ~ '^[A-Z]{3}$'),
  -- Null while the money is nowhere in the books, and somebody is told why.
  payment_id bigint,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  unique (account, payment_intent),
  foreign key (company_id, checkout_id) references stripe_checkouts (company_id, id)
    deferrable initially immediate,
  foreign key (company_id, payment_id) references payments (company_id, id)
    deferrable initially immediate,
  check ((fee is null) = (fee_currency is null))
);
create index stripe_payments_checkout on stripe_payments (company_id, checkout_id);
create unique index stripe_payments_payment on stripe_payments (company_id, payment_id)
  where payment_id is not null;

-- Asked for here, or made at Stripe. The row is there before Stripe is asked, and its id is in the key.
create table stripe_refunds (
  company_id bigint not null,
  id bigint generated always as identity,
  stripe_payment_id bigint not null,
  -- Stripe's name; none until it has answered.
  refund text unique,
  -- Our minor units.
  amount bigint not null check (amount > 0),
  -- asked: Stripe may have made it; refused: it never will. The others are Stripe's words.
  status text not null
    check (status in ('asked', 'pending', 'succeeded', 'failed', 'canceled', 'refused')),
  -- In the books, once Stripe has confirmed it.
  payment_refund_id bigint,
  refund_date date,
  reference text check (length(reference) <= 255),
  reason text check (length(reason) <= 2000),
  -- Why it failed, or was refused.
  failure text,
  requested_by bigint references users (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, stripe_payment_id) references stripe_payments (company_id, id)
    deferrable initially immediate,
  foreign key (company_id, payment_refund_id) references payment_refunds (company_id, id)
    deferrable initially immediate,
  check (refund is not null or status in ('asked', 'refused'))
);
create index stripe_refunds_payment on stripe_refunds (company_id, stripe_payment_id);
create unique index stripe_refunds_refund on stripe_refunds (company_id, payment_refund_id)
  where payment_refund_id is not null;

create table stripe_disputes (
  company_id bigint not null,
  id bigint generated always as identity,
  stripe_payment_id bigint not null,
  dispute text not null unique,
  amount bigint not null check (amount > 0),
  -- Stripe's words.
  status text not null,
  reason text,
  evidence_due_at timestamptz,
  -- Whether the invoice is disputed because of it, and not because somebody said so.
  has_marked boolean not null,
  -- The money that was lost, taken back out of the books.
  payment_refund_id bigint,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, stripe_payment_id) references stripe_payments (company_id, id)
    deferrable initially immediate,
  foreign key (company_id, payment_refund_id) references payment_refunds (company_id, id)
    deferrable initially immediate
);
create index stripe_disputes_payment on stripe_disputes (company_id, stripe_payment_id);
create unique index stripe_disputes_refund on stripe_disputes (company_id, payment_refund_id)
  where payment_refund_id is not null;
