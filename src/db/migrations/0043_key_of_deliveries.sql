-- The index of 0042 becomes the primary key, and what nobody needs beside it goes: the reference to the endpoint
-- says whose a message is already, and whoever looks for what waits reads all of it at once. By itself, for
-- this stops readers too, of companies as well, which should not last as long as building the index takes.
alter table webhook_deliveries
  drop constraint webhook_deliveries_company_id_fkey,
  drop constraint webhook_deliveries_pkey,
  add constraint webhook_deliveries_pkey primary key using index webhook_deliveries_key;
drop index webhook_deliveries_listed;
drop index webhook_deliveries_order;
