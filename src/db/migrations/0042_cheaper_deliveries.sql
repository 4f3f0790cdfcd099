-- What each message of a webhook costs, of which there are thousands a second: one key serves both who knows a
-- message and who lists an endpoint's. Migration 0043 puts it in its place.
create unique index webhook_deliveries_key on webhook_deliveries (company_id, endpoint_id, id);
