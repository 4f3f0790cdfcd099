import { statusAfterPayment, type InvoiceStatus } from "../billing/statuses.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import { todayOf, type Acting } from "./acting.ts";

/**
 * The status of an invoice once its amounts or due date are as given. A draft stays one until it is
 * sent or paid for; a cancelled invoice stays cancelled. Turning overdue is left to the night, which
 * tells of it (BILLING.md 2.1); one that is overdue stays so until it is paid or its due date is moved,
 * and is so again (`wasOverdue`) when what paid it is taken back.
 * A status set by hand stays until payments or the due date move, or nothing is left to pay.
 */
export function statusOf(
  by: Acting,
  invoice: InvoiceRow,
  changes: Partial<Pick<InvoiceRow, "total" | "amountPaid" | "dueDate">> & {
    wasSent?: boolean;
    wasOverdue?: boolean;
  },
): InvoiceStatus {
  if (invoice.status === "cancelled") return invoice.status;
  const { total, amountPaid, dueDate } = { ...invoice, ...changes };
  const today = todayOf(by);
  const isToldOf = invoice.status === "overdue" || changes.wasOverdue === true;
  const status = statusAfterPayment({
    total,
    amountPaid,
    wasSent: changes.wasSent ?? invoice.status !== "draft",
    viewed: invoice.viewedAt !== null,
    // A due date of today is never past, so what was not overdue does not become so here.
    dueDate: isToldOf ? dueDate : today,
    businessDate: today,
  });
  const isMoved = changes.amountPaid !== undefined || changes.dueDate !== undefined;
  return invoice.statusSetAt !== null && !isMoved && status !== "paid" ? invoice.status : status;
}
