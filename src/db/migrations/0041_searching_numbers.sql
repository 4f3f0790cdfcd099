-- So that a search in all numbers stays quick at a million invoices. docs/explain-plans.md has the plans.
--
-- Numbers are given one after the other, so this index grows at its end and stays in order on disk, as those
-- that begin with a state do not: reading all of it takes half their time. With what a search has to add up,
-- and by the codes of characters, so that numbers that begin alike are a range of it.
create unique index invoices_number_key_new
  on invoices (company_id, invoice_number collate "C")
  include (id, client_id, status, is_archived, currency, total, amount_paid, deleted_at);
create unique index quotes_number_key_new on quotes (company_id, quote_number collate "C");

-- Only for the order of a list.
create index invoices_by_number_new
  on invoices (company_id, is_archived, status, invoice_number collate "C", id)
  where deleted_at is null;
