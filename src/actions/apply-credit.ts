import type { Tx } from "../db/client.ts";
import {
  insertCreditApplication,
  lockCredit,
  updateCreditRow,
  type CreditRow,
} from "../db/credits.ts";
import { lockInvoices, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import { Conflict, InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordCreditEvent } from "./credit-events.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { checkPayable } from "./record-payment.ts";
import { statusOf } from "./settle-invoice.ts";

/**
 * Uses a part of a credit for an invoice of the same client and currency. Both rows are locked, the
 * invoice first as everywhere, so that two at once never overpay and never use a credit twice
 * (BILLING.md 9). Throws `InvalidInput` for what does not fit, `Conflict` for what the states forbid.
 */
export async function applyCredit(
  tx: Tx,
  by: Acting,
  input: { creditId: number; invoiceId: number; amount: bigint },
): Promise<CreditRow> {
  const companyId = by.company.id;
  const { creditId, invoiceId, amount } = input;
  const [invoice] = await lockInvoices(tx, { companyId, ids: [invoiceId] });
  const credit = await lockCredit(tx, { companyId, id: creditId });
  if (invoice === undefined || invoice.clientId !== credit.clientId) {
    throw new InvalidInput({ invoice_id: ["The credit's client has no such invoice."] });
  }
  checkFits(credit, invoice, amount);

  await insertCreditApplication(tx, {
    companyId,
    creditId,
    invoiceId,
    amount,
    appliedBy: by.causerId,
    createdAt: by.now,
  });
  const remaining = credit.remaining - amount;
  const used = await updateCreditRow(tx, credit, { remaining, updatedAt: by.now });
  const amountPaid = invoice.amountPaid + amount;
  const status = statusOf(by, invoice, { amountPaid });
  const paid = await updateInvoiceRow(tx, invoice, {
    amountPaid,
    status,
    paidAt: status === "paid" ? by.now : null,
    updatedAt: by.now,
  });
  await recordCreditEvent(tx, by, "credit.applied", used, {
    invoice_id: invoiceId,
    applied: amount,
  });
  const facts = { credit_id: creditId, applied: amount };
  await recordInvoiceEvent(tx, by, "invoice.credit_applied", paid, facts);
  if (status === "paid") await recordInvoiceEvent(tx, by, "invoice.paid", paid);
  return used;
}

function checkFits(credit: CreditRow, invoice: InvoiceRow, amount: bigint): void {
  const { invoiceNumber, status } = invoice;
  if (credit.isArchived) throw new Conflict("The credit is archived; unarchive it first.");
  if (status === "draft") throw new Conflict(`Invoice ${invoiceNumber} is a draft; send it first.`);
  checkPayable(invoice);
  if (credit.currency !== invoice.currency) {
    const text = `The credit is in ${credit.currency}, the invoice in ${invoice.currency}.`;
    throw new InvalidInput({ invoice_id: [text] });
  }
  if (amount > credit.remaining) {
    const text = `The credit has only ${credit.remaining} minor units left.`;
    throw new InvalidInput({ amount: [text] });
  }
  if (amount > invoice.amountDue) {
    const text = `Invoice ${invoiceNumber} lacks only ${invoice.amountDue} minor units.`;
    throw new InvalidInput({ amount: [text] });
  }
}
