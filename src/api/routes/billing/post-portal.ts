import { z } from "zod";
import { findPlanCustomer } from "../../../db/plan-customers.ts";
import { defineRoute } from "../../define-route.ts";
import { billingHome, getStripe, stripeSignal } from "./stripe.ts";

/** POST /billing/portal — a page at Stripe where the user manages the subscription. */
export const postBillingPortalRoute = defineRoute({
  method: "post",
  path: "/billing/portal",
  summary: "Get the billing portal's address",
  description: "Good for minutes. null for somebody who has never been at the checkout.",
  tag: "Plans",
  access: "session",
  answers: { 200: z.object({ data: z.object({ portal_url: z.url().nullable() }) }) },
  failures: [502, 503],
  isTransactional: false,

  async run({ services, sql, user, requestId }) {
    const customer = await findPlanCustomer(sql, user.id);
    const url =
      customer === undefined
        ? null
        : await getStripe(services).openPortalPage(
            {
              customerId: customer.stripeCustomer,
              returnUrl: billingHome(services),
              requestId,
            },
            stripeSignal(),
          );
    return { status: 200, body: { data: { portal_url: url } } };
  },
});
