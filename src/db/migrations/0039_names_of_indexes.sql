-- The indexes of 0038 take the places of those they replace. By itself, for dropping an index stops readers of
-- its table too, which should not last as long as building another takes.
drop index invoice_lines_second_tax;
alter index invoice_lines_second_tax_new rename to invoice_lines_second_tax;
drop index payments_invoice;
alter index payments_invoice_new rename to payments_invoice;
