-- The indexes of 0041 take the places of those they replace, by itself as in 0039.
drop index invoices_number_key;
alter index invoices_number_key_new rename to invoices_number_key;
drop index quotes_number_key;
alter index quotes_number_key_new rename to quotes_number_key;
drop index invoices_by_number;
alter index invoices_by_number_new rename to invoices_by_number;
