-- How an invoice's taxes were rounded when it was written: a company that changes its way of rounding
-- changes no invoice that is out.
alter table invoices
  add column tax_rounding text not null default 'per_line'
    check (tax_rounding in ('per_line', 'per_invoice'));

update invoices
set tax_rounding = 'per_invoice'
from companies
where companies.id = invoices.company_id and companies.tax_rounding = 'per_invoice';
