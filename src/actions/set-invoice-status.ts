import { statusAfterPayment, type InvoiceStatus } from "../billing/statuses.ts";
import type { Tx } from "../db/client.ts";
import { lockInvoice, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import { Conflict } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { markInvoicePaid } from "./mark-invoice-paid.ts";
import { markInvoiceSent } from "./mark-invoice-sent.ts";
import { voidInvoice } from "./void-invoice.ts";

/** A status to be set; `due` is sent or viewed, whichever the invoice was. */
export type WantedStatus = InvoiceStatus | "due";

/** The statuses of an invoice that waits for its money. */
type OpenStatus = "sent" | "viewed" | "partial" | "overdue";

/**
 * Gives an invoice a status by hand (BILLING.md 8). A draft is issued, `paid` pays what it lacks,
 * `cancelled` voids it. Another status than money and dates come to holds until one of these moves:
 * the night leaves it alone. Money is never contradicted. Throws `Conflict`, with the reason, for a
 * status the invoice cannot have.
 */
export async function setInvoiceStatus(
  tx: Tx,
  by: Acting,
  { invoiceId, status: wanted }: { invoiceId: number; status: WantedStatus },
): Promise<InvoiceRow> {
  const invoice = await lockInvoice(tx, { companyId: by.company.id, id: invoiceId });
  const status = wanted === "due" ? dueStatus(invoice) : wanted;
  if (status === invoice.status) return invoice;
  checkIsNotOver(invoice);
  switch (status) {
    case "paid":
      return await markInvoicePaid(tx, by, { invoiceId });
    case "cancelled":
      return await voidInvoice(tx, by, { invoiceId });
    case "draft":
      throw refusal(invoice, "it was issued and never becomes a draft again; void it and clone it");
    case "sent":
    case "viewed":
    case "partial":
    case "overdue":
      if (invoice.status === "draft" && status === "sent") {
        return await markInvoiceSent(tx, by, { invoiceId });
      }
      return await setOpenStatus(tx, by, invoice, status);
  }
}

async function setOpenStatus(
  tx: Tx,
  by: Acting,
  invoice: InvoiceRow,
  status: OpenStatus,
): Promise<InvoiceRow> {
  if (invoice.status === "draft") throw refusal(invoice, "it has to be published first");
  if (status === "partial" && invoice.amountPaid === 0n) {
    throw refusal(invoice, "nothing of it is paid; record the payment");
  }
  if ((status === "sent" || status === "viewed") && invoice.amountPaid > 0n) {
    throw refusal(invoice, "a part of it is paid; it is partial or overdue");
  }
  const viewedAt = status === "viewed" ? (invoice.viewedAt ?? by.now) : invoice.viewedAt;
  const byItself = statusAfterPayment({
    ...invoice,
    wasSent: true,
    viewed: viewedAt !== null,
    businessDate: todayOf(by),
  });
  const changed = await updateInvoiceRow(tx, invoice, {
    status,
    statusSetAt: status === byItself ? null : by.now,
    viewedAt,
    updatedAt: by.now,
  });
  const facts = { changed: ["status"], status_before: invoice.status };
  await recordInvoiceEvent(tx, by, "invoice.updated", changed, facts);
  if (status === "overdue") {
    await recordInvoiceEvent(tx, by, "invoice.overdue", changed, { due_date: invoice.dueDate });
  }
  return changed;
}

function dueStatus({ status, viewedAt }: InvoiceRow): InvoiceStatus {
  return status !== "draft" && viewedAt !== null ? "viewed" : "sent";
}

function checkIsNotOver(invoice: InvoiceRow): void {
  if (invoice.status === "cancelled") throw refusal(invoice, "cancelled is its last status");
  if (invoice.status === "paid") {
    throw refusal(invoice, "its money came in; take a payment back, and the status follows");
  }
}

function refusal({ invoiceNumber, status }: InvoiceRow, reason: string): Conflict {
  return new Conflict(`Invoice ${invoiceNumber} is ${status}: ${reason}.`, {
    code: "impossible_status",
  });
}
