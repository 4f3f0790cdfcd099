import { z } from "zod";
import { planNames } from "../../../billing/plans.ts";
import { instantJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { getAccountPlan } from "./account.ts";

const subscriptionJson = z
  .object({
    plan: z.enum(planNames),
    status: z.string(),
    trial_ends_at: instantJson.nullable(),
    current_period_end: instantJson.nullable(),
  })
  .meta({ id: "Subscription" });

/** GET /billing/subscription — nobody is charged for a plan here, so it never ends. */
export const getSubscriptionRoute = defineRoute({
  method: "get",
  path: "/billing/subscription",
  summary: "Get current subscription",
  description: "The plan of the companies you own; before the first one, the plan it would get.",
  tag: "Plans",
  access: "session",
  answers: { 200: z.object({ data: subscriptionJson }) },

  async run({ sql, services, user }) {
    const plan = await getAccountPlan(sql, services, user.id);
    const data: z.input<typeof subscriptionJson> = {
      plan,
      status: "active",
      trial_ends_at: null,
      current_period_end: null,
    };
    return { status: 200, body: { data } };
  },
});
