-- What revenue intelligence and analytics read: docs/revenue-intelligence.md.

-- How often a project's budget begins anew, which makes it a retainer; null: it is for all of the project.
alter table projects
  add column budget_period text
    check (budget_period in ('weekly', 'monthly', 'quarterly', 'yearly'));

-- With all that sums of worked time are made of, so that they are read off the indexes alone: by
-- project, by invoice, and what is on no invoice apart.
create index time_entries_on_no_invoice on time_entries (company_id, date, id)
  include (client_id, project_id, duration, hourly_rate, is_billable, is_billed)
  where invoice_id is null and deleted_at is null and not is_running;
drop index time_entries_project;
create index time_entries_project on time_entries (company_id, project_id, date, id)
  include (duration, hourly_rate, is_billable, is_running, deleted_at);
drop index time_entries_invoice;
create index time_entries_invoice on time_entries (company_id, invoice_id)
  include (id, date, client_id, project_id, duration, hourly_rate)
  where invoice_id is not null;
create index invoice_lines_of_time on invoice_lines (company_id, invoice_id)
  include (time_entry_id, amount, discount_amount)
  where time_entry_id is not null;
