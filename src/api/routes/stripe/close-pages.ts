import { tellOfUnreadPayment } from "../../../actions/unread-stripe-payment.ts";
import type { ConnectionUser } from "../../../actions/use-connection.ts";
import type { StripeConnector } from "../../../connectors/stripe/contract.ts";
import type { Sql } from "../../../db/client.ts";
import { findConnection } from "../../../db/connections.ts";
import { findCheckout, listPayablePages, type PayablePage } from "../../../db/stripe-checkouts.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { Failure } from "../../../errors.ts";
import type { AccountKey } from "../../../jobs/stripe/account.ts";
import { closePage } from "../../../jobs/stripe/sync.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { ApiServices } from "../../context.ts";

/** Somebody waits for the disconnecting: no longer for this, in milliseconds. */
const CLOSING_MS_MAX = 6_000;
const AT_ONCE = 5;

interface Closing {
  user: ConnectionUser;
  stripe: StripeConnector;
  key: AccountKey;
}

/**
 * Closes the pages where clients could still pay to an account that is about to be disconnected: of what
 * came afterwards nobody here would hear. What was paid already is recorded, or told of while it is on
 * its way. The account is taken from every company that has it, so all of its pages are closed, also
 * those that are opened meanwhile. What Stripe does not do in time stays open, for nobody is kept in for
 * it: `stripe.tell-open-pages` tells of it.
 */
export async function closePages(
  { sql, clock, services }: { sql: Sql; clock: Clock; services: ApiServices },
  companyId: number,
): Promise<void> {
  const { connectors } = services;
  const { stripe } = connectors;
  const connection = await findConnection(sql, { companyId, provider: "stripe" });
  const account = connection?.externalId ?? null;
  if (stripe === undefined || account === null || connection?.status !== "connected") return;
  const signal = AbortSignal.timeout(CLOSING_MS_MAX);
  const user = { sql, clock, connectors, signal };
  const closing = { user, stripe, key: { companyId, account } };
  const seen: number[] = [];
  const faults: unknown[] = [];
  while (!signal.aborted) {
    const pages = await listPayablePages(sql, { account, except: seen, limit: AT_ONCE });
    if (pages.length === 0) break;
    seen.push(...pages.map(({ id }) => id));
    // One that Stripe does not close keeps no other open.
    const ended = await Promise.allSettled(pages.map((page) => closeOne(closing, page)));
    for (const each of ended) {
      if (each.status === "fulfilled") continue;
      const isExpected = each.reason instanceof Failure || signal.aborted;
      if (!isExpected) faults.push(each.reason);
    }
  }
  if (faults.length > 0) throw faults[0];
}

async function closeOne({ user, stripe, key }: Closing, page: PayablePage): Promise<void> {
  const found = await closePage(user, stripe, key, page);
  if (found !== "not paid yet") return;
  const { account } = key;
  await inTransaction(user.sql, async (tx) => {
    // Over: what was tried has failed, and nothing of it comes any more.
    const checkout = await findCheckout(tx, page.id);
    if (checkout?.status !== "complete") return;
    const paidPage = { checkoutId: page.id, invoiceUuid: page.invoiceUuid };
    await tellOfUnreadPayment(tx, { account, paidPage });
  });
}
