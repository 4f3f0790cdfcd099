-- So that reports stay quick over all of the books at a million invoices. docs/explain-plans.md has the plans.

-- What each tax of an invoice comes to is added up in the order of this index, and read off it alone: lines
-- without a tax are not in it, and few are in the other.
create index invoice_lines_first_tax
  on invoice_lines (company_id, invoice_id, tax_name_1, tax_rate_1)
  include (amount, discount_amount, tax_amount_1)
  where tax_rate_1 is not null;
create index invoice_lines_second_tax_new
  on invoice_lines (company_id, invoice_id, tax_name_2, tax_rate_2)
  include (amount, discount_amount, tax_amount_2)
  where tax_rate_2 is not null;

-- With the day, so that the last payment of every invoice is read off it alone.
create index payments_invoice_new on payments (company_id, invoice_id) include (payment_date);

-- Who works for whom, and on what, is not left to chance: without knowing how few combinations there are,
-- PostgreSQL takes adding them up for too much to be shared among processes.
create statistics time_entries_groups (ndistinct)
  on user_id, client_id, project_id, service_id, task_id
  from time_entries;
analyze time_entries;
