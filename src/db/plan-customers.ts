import type { PlanName } from "../billing/plans.ts";
import type { Sql, Tx } from "./client.ts";

/** Somebody who pays, or has paid, for a plan. */
export interface PlanCustomerRow {
  userId: number;
  stripeCustomer: string;
  stripeSubscription: string | null;
  /** Stripe's word; null before the first subscription. */
  status: string | null;
  /** What it entitles to; null when it is over. */
  plan: PlanName | null;
  trialEndsAt: Date | null;
  currentPeriodEnd: Date | null;
}

export async function findPlanCustomer(
  sql: Sql | Tx,
  userId: number,
): Promise<PlanCustomerRow | undefined> {
  const [row] = await sql<PlanCustomerRow[]>`
    select
      user_id, stripe_customer, stripe_subscription, status, plan, trial_ends_at, current_period_end
    from plan_customers
    where user_id = ${userId}
  `;
  return row;
}

/** Who a customer at Stripe is. */
export async function findPlanCustomerByName(
  sql: Sql | Tx,
  stripeCustomer: string,
): Promise<{ userId: number } | undefined> {
  const [row] = await sql<{ userId: number }[]>`
    select user_id from plan_customers where stripe_customer = ${stripeCustomer}
  `;
  return row;
}

/** Keeps who the user is at Stripe; of two requests at once the first counts. Returns what is kept. */
export async function keepPlanCustomer(
  sql: Sql,
  { userId, stripeCustomer, now }: { userId: number; stripeCustomer: string; now: Date },
): Promise<string> {
  const [row] = await sql<{ stripeCustomer: string }[]>`
    insert into plan_customers (user_id, stripe_customer, created_at, updated_at)
    values (${userId}, ${stripeCustomer}, ${now}, ${now})
    on conflict (user_id) do update set stripe_customer = plan_customers.stripe_customer
    returning stripe_customer
  `;
  return row?.stripeCustomer ?? stripeCustomer;
}

/** As `findPlanCustomer`; nobody else changes it until the transaction ends. */
export async function lockPlanCustomer(
  tx: Tx,
  userId: number,
): Promise<PlanCustomerRow | undefined> {
  await tx`select from plan_customers where user_id = ${userId} for update`;
  return await findPlanCustomer(tx, userId);
}

/** Keeps what Stripe said about the subscription. */
export async function updatePlanCustomer(
  tx: Tx,
  {
    userId,
    stripeSubscription,
    status,
    plan,
    trialEndsAt,
    currentPeriodEnd,
    now,
  }: Omit<PlanCustomerRow, "stripeCustomer"> & { now: Date },
): Promise<void> {
  await tx`
    update plan_customers
    set
      stripe_subscription = ${stripeSubscription}, status = ${status}, plan = ${plan},
      trial_ends_at = ${trialEndsAt}, current_period_end = ${currentPeriodEnd},
      updated_at = ${now}
    where user_id = ${userId}
  `;
}

/** Puts the companies a user owns on a plan. Returns those that were on another one. */
export async function setPlanOfOwned(
  tx: Tx,
  { userId, plan, now }: { userId: number; plan: PlanName; now: Date },
): Promise<{ id: number; planBefore: PlanName }[]> {
  return await tx<{ id: number; planBefore: PlanName }[]>`
    with owned as (
      select companies.id, companies.plan
      from companies
      join company_members on company_members.company_id = companies.id
      where company_members.user_id = ${userId} and company_members.role = 'owner'
        and companies.deleted_at is null and companies.plan <> ${plan}
      order by companies.id
      for no key update of companies
    )
    update companies
    set plan = ${plan}, updated_at = ${now}
    from owned
    where companies.id = owned.id
    returning companies.id, owned.plan as plan_before
  `;
}
