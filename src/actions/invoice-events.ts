import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";

/**
 * Leaves an event about an invoice, with what a reader of the activity log or a webhook wants to
 * know of it as it is now. Amounts are minor units.
 */
export async function recordInvoiceEvent(
  tx: Tx,
  by: Acting,
  type: string,
  invoice: InvoiceRow,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordEvent(tx, {
    companyId: by.company.id,
    type,
    subjectType: "invoice",
    subjectId: invoice.id,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: {
      invoice_number: invoice.invoiceNumber,
      client_id: invoice.clientId,
      status: invoice.status,
      currency: invoice.currency,
      total: invoice.total,
      amount_paid: invoice.amountPaid,
      amount_due: invoice.amountDue,
      ...facts,
    },
  });
}
