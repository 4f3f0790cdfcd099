import { raiseAttention } from "../db/attention.ts";
import type { Sql, Tx } from "../db/client.ts";
import { listUntoldPages, settleUntoldPages } from "../db/stripe-checkouts.ts";

/** More numbers than this nobody reads. */
const NAMED_MAX = 50;

const item = {
  kind: "stripe.open-pages",
};

/**
 * Tells each company which of its invoices may still be paid to an account that is disconnected: of that
 * money nobody here will hear. Pages whose payment is known to be on its way have items of their own.
 *
 * @returns of how many invoices
 */
export async function tellOfOpenPages(tx: Tx, account: string): Promise<number> {
  let told = 0;
  for (const { companyId, invoiceNumbers } of await listUntoldPages(tx, account)) {
    const count = invoiceNumbers.length;
    const what = count === 1 ? "1 invoice" : `${count} invoices`;
    const more = count > NAMED_MAX ? ` and ${count - NAMED_MAX} more` : "";
    const named = invoiceNumbers.slice(0, NAMED_MAX).join(", ");
    await raiseAttention(tx, {
      ...item,
      companyId,
      key: account,
      title: `${what} may still be paid at Stripe, to an account that is disconnected`,
      detail: `Account ${account}, whose pages could not all be closed: ${named}${more}. Look there for payments and record them by hand; or connect the account again.`,
    });
    told += count;
  }
  return told;
}

/** Closes the items of companies that have no such page any more: each was closed, paid or given up. */
export async function settleOpenPages(sql: Sql): Promise<void> {
  await settleUntoldPages(sql, { ...item, resolution: "none of the pages is open any more" });
}
