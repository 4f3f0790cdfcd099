import { pendingApproval } from "../billing/approvals.ts";
import type { Discount } from "../billing/totals.ts";
import type { Tx } from "../db/client.ts";
import { linesOfInvoice, listInvoiceLines, writeLineFacts } from "../db/invoice-lines.ts";
import { replaceInvoiceTaxes } from "../db/invoice-taxes.ts";
import { updateInvoiceRow, type InvoiceChanges, type InvoiceRow } from "../db/invoices.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceApprovalWithdrawn } from "./approve-invoice.ts";
import { freeBilledWork } from "./free-billed-work.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import {
  discountColumns,
  discountOf,
  draftOfLine,
  priceInvoice,
  type LineDraft,
  type Taxation,
} from "./price-invoice.ts";
import { statusOf } from "./settle-invoice.ts";
import { taxationOf } from "./taxation.ts";
import { writeLines } from "./write-lines.ts";

export interface Rewrite {
  /** The full set of lines but late fees; those stay. Left out: the lines stay. */
  lines?: readonly LineDraft[];
  /** How it is taxed. Left out: as it was. */
  taxation?: Taxation;
  discount?: Discount | null;
  /** The fees that are left, with their tax. */
  lateFee?: bigint;
  /** Columns to be written with it. */
  changes?: Omit<InvoiceChanges, "updatedAt" | "status" | "taxType" | "taxRounding">;
  /** How the caller knows a field of a line, for what is wrong with it. */
  fieldOf?: (index: number, field: string) => string;
  /** More facts for the event. */
  facts?: Readonly<Record<string, unknown>>;
}

/**
 * Changes what a locked invoice says and works out its amounts and status anew; what was decided about
 * it holds no longer. Throws `Conflict`
 * when it would come to less than was paid already.
 */
export async function rewriteInvoice(
  tx: Tx,
  by: Acting,
  invoice: InvoiceRow,
  rewrite: Rewrite,
): Promise<InvoiceRow> {
  const stored = (
    await listInvoiceLines(tx, { companyId: by.company.id, invoiceId: invoice.id })
  ).filter((line) => !line.isLateFee);
  const discount = rewrite.discount === undefined ? discountOf(invoice) : rewrite.discount;
  const lateFeeAmount = rewrite.lateFee ?? invoice.lateFeeAmount;
  const { taxRounding } = invoice.status === "draft" ? by.company : invoice;
  const taxation = rewrite.taxation ?? (await taxationOf(tx, invoice));
  const { lines, taxes, subtotal, discountTotal, taxTotal, total } = priceInvoice(
    { taxRounding },
    {
      taxation,
      lines: rewrite.lines ?? stored.map(draftOfLine),
      discount,
      adjustment: rewrite.changes?.adjustmentAmount ?? invoice.adjustmentAmount,
      lateFee: lateFeeAmount,
      ...(rewrite.fieldOf === undefined ? {} : { fieldOf: rewrite.fieldOf }),
    },
  );
  if (total < invoice.amountPaid) {
    throw new Conflict(
      `${invoice.amountPaid} minor units of invoice ${invoice.invoiceNumber} are already paid; its total cannot become ${total}.`,
      { code: "below_amount_paid" },
    );
  }
  const where = { companyId: by.company.id, invoiceId: invoice.id, now: by.now };
  const ids = await writeLines(tx, linesOfInvoice(where.companyId, invoice.id), {
    stored,
    lines,
    now: by.now,
  });
  await writeLineFacts(
    tx,
    where,
    lines.map((line, index) => ({ ...line, id: ids[index]! })),
  );
  if (invoice.taxType === "summary" || taxes.length > 0) {
    await replaceInvoiceTaxes(tx, where, taxes);
  }
  const kept = new Set(lines.map((line) => line.id));
  await freeBilledWork(tx, by, {
    invoiceId: invoice.id,
    lines: stored.filter((line) => !kept.has(line.id)),
  });

  const status = statusOf(by, invoice, { ...rewrite.changes, total });
  const changed = await updateInvoiceRow(tx, invoice, {
    ...rewrite.changes,
    taxType: taxation.taxType,
    taxRounding,
    ...discountColumns(discount),
    subtotal,
    discountTotal,
    taxTotal,
    lateFeeAmount,
    total,
    status,
    ...(status === "paid" ? { paidAt: by.now } : {}),
    ...pendingApproval,
    updatedAt: by.now,
  });
  await recordInvoiceEvent(tx, by, "invoice.updated", changed, {
    total_before: invoice.total,
    ...rewrite.facts,
  });
  await recordInvoiceApprovalWithdrawn(tx, by, invoice, changed);
  if (status === "paid") await recordInvoiceEvent(tx, by, "invoice.paid", changed);
  return changed;
}
