import { z } from "zod";
import { planNames } from "../../../billing/plans.ts";
import type { Sql } from "../../../db/client.ts";
import { findPlanCustomer, type PlanCustomerRow } from "../../../db/plan-customers.ts";
import { Failure } from "../../../errors.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import type { SignedInContext } from "../../context.ts";
import { defineRoute } from "../../define-route.ts";
import { getAccountPlan } from "./account.ts";
import { readSubscription, stripeSignal } from "./stripe.ts";

const subscriptionJson = z
  .object({
    plan: z.enum(planNames),
    status: z.string(),
    trial_ends_at: instantJson.nullable(),
    current_period_end: instantJson.nullable(),
  })
  .meta({ id: "Subscription" });

/** GET /billing/subscription — without one, the plan never ends. */
export const getSubscriptionRoute = defineRoute({
  method: "get",
  path: "/billing/subscription",
  summary: "Get current subscription",
  description:
    "The plan of the companies you own; before the first one, the plan it would get. Where you have " +
    "subscribed, Stripe is asked how that stands, and your companies follow; what was known last when " +
    "Stripe cannot be reached.",
  tag: "Plans",
  access: "session",
  answers: { 200: z.object({ data: subscriptionJson }) },

  async run(context) {
    const { sql, services, user } = context;
    const subscription = await refreshed(context);
    const plan = await getAccountPlan(sql, services, user.id);
    const data: z.input<typeof subscriptionJson> = {
      plan,
      status: subscription?.status ?? "active",
      trial_ends_at: presentInstant(subscription?.trialEndsAt ?? null),
      current_period_end: presentInstant(subscription?.currentPeriodEnd ?? null),
    };
    return { status: 200, body: { data } };
  },
});

async function refreshed(
  context: SignedInContext & { sql: Sql },
): Promise<PlanCustomerRow | undefined> {
  const { sql, services, user, log } = context;
  const { stripe } = services.connectors;
  try {
    if (stripe !== undefined) return await readSubscription(context, stripe, stripeSignal());
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    log.warn({ err: error }, "the subscription could not be asked for");
  }
  return await findPlanCustomer(sql, user.id);
}
