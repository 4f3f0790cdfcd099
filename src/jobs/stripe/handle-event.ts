import { z } from "zod";
import { settleStripeEvent } from "../../db/stripe-events.ts";
import type { StripeConnector } from "../../connectors/stripe/contract.ts";
import { defineJob, done, skipped, type JobContext } from "../define-job.ts";
import { refreshAccount } from "./account.ts";
import { syncPage, syncPayment } from "./sync.ts";

const payload = z.object({
  /** Whose connection is used; none for the platform's own events. */
  companyId: z.int().optional(),
  account: z.string(),
  eventId: z.string(),
  subject: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("page"), id: z.string() }),
    z.object({ kind: z.literal("payment"), id: z.string() }),
    z.object({ kind: z.literal("account") }),
    z.object({ kind: z.literal("customer"), id: z.string() }),
  ]),
});

/**
 * Something has happened at Stripe: looks at what it is about, as it is now. So neither the order in
 * which events come nor how often makes a difference (case I7).
 */
export const handleStripeEvent = defineJob({
  name: "stripe.handle-event",
  provider: "stripe",
  queue: "default",
  payload,
  // Two days, most of it in the end: Stripe may be down over a weekend.
  retry: { attempts: 18, delayMsFirst: 5_000, delayMsMax: 6 * 3_600_000 },
  timeoutMs: 90_000,
  idempotencyKey: ({ account, eventId }) => `${account}/${eventId}`,

  async run(ctx, event) {
    const { stripe } = ctx.connectors;
    if (stripe === undefined) return skipped("Stripe is not set up here");
    const result = await lookAt(ctx, stripe, event);
    const key = { account: event.account, id: event.eventId };
    await settleStripeEvent(ctx.sql, key, {
      status: "done",
      reason: result,
      now: ctx.clock.now(),
    });
    return done({ result });
  },
});

async function lookAt(
  ctx: JobContext,
  stripe: StripeConnector,
  { companyId, account, subject }: z.output<typeof payload>,
): Promise<string> {
  if (companyId === undefined) return "nobody's";
  const place = { companyId, account };
  switch (subject.kind) {
    case "page":
      return await syncPage(ctx, stripe, place, subject.id);
    case "payment":
      return await syncPayment(ctx, stripe, place, subject.id);
    case "account":
      await refreshAccount(ctx, stripe, companyId);
      return "the account was looked at";
    case "customer":
      return "nobody's";
  }
}
