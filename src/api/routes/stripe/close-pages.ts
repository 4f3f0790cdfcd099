import { keepStripePayment } from "../../../actions/keep-stripe-payment.ts";
import { tellOfUnreadPayment } from "../../../actions/unread-stripe-payment.ts";
import { withConnection, type OpenConnection } from "../../../actions/use-connection.ts";
import type { StripePayments } from "../../../connectors/stripe/payments-contract.ts";
import type { Sql } from "../../../db/client.ts";
import { endCheckout, listPayablePages, type PayablePage } from "../../../db/stripe-checkouts.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { Failure } from "../../../errors.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { ApiServices } from "../../context.ts";

/** Somebody waits for the disconnecting: no longer for this, in milliseconds. */
const CLOSING_MS_MAX = 6_000;
const AT_ONCE = 5;
const PAGES_MAX = 200;

interface Closing {
  sql: Sql;
  clock: Clock;
  payments: StripePayments;
  connection: OpenConnection;
  signal: AbortSignal;
}

/**
 * Closes the pages where clients could still pay to an account that is about to be disconnected: of what
 * came afterwards nobody here would hear. What was paid already is recorded, or told of while it is on
 * its way. The account is taken from every company that has it, so all of its pages are closed. What
 * Stripe does not do in time stays open: nobody is kept in for it.
 */
export async function closePages(
  { sql, clock, services }: { sql: Sql; clock: Clock; services: ApiServices },
  companyId: number,
): Promise<void> {
  const { connectors } = services;
  const { stripe } = connectors;
  if (stripe === undefined) return;
  const signal = AbortSignal.timeout(CLOSING_MS_MAX);
  const key = { companyId, provider: "stripe" } as const;
  try {
    await withConnection({ sql, clock, connectors, signal }, key, async (connection) => {
      const closing = { sql, clock, payments: stripe.payments, connection, signal };
      const account = connection.externalId;
      const pages = await listPayablePages(sql, { account, limit: PAGES_MAX });
      // One that Stripe does not close keeps no other open.
      const refused: PromiseRejectedResult[] = [];
      for (let from = 0; from < pages.length && !signal.aborted; from += AT_ONCE) {
        const some = pages.slice(from, from + AT_ONCE);
        const ended = await Promise.allSettled(some.map((page) => closePage(closing, page)));
        refused.push(...ended.filter((each) => each.status === "rejected"));
      }
      if (refused[0] !== undefined) throw refused[0].reason;
    });
  } catch (error) {
    if (!(error instanceof Failure) && !signal.aborted) throw error;
  }
}

async function closePage(
  { sql, clock, payments, connection, signal }: Closing,
  page: PayablePage,
): Promise<void> {
  const { session } = page;
  const account = connection.externalId;
  const status = await connection.call(() => payments.closePage(account, session, signal));
  if (status === "expired") {
    await endCheckout(sql, page, { status: "over", now: clock.now() });
    return;
  }
  const { paymentIntent } = await connection.call(() =>
    payments.readPage(account, session, signal),
  );
  if (paymentIntent === null) return;
  const told = await connection.call(() => payments.readPayment(account, paymentIntent, signal));
  await inTransaction(sql, async (tx) => {
    const kept = await keepStripePayment(tx, account, told, clock.now());
    const paidPage = { checkoutId: page.id, invoiceUuid: page.invoiceUuid };
    if (kept === "not paid yet") await tellOfUnreadPayment(tx, { account, paidPage });
  });
}
