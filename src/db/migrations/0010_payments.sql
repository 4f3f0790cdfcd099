-- Money that goes back to a client, what was told of money that came in, and why an invoice costs
-- more or less than its lines: refunds, receipts, mails sent again, several adjustments.

-- Kept beside the refunds, so that the database itself refuses to give back more than came in.
alter table payments
  add column amount_refunded bigint not null default 0,
  add constraint payments_never_over_refunded check (amount_refunded between 0 and amount);
create index payments_date on payments (company_id, payment_date, id);

-- The credit a voided invoice left: its payments are in there, and are given back out of it. Until now
-- only the words of its reason said so.
alter table credits
  add column voided_invoice_id bigint,
  add foreign key (company_id, voided_invoice_id) references invoices (company_id, id)
    deferrable initially immediate;
update credits
set voided_invoice_id = invoices.id
from invoices
where invoices.company_id = credits.company_id
  and invoices.client_id = credits.client_id
  and invoices.voided_at = credits.created_at
  and credits.payment_id is null
  and credits.reason = 'Payments of voided invoice ' || invoices.invoice_number;
-- A payment, and a voiding, leave one credit each.
create unique index credits_payment_key on credits (company_id, payment_id)
  where payment_id is not null;
create unique index credits_voided_invoice_key on credits (company_id, voided_invoice_id)
  where voided_invoice_id is not null;

create table payment_refunds (
  company_id bigint not null,
  id bigint generated always as identity,
  payment_id bigint not null,
  amount bigint not null check (amount > 0),
  -- Of it, what came out of the credit a too large payment had left; the rest had paid the invoice.
  credit_amount bigint not null default 0,
  -- Where the rest was, when the invoice had been voided by then.
  voided_credit_id bigint,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  refund_date date not null,
  reference text check (length(reference) <= 255),
  reason text check (length(reason) <= 2000),
  refunded_by bigint references users (id),
  created_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, payment_id) references payments (company_id, id)
    deferrable initially immediate,
  foreign key (company_id, voided_credit_id) references credits (company_id, id)
    deferrable initially immediate,
  check (credit_amount between 0 and amount)
);
create index payment_refunds_payment on payment_refunds (company_id, payment_id);
create index payment_refunds_voided_credit on payment_refunds (company_id, voided_credit_id)
  where voided_credit_id is not null;
create index payment_refunds_date on payment_refunds (company_id, refund_date, id);

-- A receipt is a mail about an invoice and one payment of it; a mail may be another one sent again.
alter table deliveries
  add column payment_id bigint,
  add column resend_of_id bigint,
  drop constraint deliveries_kind_check,
  add constraint deliveries_kind_check
    check (kind in ('invoice', 'reminder', 'quote', 'statement', 'invitation', 'receipt')),
  add foreign key (company_id, payment_id) references payments (company_id, id)
    deferrable initially immediate,
  add foreign key (company_id, resend_of_id) references deliveries (company_id, id)
    deferrable initially immediate,
  -- The payment of a receipt may be taken back, and the receipt stays.
  add constraint deliveries_receipt_of_payment
    check (payment_id is null or (kind = 'receipt' and invoice_id is not null));
create index deliveries_resend_of on deliveries (company_id, resend_of_id)
  where resend_of_id is not null;
create index deliveries_payment on deliveries (company_id, payment_id) where payment_id is not null;

-- What is added to or taken off an invoice beside its lines. invoices.adjustment_amount is their sum,
-- which is part of the total and of its check.
create table invoice_adjustments (
  company_id bigint not null,
  id bigint generated always as identity,
  invoice_id bigint not null,
  description text check (length(description) between 1 and 255),
  amount bigint not null check (amount <> 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, invoice_id) references invoices (company_id, id)
    deferrable initially immediate,
  -- A reduction says what it is for.
  check (amount > 0 or description is not null)
);
create index invoice_adjustments_invoice on invoice_adjustments (company_id, invoice_id);
insert into invoice_adjustments (
  company_id, invoice_id, description, amount, created_at, updated_at
)
select
  company_id, id,
  coalesce(
    nullif(left(adjustment_description, 255), ''),
    case when adjustment_amount < 0 then 'Adjustment' end
  ),
  adjustment_amount, created_at, updated_at
from invoices
where adjustment_amount <> 0;

-- Files that belong to an invoice: what was ordered, delivered or agreed. The content is in the file
-- storage; no file changes once it is there.
create table invoice_artifacts (
  company_id bigint not null,
  id bigint generated always as identity,
  invoice_id bigint not null,
  -- As people call it, without an ending.
  name text check (length(name) between 1 and 255),
  -- What it is, by its content: the ending of its key, too.
  kind text not null check (kind in ('jpg', 'png', 'gif', 'webp', 'pdf')),
  bytes bigint not null check (bytes > 0),
  -- Hex.
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  storage_key text not null check (length(storage_key) between 1 and 512),
  uploaded_by bigint references users (id),
  created_at timestamptz not null,
  primary key (company_id, id),
  unique (company_id, storage_key),
  foreign key (company_id, invoice_id) references invoices (company_id, id)
    deferrable initially immediate
);
create index invoice_artifacts_invoice on invoice_artifacts (company_id, invoice_id);
