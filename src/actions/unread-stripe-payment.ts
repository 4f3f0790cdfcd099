import { raiseAttention, settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { findCheckout, lockInvoiceOfCheckout, UNRECORDED_PAYMENT } from "../db/stripe-checkouts.ts";

/** What a payment that has come says of the page it was made on. */
export interface PaidPage {
  checkoutId: number;
  invoiceUuid: string;
}

/** Nobody may look at the payment: its item is known by the page. */
const keyOf = (checkoutId: number) => `checkout ${checkoutId}`;

/**
 * Tells of money for an invoice of ours that came, or is on its way, to an account which we may not look
 * into any more.
 */
export async function tellOfUnreadPayment(
  tx: Tx,
  { account, paidPage }: { account: string; paidPage: PaidPage | null },
): Promise<void> {
  if (paidPage === null) return;
  const invoice = await lockInvoiceOfCheckout(tx, { ...paidPage, account });
  if (invoice === undefined) return;
  const checkout = await findCheckout(tx, paidPage.checkoutId);
  // Recorded while we could look.
  if (checkout?.status === "paid") return;
  await raiseAttention(tx, {
    companyId: invoice.companyId,
    kind: UNRECORDED_PAYMENT,
    key: keyOf(paidPage.checkoutId),
    title: `A payment of invoice ${invoice.invoiceNumber} at Stripe is in nobody's books: its account is disconnected`,
    detail: `Account ${account}. Once it has come, record it by hand; or connect the account again.`,
    subjectType: "invoice",
    subjectId: invoice.id,
  });
}

/** The account can be looked into again: what is not in the books has an item of its own from here on. */
export async function settleUnreadPayment(
  tx: Tx,
  { companyId, checkoutId }: { companyId: number; checkoutId: number },
): Promise<void> {
  const resolution = "the payment was looked at";
  const item = { companyId, kind: UNRECORDED_PAYMENT, key: keyOf(checkoutId) };
  await settleAttention(tx, { ...item, resolution });
}
