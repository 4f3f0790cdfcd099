import { z } from "zod";
import { planNames } from "../../../billing/plans.ts";
import { defineRoute } from "../../define-route.ts";
import { minorJson } from "../../units.ts";
import { stripeSignal } from "./stripe.ts";

const priceJson = z
  .object({
    price_id: z.string(),
    amount: minorJson,
    currency: z.string(),
    interval: z.string(),
    interval_count: z.int(),
  })
  .meta({ id: "PlanPrice" });

/** GET /billing/prices — of the plans that are sold here. */
export const getPricesRoute = defineRoute({
  method: "get",
  path: "/billing/prices",
  summary: "List prices of all plans",
  description:
    "Active recurring prices at Stripe by plan, remembered for an hour. A plan that is not sold here " +
    "has no key. 502 when Stripe does not answer within ten seconds.",
  tag: "Plans",
  access: "session",
  answers: {
    200: z.object({ data: z.partialRecord(z.enum(planNames), z.array(priceJson)) }),
  },
  failures: [502, 503],

  async run({ services }) {
    const prices = await services.connectors.stripe?.listPrices(stripeSignal());
    const data = Object.fromEntries(
      [...(prices ?? [])].map(([plan, each]) => [
        plan,
        each.map(({ id, amount, currency, interval, intervalCount }) => ({
          price_id: id,
          amount,
          currency,
          interval,
          interval_count: intervalCount,
        })),
      ]),
    );
    return { status: 200, body: { data } };
  },
});
