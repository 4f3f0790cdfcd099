import type { Tx } from "../db/client.ts";
import { findConnectionsOfAccount, type ConnectionRow } from "../db/connections.ts";
import { insertStripeEvent } from "../db/stripe-events.ts";
import { tellOfUnreadPayment, type PaidPage } from "./unread-stripe-payment.ts";

/** A webhook whose signature was checked; see `StripeEvent` of the connector. */
export interface ReceivedEvent {
  id: string;
  type: string;
  account: string;
  isLive: boolean;
  text: string;
  /** Whether it makes us look at anything. */
  isOurs: boolean;
  /** Where somebody has paid, when it says that; null for other events. */
  paidPage: PaidPage | null;
}

/**
 * Keeps a webhook, once (case I7). Answers who can look at what it is about: the companies that are
 * connected to the account, first those that are let in; none for the platform's own. Undefined when
 * there is nothing to be done.
 *
 * @param isLive the mode of our key: what happens in the other one is none of our business
 */
export async function receiveStripeEvent(
  tx: Tx,
  event: ReceivedEvent,
  { isLive, now }: { isLive: boolean; now: Date },
): Promise<{ companyIds: readonly number[] } | undefined> {
  const connections =
    event.account === ""
      ? []
      : await findConnectionsOfAccount(tx, { provider: "stripe", externalId: event.account });
  const isUnknown = event.account !== "" && connections.length === 0;
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
  if (ignoredBecause === null) {
    const inOrder = connections.toSorted((one, other) => rankOf(one) - rankOf(other));
    return { companyIds: inOrder.map(({ companyId }) => companyId) };
  }
  if (isUnknown && event.isLive === isLive) await tellOfUnreadPayment(tx, event);
  return undefined;
}

/** First who is let in. */
function rankOf({ status }: ConnectionRow): number {
  return status === "connected" ? 0 : 1;
}
