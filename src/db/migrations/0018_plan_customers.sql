-- Who pays for a plan, and what they have subscribed to, as Stripe said last.
create table plan_customers (
  user_id bigint primary key references users (id),
  stripe_customer text not null unique check (length(stripe_customer) between 1 and 255),
  -- Of the subscription that counts: the best one that is paid for, else the newest.
  stripe_subscription text,
  -- Stripe's word.
  status text,
  -- What it entitles to; null when it is over, or for no plan.
  plan text check (plan in ('free', 'starter', 'pro', 'enterprise')),
  trial_ends_at timestamptz,
  current_period_end timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((stripe_subscription is null) = (status is null))
);
