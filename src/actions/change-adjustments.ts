import { oneAdjustment, sumUpAdjustments, type Adjustment } from "../billing/adjustments.ts";
import type { Tx } from "../db/client.ts";
import {
  deleteAdjustments,
  getAdjustment,
  insertAdjustments,
  listAdjustments,
  type AdjustmentRow,
} from "../db/invoice-adjustments.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import { Conflict, InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { checkTotal } from "./price-invoice.ts";
import { rewriteInvoice } from "./rewrite-invoice.ts";

/**
 * Adds to an invoice, or takes off it, an amount beside its lines (BILLING.md 5.2). Throws
 * `InvalidInput` when the total would be negative or too large, `Conflict` when the invoice is paid or
 * cancelled, or more of it is paid than it would come to.
 */
export async function addAdjustment(
  tx: Tx,
  by: Acting,
  { invoiceId, ...adjustment }: Adjustment & { invoiceId: number },
): Promise<AdjustmentRow> {
  const where = { companyId: by.company.id, invoiceId };
  const invoice = await lockAdjustable(tx, by, invoiceId);
  checkTotal(invoice.total + adjustment.amount, "amount");
  const [added] = await insertAdjustments(tx, { ...where, now: by.now }, [adjustment]);
  await rewriteAdjusted(tx, by, invoice, { change: adjustment.amount, about: added! });
  return added!;
}

/** Takes an adjustment back. Throws `Conflict` as `addAdjustment` does, and for a negative total. */
export async function deleteAdjustment(
  tx: Tx,
  by: Acting,
  { invoiceId, id }: { invoiceId: number; id: number },
): Promise<void> {
  const where = { companyId: by.company.id, invoiceId, id };
  const invoice = await lockAdjustable(tx, by, invoiceId);
  const adjustment = await getAdjustment(tx, where);
  const total = invoice.total - adjustment.amount;
  if (total < 0n) {
    throw new Conflict(`The invoice's total would be negative: ${total} minor units.`);
  }
  await deleteAdjustments(tx, where);
  await rewriteAdjusted(tx, by, invoice, { change: -adjustment.amount, about: adjustment });
}

/**
 * Writes the one adjustment that the two fields of a locked invoice name in place of all it has. The
 * invoice's own columns are the caller's business.
 */
export async function replaceAdjustments(
  tx: Tx,
  by: Acting,
  invoiceId: number,
  fields: Pick<InvoiceRow, "adjustmentAmount" | "adjustmentDescription">,
): Promise<void> {
  const where = { companyId: by.company.id, invoiceId, now: by.now };
  await deleteAdjustments(tx, where);
  await insertAdjustments(tx, where, oneAdjustment(fields));
}

/** An adjustment may be negative when it says what for (BILLING.md 5.2). Throws InvalidInput. */
export function checkAdjustment(
  invoice: Pick<InvoiceRow, "adjustmentAmount" | "adjustmentDescription">,
): void {
  if (invoice.adjustmentAmount >= 0n || invoice.adjustmentDescription !== null) return;
  throw new InvalidInput({
    adjustment_description: ["A negative adjustment must say what it is for."],
  });
}

async function lockAdjustable(tx: Tx, by: Acting, invoiceId: number): Promise<InvoiceRow> {
  const invoice = await lockInvoice(tx, { companyId: by.company.id, id: invoiceId });
  const { status, invoiceNumber } = invoice;
  if (status !== "paid" && status !== "cancelled") return invoice;
  throw new Conflict(
    `Invoice ${invoiceNumber} is ${status}: its adjustments can no longer be changed.`,
  );
}

async function rewriteAdjusted(
  tx: Tx,
  by: Acting,
  invoice: InvoiceRow,
  { change, about }: { change: bigint; about: AdjustmentRow },
): Promise<void> {
  const where = { companyId: by.company.id, invoiceId: invoice.id };
  const { adjustmentDescription } = sumUpAdjustments(await listAdjustments(tx, where));
  await rewriteInvoice(tx, by, invoice, {
    changes: { adjustmentAmount: invoice.adjustmentAmount + change, adjustmentDescription },
    facts: {
      changed: ["adjustments"],
      adjustment: { id: about.id, description: about.description, change },
    },
  });
}
