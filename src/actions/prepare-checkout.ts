import { isPayable } from "../billing/statuses.ts";
import type { Sql, Tx } from "../db/client.ts";
import { getInvoice, lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import {
  endCheckout,
  findLiveCheckout,
  insertCheckout,
  type CheckoutRow,
} from "../db/stripe-checkouts.ts";
import { NotFound } from "../errors.ts";

/** A page that Stripe was asked for so long ago, in milliseconds, is not waited for any more. */
const ASKED_MS_MAX = 10 * 60_000;
/** Nobody is sent to a page that closes so soon, in milliseconds. */
const LEFT_MS_MIN = 5 * 60_000;

/**
 * What is to be done so that a client can pay: ask Stripe for the page of this row, look what has become
 * of the one there is, or close it, for it asks for something else. Undefined when nothing can be paid.
 */
export type PreparedCheckout =
  | { next: "ask" | "look" | "close"; checkout: CheckoutRow; invoice: InvoiceRow }
  | undefined;

/**
 * Finds or makes the one page of an invoice, for what it lacks now.
 *
 * @param account the company's at Stripe
 * @param now the machine's clock, by which pages expire
 */
export async function prepareCheckout(
  tx: Tx,
  {
    companyId,
    invoiceId,
    account,
    now,
  }: { companyId: number; invoiceId: number; account: string; now: Date },
): Promise<PreparedCheckout> {
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  if (!isPayable(invoice)) return undefined;
  const { amountDue: amount, currency } = invoice;
  const live = await findLiveCheckout(tx, { companyId, invoiceId });
  if (live !== undefined) {
    const isOurs = live.account === account;
    const isRight = isOurs && live.amount === amount && live.currency === currency;
    if (live.status === "complete" && isOurs) return { next: "look", checkout: live, invoice };
    if (live.status === "open" && isOurs) {
      const leftMs = (live.expiresAt?.getTime() ?? 0) - now.getTime();
      const next = isRight && leftMs > LEFT_MS_MIN ? "look" : "close";
      return { next, checkout: live, invoice };
    }
    const isRecent = now.getTime() - live.createdAt.getTime() < ASKED_MS_MAX;
    if (live.status === "asked" && isRight && isRecent) {
      return { next: "ask", checkout: live, invoice };
    }
    // Nobody knows its address, or it is another account's, which we may not be let into any more.
    await endCheckout(tx, live, { status: "over", now });
  }
  const checkout = await insertCheckout(tx, {
    companyId,
    invoiceId,
    account,
    amount,
    currency,
    now,
  });
  return { next: "ask", checkout, invoice };
}

/** Whether a page asks for what its invoice lacks now. A deleted one lacks nothing. */
export async function isRightAmount(
  sql: Sql,
  {
    companyId,
    invoiceId,
    amount,
    currency,
  }: Pick<CheckoutRow, "companyId" | "invoiceId" | "amount" | "currency">,
): Promise<boolean> {
  const invoice = await getInvoice(sql, { companyId, id: invoiceId }).catch((error: unknown) => {
    if (error instanceof NotFound) return undefined;
    throw error;
  });
  return (
    invoice !== undefined &&
    isPayable(invoice) &&
    invoice.amountDue === amount &&
    invoice.currency === currency
  );
}
