-- Which mails about a company's operation one of its people wants: the row of who has not said anything is not
-- there, and all of them go out. Mails to clients and those that let somebody in are no preferences.
create table notification_preferences (
  company_id bigint not null references companies (id),
  user_id bigint not null references users (id),
  webhook_disabled boolean not null,
  slack_channel_disabled boolean not null,
  updated_at timestamptz not null,
  primary key (company_id, user_id)
);
