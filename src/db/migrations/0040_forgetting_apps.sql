-- What an app was permitted is deleted a year after its end, unless the audit log names it: looked up, and
-- checked by the foreign key, without reading the log. Few entries name a token.
create index audit_log_token on audit_log (company_id, api_token_id) where api_token_id is not null;
