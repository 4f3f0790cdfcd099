import { keepStripePayment, type KeptPayment } from "../../actions/keep-stripe-payment.ts";
import type { ConnectionUser } from "../../actions/use-connection.ts";
import type { StripeConnector } from "../../connectors/stripe/contract.ts";
import { isMissing } from "../../connectors/stripe/refusals.ts";
import { endCheckout, findCheckoutOfSession, type CheckoutRow } from "../../db/stripe-checkouts.ts";
import { inTransaction } from "../../db/transaction.ts";
import { OTHER_ACCOUNT, withAccount, type AccountKey } from "./account.ts";

/** What was found, and done about it. */
export type Synced = KeptPayment | typeof OTHER_ACCOUNT | "unknown to Stripe";

export type SyncedPage = Synced | "the page is open" | "the page is over";

/** Looks at a payment as it is now, and brings the books up to it. */
export async function syncPayment(
  user: ConnectionUser,
  stripe: StripeConnector,
  key: AccountKey,
  paymentIntent: string,
): Promise<Synced> {
  const { account } = key;
  const told = await withAccount(user, key, async () => {
    try {
      return await stripe.payments.readPayment(account, paymentIntent, user.signal);
    } catch (error) {
      if (isMissing(error)) return "unknown to Stripe";
      throw error;
    }
  });
  if (told === undefined) return OTHER_ACCOUNT;
  if (told === "unknown to Stripe") return told;
  user.signal.throwIfAborted();
  const now = user.clock.now();
  return await inTransaction(user.sql, (tx) => keepStripePayment(tx, account, told, now));
}

/** The same for a page, and for the payment made on it. */
export async function syncPage(
  user: ConnectionUser,
  stripe: StripeConnector,
  key: AccountKey,
  session: string,
): Promise<SyncedPage> {
  const { account } = key;
  const page = await withAccount(user, key, () =>
    stripe.payments.readPage(account, session, user.signal),
  );
  if (page === undefined) return OTHER_ACCOUNT;
  if (page.status === "open") return "the page is open";
  const checkout = await findCheckoutOfSession(user.sql, { account, session });
  const status = page.status === "complete" ? "complete" : "over";
  if (checkout !== undefined) {
    await endCheckout(user.sql, checkout, { status, now: user.clock.now() });
  }
  if (status === "over" || page.paymentIntent === null) return "the page is over";
  return await syncPayment(user, stripe, key, page.paymentIntent);
}

/** Closes a page, unless somebody was quicker and has paid: then that is looked at. */
export async function closePage(
  user: ConnectionUser,
  stripe: StripeConnector,
  key: AccountKey,
  { session, ...page }: Pick<CheckoutRow, "companyId" | "id"> & { session: string },
): Promise<SyncedPage | "closed"> {
  const result = await withAccount(user, key, () =>
    stripe.payments.closePage(key.account, session, user.signal),
  );
  if (result === undefined) return OTHER_ACCOUNT;
  if (result === "complete") return await syncPage(user, stripe, key, session);
  await endCheckout(user.sql, page, { status: "over", now: user.clock.now() });
  return "closed";
}
