import { approvalOf, isDecidedSo, type Decision } from "../billing/approvals.ts";
import type { Tx } from "../db/client.ts";
import { lockInvoice, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";

/**
 * Approves or rejects an invoice, which neither issues nor holds it. Deciding the same again changes
 * nothing. Throws `Conflict` for one that is paid or cancelled: there is nothing left to decide.
 */
export async function decideInvoice(
  tx: Tx,
  by: Acting & { causerId: number },
  { invoiceId, decision }: { invoiceId: number; decision: Decision },
): Promise<InvoiceRow> {
  const invoice = await lockInvoice(tx, { companyId: by.company.id, id: invoiceId });
  const { status, invoiceNumber } = invoice;
  if (status === "paid" || status === "cancelled") {
    throw new Conflict(
      `Invoice ${invoiceNumber} is ${status}: it can be neither approved nor rejected any more.`,
    );
  }
  if (isDecidedSo(invoice, decision)) return invoice;
  const decided = await updateInvoiceRow(tx, invoice, {
    ...approvalOf(decision, by.causerId, by.now),
    updatedAt: by.now,
  });
  const facts = decision.approval === "rejected" ? { reason: decision.reason } : {};
  const types = { approved: "invoice.approved", rejected: "invoice.rejected" };
  await recordInvoiceEvent(tx, by, types[decision.approval], decided, facts);
  return decided;
}

/** Tells that a change has taken back what was decided; `before` is the invoice as it was decided about. */
export async function recordInvoiceApprovalWithdrawn(
  tx: Tx,
  by: Acting,
  before: InvoiceRow,
  changed: InvoiceRow,
): Promise<void> {
  if (before.approval === changed.approval) return;
  const facts = { approval_before: before.approval, total_before: before.total };
  await recordInvoiceEvent(tx, by, "invoice.approval_withdrawn", changed, facts);
}
