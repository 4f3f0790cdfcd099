import { raiseAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { findConnectionsOfAccount } from "../db/connections.ts";
import { insertStripeEvent } from "../db/stripe-events.ts";
import { lockInvoiceOfCheckout } from "../db/stripe-checkouts.ts";

/** A webhook whose signature was checked; see `StripeEvent` of the connector. */
export interface ReceivedEvent {
  id: string;
  type: string;
  account: string;
  isLive: boolean;
  text: string;
  /** Whether it makes us look at anything. */
  isOurs: boolean;
  /** What the payment that it is about says of our page; null for other events. */
  page: { checkoutId: number; invoiceUuid: string } | null;
}

/**
 * Keeps a webhook, once (case I7). Answers whose run is to look at what it is about: a company that is
 * connected to the account, or null for the platform's own. Undefined when there is nothing to be done.
 *
 * @param isLive the mode of our key: what happens in the other one is none of our business
 */
export async function receiveStripeEvent(
  tx: Tx,
  event: ReceivedEvent,
  { isLive, now }: { isLive: boolean; now: Date },
): Promise<{ companyId: number | null } | undefined> {
  const connections =
    event.account === ""
      ? []
      : await findConnectionsOfAccount(tx, { provider: "stripe", externalId: event.account });
  const connection = connections.find(({ status }) => status === "connected") ?? connections[0];
  const isUnknown = event.account !== "" && connection === undefined;
  const ignoredBecause =
    event.isLive !== isLive
      ? `it is of the ${event.isLive ? "live" : "test"} mode`
      : !event.isOurs
        ? "nothing of it is ours"
        : isUnknown
          ? "no company is connected to the account"
          : null;
  const isNew = await insertStripeEvent(tx, { ...event, ignoredBecause, now });
  if (!isNew) return undefined;
  if (ignoredBecause === null) return { companyId: connection?.companyId ?? null };
  if (isUnknown && event.isLive === isLive) await tellOfForgottenAccount(tx, event);
  return undefined;
}

/** Money for an invoice of ours came to an account that we may not look into any more. */
async function tellOfForgottenAccount(tx: Tx, { type, account, page }: ReceivedEvent) {
  if (type !== "payment_intent.succeeded" || page === null) return;
  const invoice = await lockInvoiceOfCheckout(tx, { ...page, account });
  if (invoice === undefined) return;
  await raiseAttention(tx, {
    companyId: invoice.companyId,
    kind: "stripe.unrecorded-payment",
    key: `checkout ${page.checkoutId}`,
    title: `Invoice ${invoice.invoiceNumber} was paid at Stripe after the account was disconnected`,
    detail: `Account ${account}. Record the payment by hand.`,
    subjectType: "invoice",
    subjectId: invoice.id,
  });
}
