-- So that a search in all numbers for a digit or two stays quick at a million invoices: nothing leads to what
-- it finds, and all has to be looked at. docs/explain-plans.md has the plans.
--
-- New invoices come at its company's end, so that it stays packed and in order on disk, as those that begin
-- with a state do not: reading all of it takes two thirds of their time. With what a search looks at and adds up.
create index invoices_all on invoices (company_id, id)
  include (invoice_number, client_id, status, is_archived, currency, total, amount_paid)
  where deleted_at is null;
