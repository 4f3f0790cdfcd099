import { z } from "zod";
import { isEntitling } from "../../../actions/keep-subscription.ts";
import { keepPlanCustomer } from "../../../db/plan-customers.ts";
import { InvalidInput } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { billingHome, readSubscription, stripeSignal } from "./stripe.ts";

const checkoutBody = z.strictObject({
  plan: z.string().min(1).max(40),
  price_id: z
    .string()
    .max(255)
    .regex(/^price_/, "Must start with price_."),
});

/** POST /billing/checkout — a page at Stripe where the user subscribes to a plan. */
export const postBillingCheckoutRoute = defineRoute({
  method: "post",
  path: "/billing/checkout",
  summary: "Create a Stripe Checkout session",
  description:
    "Answers the page's address; one that is still open for the same price is answered again. 422 for a " +
    "plan that is not sold here, a price that is none of its own, and for who has subscribed already: " +
    "plans are changed in the billing portal. The plan counts from GET /billing/subscription after paying.",
  tag: "Plans",
  access: "session",
  body: checkoutBody,
  answers: {
    200: z.object({ data: z.object({ checkout_url: z.url(), plan: z.string() }) }),
  },
  failures: [502, 503],
  isTransactional: false,

  async run(context, { body: { plan, price_id: priceId } }) {
    const { services, sql, clock, user } = context;
    const { stripe } = services.connectors;
    if (stripe === undefined || !stripe.sells(plan)) {
      throw new InvalidInput({ plan: ["Plan not configured."] }, { code: "plan_not_configured" });
    }
    const signal = stripeSignal();
    const prices = await stripe.listPrices(signal);
    if (!prices.get(plan)?.some(({ id }) => id === priceId)) {
      throw new InvalidInput({ price_id: ["Is no price of this plan."] });
    }
    const known = await readSubscription(context, stripe, signal);
    if (known !== undefined && isEntitling(known.status)) {
      throw new InvalidInput(
        { plan: ["You have subscribed already. Change your plan in the billing portal."] },
        { code: "already_subscribed" },
      );
    }
    const customerId =
      known?.stripeCustomer ??
      (await keepPlanCustomer(sql, {
        userId: user.id,
        stripeCustomer: await stripe.ensureCustomer(user, signal),
        now: clock.now(),
      }));
    const home = billingHome(services);
    const page = await stripe.openSubscriptionPage(
      {
        customerId,
        priceId,
        successUrl: `${home}?checkout=success`,
        cancelUrl: `${home}?checkout=cancelled`,
      },
      signal,
    );
    return { status: 200, body: { data: { checkout_url: page.url, plan } } };
  },
});
