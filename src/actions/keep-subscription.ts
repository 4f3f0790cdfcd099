import { bestPlan, type PlanName } from "../billing/plans.ts";
import { recordAudit } from "../db/audit.ts";
import type { Tx } from "../db/client.ts";
import {
  lockPlanCustomer,
  setPlanOfOwned,
  updatePlanCustomer,
  type PlanCustomerRow,
} from "../db/plan-customers.ts";
import { NotFound } from "../errors.ts";

/** Those of Stripe's words that entitle to the plan; past_due is being collected. */
const entitling = new Set(["trialing", "active", "past_due"]);

/** A subscription as Stripe tells of it. */
export interface ToldSubscription {
  id: string;
  status: string;
  plan: PlanName | null;
  trialEndsAt: Date | null;
  currentPeriodEnd: Date | null;
}

/**
 * Keeps what Stripe says somebody has subscribed to, however often and late it is told. A subscription
 * that begins, changes or ends changes the plan of the companies they own; afterwards a plan that somebody
 * set by hand stays.
 *
 * @param subscriptions all of the customer's, the newest first
 * @param planDefault what remains when none is paid for
 */
export async function keepSubscription(
  tx: Tx,
  {
    userId,
    subscriptions,
    planDefault,
    requestId,
    now,
  }: {
    userId: number;
    subscriptions: readonly ToldSubscription[];
    planDefault: PlanName;
    requestId: string;
    now: Date;
  },
): Promise<PlanCustomerRow> {
  const before = await lockPlanCustomer(tx, userId);
  if (before === undefined) throw new NotFound("Customer");
  const told = choose(subscriptions);
  if (told === undefined) return before;
  const plan = isEntitling(told.status) ? told.plan : null;
  const after: PlanCustomerRow = {
    userId,
    stripeCustomer: before.stripeCustomer,
    stripeSubscription: told.id,
    status: told.status,
    plan,
    trialEndsAt: told.trialEndsAt,
    currentPeriodEnd: told.currentPeriodEnd,
  };
  await updatePlanCustomer(tx, { ...after, now });
  if (plan === before.plan) return after;
  const planNow = plan ?? planDefault;
  for (const { id, planBefore } of await setPlanOfOwned(tx, { userId, plan: planNow, now })) {
    await recordAudit(tx, {
      companyId: id,
      userId,
      action: "company.plan-changed",
      subjectType: "company",
      subjectId: id,
      details: { from: planBefore, to: planNow, subscription: told.id, status: told.status },
      requestId,
    });
  }
  return after;
}

/** Whether a subscription in this state is one that its plan may be used with. */
export function isEntitling(status: string | null): boolean {
  return status !== null && entitling.has(status);
}

/** The best of those that entitle to a plan, else the newest. */
function choose(subscriptions: readonly ToldSubscription[]): ToldSubscription | undefined {
  const current = subscriptions.filter(({ status }) => isEntitling(status));
  const best = bestPlan(current.flatMap(({ plan }) => (plan === null ? [] : [plan])));
  return current.find(({ plan }) => plan === best) ?? current[0] ?? subscriptions[0];
}
