import { keepStripePayment, type KeptPayment } from "../../actions/keep-stripe-payment.ts";
import { withConnection } from "../../actions/use-connection.ts";
import type { StripeConnector } from "../../connectors/stripe/contract.ts";
import { endCheckout, findCheckoutOfSession } from "../../db/stripe-checkouts.ts";
import { inTransaction } from "../../db/transaction.ts";
import { ProviderRejected } from "../../errors.ts";
import type { JobContext } from "../define-job.ts";
import { askAccount } from "./account.ts";

/** Whose connection is used, and for which account: the company may be connected to another one by now. */
export interface SyncPlace {
  companyId: number;
  account: string;
}

/** What was found, and done about it. */
export type Synced = KeptPayment | "another account is connected" | "unknown to Stripe";

/** Looks at a payment as it is now, and brings the books up to it. */
export async function syncPayment(
  ctx: JobContext,
  stripe: StripeConnector,
  { companyId, account }: SyncPlace,
  paymentIntent: string,
): Promise<Synced> {
  return await withConnection(ctx, { companyId, provider: "stripe" }, async (connection) => {
    if (connection.externalId !== account) return "another account is connected";
    try {
      const told = await askAccount(ctx, connection, () =>
        stripe.payments.readPayment(account, paymentIntent, ctx.signal),
      );
      ctx.signal.throwIfAborted();
      const now = ctx.clock.now();
      return await inTransaction(ctx.sql, (tx) => keepStripePayment(tx, account, told, now));
    } catch (error) {
      if (isMissing(error)) return "unknown to Stripe";
      throw error;
    }
  });
}

/** The same for a page, and for the payment made on it. */
export async function syncPage(
  ctx: JobContext,
  stripe: StripeConnector,
  place: SyncPlace,
  session: string,
): Promise<Synced | "the page is open" | "the page is over"> {
  const { companyId, account } = place;
  const page = await withConnection(ctx, { companyId, provider: "stripe" }, async (connection) =>
    connection.externalId === account
      ? await askAccount(ctx, connection, () =>
          stripe.payments.readPage(account, session, ctx.signal),
        )
      : undefined,
  );
  if (page === undefined) return "another account is connected";
  if (page.status === "open") return "the page is open";
  const checkout = await findCheckoutOfSession(ctx.sql, { account, session });
  const status = page.status === "complete" ? "complete" : "over";
  if (checkout !== undefined) {
    await endCheckout(ctx.sql, checkout, { status, now: ctx.clock.now() });
  }
  if (status === "over" || page.paymentIntent === null) return "the page is over";
  return await syncPayment(ctx, stripe, place, page.paymentIntent);
}

function isMissing(error: unknown): boolean {
  return error instanceof ProviderRejected && error.providerCode === "resource_missing";
}
