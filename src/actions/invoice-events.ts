import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";
import { settleOverInvoice } from "./settle-unsent-invoice.ts";

/** What of an invoice is told. */
type ToldInvoice = Pick<
  InvoiceRow,
  | "id"
  | "invoiceNumber"
  | "clientId"
  | "status"
  | "isArchived"
  | "currency"
  | "total"
  | "amountPaid"
  | "amountDue"
>;

/**
 * Leaves an event about an invoice, with what a reader of the activity log or a webhook wants to
 * know of it as it is now. Amounts are minor units. Whatever made the invoice paid, cancelled, archived
 * or deleted, its open attention items about mails end with it.
 */
export async function recordInvoiceEvent(
  tx: Tx,
  by: Acting,
  type: string,
  invoice: ToldInvoice,
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
  const over = whyOver(type, invoice);
  if (over === undefined) return;
  await settleOverInvoice(tx, by, { invoiceId: invoice.id, resolution: `it is ${over}` });
}

function whyOver(type: string, { status, isArchived }: ToldInvoice): string | undefined {
  if (type === "invoice.deleted") return "deleted";
  if (status === "paid" || status === "cancelled") return status;
  return isArchived ? "archived" : undefined;
}
