import type { Tx } from "../db/client.ts";
import { lockInvoices } from "../db/invoices.ts";
import { Failure, NotFound } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { applyPayment, type PaymentInput, type RecordedPayment } from "./record-payment.ts";

export interface RefusedPayment {
  /** Position in the list that was given, from 0. */
  index: number;
  invoiceId: number;
  /** Stable name of the failure, and what to tell a person. */
  code: string;
  message: string;
}

/**
 * Records many payments in one transaction. A payment that may not be recorded is told of and
 * leaves the others alone; several for one invoice are taken in the order given.
 */
export async function recordPayments(
  tx: Tx,
  by: Acting,
  payments: readonly (PaymentInput & { invoiceId: number })[],
): Promise<{ recorded: RecordedPayment[]; refused: RefusedPayment[] }> {
  const locked = await lockInvoices(tx, {
    companyId: by.company.id,
    ids: payments.map((payment) => payment.invoiceId),
  });
  const invoices = new Map(locked.map((invoice) => [invoice.id, invoice]));
  const recorded: RecordedPayment[] = [];
  const refused: RefusedPayment[] = [];
  for (const [index, { invoiceId, ...payment }] of payments.entries()) {
    try {
      const invoice = invoices.get(invoiceId);
      if (invoice === undefined) throw new NotFound("Invoice");
      const result = await applyPayment(tx, by, invoice, payment);
      invoices.set(invoiceId, result.invoice);
      recorded.push(result);
    } catch (error) {
      // Only what was refused before anything was written; a failed statement ends the transaction.
      if (!(error instanceof Failure)) throw error;
      refused.push({ index, invoiceId, code: error.code, message: error.message });
    }
  }
  return { recorded, refused };
}
