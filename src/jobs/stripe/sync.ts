import { keepStripePayment, type KeptPayment } from "../../actions/keep-stripe-payment.ts";
import type { StripeConnector } from "../../connectors/stripe/contract.ts";
import { isMissing } from "../../connectors/stripe/refusals.ts";
import { endCheckout, findCheckoutOfSession } from "../../db/stripe-checkouts.ts";
import { inTransaction } from "../../db/transaction.ts";
import type { JobContext } from "../define-job.ts";
import { OTHER_ACCOUNT, withAccount, type AccountKey } from "./account.ts";

/** What was found, and done about it. */
export type Synced = KeptPayment | typeof OTHER_ACCOUNT | "unknown to Stripe";

/** Looks at a payment as it is now, and brings the books up to it. */
export async function syncPayment(
  ctx: JobContext,
  stripe: StripeConnector,
  key: AccountKey,
  paymentIntent: string,
): Promise<Synced> {
  const { account } = key;
  const told = await withAccount(ctx, key, async () => {
    try {
      return await stripe.payments.readPayment(account, paymentIntent, ctx.signal);
    } catch (error) {
      if (isMissing(error)) return "unknown to Stripe";
      throw error;
    }
  });
  if (told === undefined) return OTHER_ACCOUNT;
  if (told === "unknown to Stripe") return told;
  ctx.signal.throwIfAborted();
  const now = ctx.clock.now();
  return await inTransaction(ctx.sql, (tx) => keepStripePayment(tx, account, told, now));
}

/** The same for a page, and for the payment made on it. */
export async function syncPage(
  ctx: JobContext,
  stripe: StripeConnector,
  key: AccountKey,
  session: string,
): Promise<Synced | "the page is open" | "the page is over"> {
  const { account } = key;
  const page = await withAccount(ctx, key, () =>
    stripe.payments.readPage(account, session, ctx.signal),
  );
  if (page === undefined) return OTHER_ACCOUNT;
  if (page.status === "open") return "the page is open";
  const checkout = await findCheckoutOfSession(ctx.sql, { account, session });
  const status = page.status === "complete" ? "complete" : "over";
  if (checkout !== undefined) {
    await endCheckout(ctx.sql, checkout, { status, now: ctx.clock.now() });
  }
  if (status === "over" || page.paymentIntent === null) return "the page is over";
  return await syncPayment(ctx, stripe, key, page.paymentIntent);
}
