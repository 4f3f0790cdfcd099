import type { Tx } from "../db/client.ts";
import { deleteCreditRow, lockCreditOfPayment } from "../db/credits.ts";
import { forgetPaymentOfDeliveries } from "../db/deliveries.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import { deletePaymentRow, getInvoicePayment } from "../db/payments.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { lowerAmountPaid } from "./lower-amount-paid.ts";
import { settleUnsentReceipt } from "./request-mail.ts";

/**
 * Takes back a payment that was recorded by mistake, and the credit it left; the invoice is open
 * again for what it now lacks. Receipts that wait to be mailed are cancelled. Throws `Conflict` when
 * something of it was refunded, when the credit was used already, when the money is at Stripe, or when
 * the invoice was voided, for then its payments are the client's credit.
 */
export async function deletePayment(
  tx: Tx,
  by: Acting,
  { invoiceId, paymentId }: { invoiceId: number; paymentId: number },
): Promise<InvoiceRow> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  const payment = await getInvoicePayment(tx, { companyId, invoiceId, id: paymentId });
  if (invoice.status === "cancelled") {
    throw new Conflict(
      `Invoice ${invoice.invoiceNumber} is cancelled: its payments became a credit of the client.`,
    );
  }
  if (payment.provider !== null) {
    throw new Conflict("This payment was taken at Stripe: refund it, and the money goes back.", {
      code: "payment_at_provider",
    });
  }
  if (payment.amountRefunded > 0n) {
    throw new Conflict("Something of this payment was refunded; the payment has to stay.", {
      code: "payment_refunded",
    });
  }
  const credit = await lockCreditOfPayment(tx, { companyId, paymentId });
  const isUsed = credit !== undefined && credit.remaining !== credit.amount;
  if (isUsed || payment.creditedElsewhere > 0n) {
    throw new Conflict("The credit this payment left was used already; the payment has to stay.");
  }
  if (credit !== undefined) await deleteCreditRow(tx, { companyId, id: credit.id });
  await forgetPaymentOfDeliveries(tx, { companyId, paymentId, now: by.now });
  await settleUnsentReceipt(tx, by, { paymentId, resolution: "the payment was deleted" });
  await deletePaymentRow(tx, { companyId, id: paymentId });
  const reopened = await lowerAmountPaid(tx, by, invoice, payment.amount - payment.credited);
  await recordInvoiceEvent(tx, by, "payment.deleted", reopened, {
    payment_id: payment.id,
    amount: payment.amount,
    payment_date: payment.paymentDate,
  });
  return reopened;
}
