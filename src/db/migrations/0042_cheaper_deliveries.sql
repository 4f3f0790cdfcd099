-- What each message of a webhook costs, of which there are thousands a second: the reference to the endpoint
-- says whose it is already, whoever looks for what waits reads all of it at once, and one key serves both who
-- knows a message and who lists an endpoint's.
alter table webhook_deliveries
  drop constraint webhook_deliveries_company_id_fkey,
  drop constraint webhook_deliveries_pkey,
  add primary key (company_id, endpoint_id, id);
drop index webhook_deliveries_listed;
drop index webhook_deliveries_order;
