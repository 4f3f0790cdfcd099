-- Whether somebody stands for worked time or for an invoice: what was decided last, by whom and why. A
-- change to the record takes the decision back; the whole story is in its events.
alter table time_entries
  add column approval text not null default 'pending'
    check (approval in ('pending', 'approved', 'rejected')),
  add column approval_at timestamptz,
  add column approval_by bigint references users (id),
  add column approval_reason text check (length(approval_reason) between 1 and 1000),
  add constraint time_entries_approval_is_whole check (
    (approval = 'pending') = (approval_at is null)
    and (approval = 'pending') = (approval_by is null)
    and (approval = 'rejected') = (approval_reason is not null)
  );

alter table invoices
  add column approval text not null default 'pending'
    check (approval in ('pending', 'approved', 'rejected')),
  add column approval_at timestamptz,
  add column approval_by bigint references users (id),
  add column approval_reason text check (length(approval_reason) between 1 and 1000),
  add constraint invoices_approval_is_whole check (
    (approval = 'pending') = (approval_at is null)
    and (approval = 'pending') = (approval_by is null)
    and (approval = 'rejected') = (approval_reason is not null)
  );
