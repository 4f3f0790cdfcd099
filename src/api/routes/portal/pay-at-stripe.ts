import { z } from "zod";
import { isRightAmount, prepareCheckout } from "../../../actions/prepare-checkout.ts";
import { withConnection, type OpenConnection } from "../../../actions/use-connection.ts";
import { isPayable } from "../../../billing/statuses.ts";
import { toStripeAmount } from "../../../connectors/stripe/amounts.ts";
import type { StripePayments } from "../../../connectors/stripe/payments-contract.ts";
import { findConnection } from "../../../db/connections.ts";
import type { Sql } from "../../../db/client.ts";
import type { InvoiceRow } from "../../../db/invoices.ts";
import { endCheckout, openCheckout, type CheckoutRow } from "../../../db/stripe-checkouts.ts";
import { inTransaction } from "../../../db/transaction.ts";
import {
  ConnectionRevoked,
  InvalidInput,
  ProviderRejected,
  ProviderUnavailable,
  RateLimited,
  WriteUnconfirmed,
} from "../../../errors.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { ApiServices } from "../../context.ts";
import { stripeSignal } from "../billing/stripe.ts";

/** Each page that turns out to be over leads to another one; more than this is somebody else's doing. */
const PAGES_MAX = 3;
/** What Stripe says of an amount that it does not charge: the client can pay in another way. */
const unchargeable = new Set(["amount_too_small", "amount_too_large"]);

/** What was kept of the account when Stripe was asked last. */
const accountSettings = z.object({ charges_enabled: z.boolean().catch(true) });

/** Whether a client can pay this invoice at Stripe, as far as we know without asking. */
export async function canPayAtStripe(
  sql: Sql,
  { connectors }: ApiServices,
  invoice: InvoiceRow,
): Promise<boolean> {
  if (connectors.stripe === undefined || !isPayable(invoice)) return false;
  if (toStripeAmount(invoice.amountDue, invoice.currency) === undefined) return false;
  const { companyId } = invoice;
  const connection = await findConnection(sql, { companyId, provider: "stripe" });
  if (connection?.status !== "connected") return false;
  return accountSettings.parse(connection.settings).charges_enabled;
}

interface Desk {
  sql: Sql;
  /** The machine's. */
  clock: Clock;
  services: ApiServices;
}

/**
 * The address of the page where a client pays what an invoice lacks. There is one page at a time: the
 * one there is while it asks for the right amount, else it is closed first. Undefined when the company
 * takes no money at Stripe, or not this much.
 *
 * @throws InvalidInput when nothing is to be paid, or a payment is on its way
 * @throws ProviderUnavailable when Stripe does not answer as it should
 */
export async function findPaymentPage(
  desk: Desk,
  invoice: InvoiceRow,
): Promise<string | undefined> {
  const { sql, clock, services } = desk;
  const { connectors } = services;
  const { stripe } = connectors;
  if (stripe === undefined || !(await canPayAtStripe(sql, services, invoice))) return undefined;
  const signal = stripeSignal();
  const key = { companyId: invoice.companyId, provider: "stripe" } as const;
  try {
    return await withConnection({ sql, clock, connectors, signal }, key, (connection) =>
      openPage(desk, { connection, payments: stripe.payments, signal }, invoice),
    );
  } catch (error) {
    // The company has to connect again, and was told: until then it is as if it were not connected.
    if (error instanceof ConnectionRevoked) return undefined;
    if (error instanceof ProviderRejected && unchargeable.has(error.providerCode ?? "")) {
      return undefined;
    }
    if (isStripes(error)) {
      throw new ProviderUnavailable("Payment service unavailable. Please try again later.", {
        cause: error,
      });
    }
    throw error;
  }
}

interface Till {
  connection: OpenConnection;
  payments: StripePayments;
  signal: AbortSignal;
}

async function openPage(
  desk: Desk,
  { connection, payments, signal }: Till,
  { companyId, id: invoiceId }: InvoiceRow,
): Promise<string | undefined> {
  const { sql, clock } = desk;
  const account = connection.externalId;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const facts = { companyId, invoiceId, account, now: clock.now() };
    const prepared = await inTransaction(sql, (tx) => prepareCheckout(tx, facts));
    if (prepared === undefined) throw notPayable();
    const { next, checkout, invoice } = prepared;
    if (next === "ask") {
      const order = orderOf(desk.services, checkout, invoice);
      if (order === undefined) return undefined;
      const page = await connection.call(() => payments.openPage(account, order, signal));
      await openCheckout(sql, checkout, { ...page, session: page.id, now: clock.now() });
      // Changes close pages that are open by then, and not one that Stripe was still making.
      if (await isRightAmount(sql, checkout)) return page.url;
      continue;
    }
    const { session } = checkout;
    if (session === null) throw new Error(`the page ${checkout.id} has no name`);
    const page = await connection.call(async () =>
      next === "look"
        ? await payments.readPage(account, session, signal)
        : { status: await payments.closePage(account, session, signal), url: null },
    );
    if (page.status === "open" && page.url !== null) return page.url;
    const status = page.status === "complete" ? "complete" : "over";
    await endCheckout(sql, checkout, { status, now: clock.now() });
    if (status === "complete") {
      const text = "Somebody has paid just now; the payment is on its way.";
      throw new InvalidInput({ invoice: [text] }, { code: "payment_in_progress" });
    }
  }
  throw new WriteUnconfirmed("Stripe: one page after another was over");
}

function orderOf(
  { settings, publicUrl }: ApiServices,
  checkout: CheckoutRow,
  { uuid, invoiceNumber }: InvoiceRow,
) {
  const amount = toStripeAmount(checkout.amount, checkout.currency);
  if (amount === undefined) return undefined;
  const { appUrl } = settings;
  // Without an app the paper is all there is to see.
  const [successUrl, cancelUrl] =
    appUrl === undefined
      ? [`${publicUrl()}/api/v1/portal/invoices/${uuid}/pdf`]
      : ["success", "cancelled"].map((how) => `${appUrl}/portal/invoices/${uuid}?payment=${how}`);
  return {
    checkoutId: checkout.id,
    invoiceUuid: uuid,
    invoiceNumber,
    amount,
    currency: checkout.currency,
    successUrl: successUrl!,
    cancelUrl: cancelUrl ?? successUrl!,
  };
}

export function notPayable(code = "not_payable"): InvalidInput {
  return new InvalidInput({ invoice: ["Invoice is not payable."] }, { code });
}

/** What Stripe did to us, as against what is wrong here. */
function isStripes(error: unknown): boolean {
  return [ProviderUnavailable, ProviderRejected, WriteUnconfirmed, RateLimited].some(
    (kind) => error instanceof kind,
  );
}
