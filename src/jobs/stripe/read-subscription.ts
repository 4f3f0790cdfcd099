import { z } from "zod";
import { keepSubscription } from "../../actions/keep-subscription.ts";
import { findPlanCustomerByName } from "../../db/plan-customers.ts";
import { settleStripeEvent } from "../../db/stripe-events.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done } from "../define-job.ts";
import { EVENT_RETRY, whenStripe } from "./account.ts";

/**
 * Something has happened to what somebody pays for a plan: asks Stripe for all subscriptions of the
 * customer, as they are now, and puts the companies they own on the plan that follows.
 */
export const readSubscriptionJob = defineJob({
  name: "stripe.read-subscription",
  queue: "default",
  payload: z.object({ customer: z.string(), eventId: z.string() }),
  retry: EVENT_RETRY,
  timeoutMs: 60_000,
  idempotencyKey: ({ eventId }) => eventId,

  run: whenStripe(async (ctx, stripe, { customer, eventId }) => {
    const known = await findPlanCustomerByName(ctx.sql, customer);
    let plan: string | null = null;
    if (known !== undefined) {
      const subscriptions = await stripe.listSubscriptions(customer, ctx.signal);
      ctx.signal.throwIfAborted();
      const kept = await inTransaction(ctx.sql, (tx) =>
        keepSubscription(tx, {
          userId: known.userId,
          subscriptions,
          planDefault: stripe.planDefault,
          requestId: ctx.run.id,
          now: ctx.clock.now(),
        }),
      );
      plan = kept.plan;
    }
    const reason = known === undefined ? "nobody we know" : `plan ${plan ?? "none"}`;
    const key = { account: "", id: eventId };
    await settleStripeEvent(ctx.sql, key, { status: "done", reason, now: ctx.clock.now() });
    return done({ result: reason });
  }),
});
