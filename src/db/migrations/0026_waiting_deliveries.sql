-- Mails that wait, or are on the line: looked through each minute for those whose run has ended, and few
-- among all that were ever sent.
create index deliveries_waiting on deliveries (company_id, id)
  where status in ('queued', 'sending');
