import { z } from "zod";
import { tellOfUnreadPayment } from "../../actions/unread-stripe-payment.ts";
import { settleStripeEvent } from "../../db/stripe-events.ts";
import { inTransaction } from "../../db/transaction.ts";
import type { StripeConnector } from "../../connectors/stripe/contract.ts";
import { defineJob, done, skipped, type JobContext, type Outcome } from "../define-job.ts";
import { EVENT_RETRY, OTHER_ACCOUNT, refreshAccount, whenStripe } from "./account.ts";
import { syncPage, syncPayment } from "./sync.ts";

const payload = z.object({
  /** Whose connection is used. */
  companyId: z.int(),
  account: z.string(),
  eventId: z.string(),
  /** What it is about, and Stripe's name of that: see `subjectOf`. */
  kind: z.enum(["page", "payment", "account"]),
  subject: z.string(),
  /** Where somebody has paid, when it says that. */
  paidPage: z.object({ checkoutId: z.int(), invoiceUuid: z.uuid() }).optional(),
});

/**
 * Something has happened in a connected account: looks at what it is about, as it is now. So neither the order in
 * which events come nor how often makes a difference (case I7).
 */
export const handleStripeEvent = defineJob({
  name: "stripe.handle-event",
  provider: "stripe",
  queue: "default",
  payload,
  retry: EVENT_RETRY,
  timeoutMs: 90_000,
  idempotencyKey: ({ companyId, account, eventId }) => `${companyId}/${account}/${eventId}`,

  run: whenStripe(async (ctx, stripe, event) => {
    const result = await lookAt(ctx, stripe, event);
    if (result === OTHER_ACCOUNT) return await leaveUnread(ctx, event, result);
    const key = { account: event.account, id: event.eventId };
    await settleStripeEvent(ctx.sql, key, {
      status: "done",
      reason: result,
      now: ctx.clock.now(),
    });
    return done({ result });
  }),

  whenNotConnected: async (ctx, event) => await leaveUnread(ctx, event, "Stripe is not connected"),
});

/** It was told of in time, and the account was disconnected before we looked. */
async function leaveUnread(
  ctx: JobContext,
  { account, eventId, paidPage }: z.output<typeof payload>,
  reason: string,
): Promise<Outcome> {
  await inTransaction(ctx.sql, async (tx) => {
    const ended = { status: "ignored", reason, now: ctx.clock.now() } as const;
    await settleStripeEvent(tx, { account, id: eventId }, ended);
    await tellOfUnreadPayment(tx, { account, paidPage: paidPage ?? null });
  });
  return skipped(reason);
}

async function lookAt(
  ctx: JobContext,
  stripe: StripeConnector,
  { companyId, account, kind, subject }: z.output<typeof payload>,
): Promise<string> {
  const place = { companyId, account };
  switch (kind) {
    case "page":
      return await syncPage(ctx, stripe, place, subject);
    case "payment":
      return await syncPayment(ctx, stripe, place, subject);
    case "account":
      await refreshAccount(ctx, stripe, companyId);
      return "the account was looked at";
  }
}
