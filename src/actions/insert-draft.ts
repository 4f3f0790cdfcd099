import type { Adjustment } from "../billing/adjustments.ts";
import type { Discount } from "../billing/totals.ts";
import type { Tx } from "../db/client.ts";
import { insertAdjustments } from "../db/invoice-adjustments.ts";
import { insertInvoiceLines, type InvoiceLineRow } from "../db/invoice-lines.ts";
import { insertInvoiceTaxes } from "../db/invoice-taxes.ts";
import { insertInvoice, type InvoiceRow, takeInvoiceIds } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { discountColumns, type PricedInvoice } from "./price-invoice.ts";
import { requireRoom } from "./require-plan.ts";
import { takeNumbers } from "./take-numbers.ts";

/** A draft as it was written; its lines in the order given. */
export interface Draft {
  invoice: InvoiceRow;
  lines: InvoiceLineRow[];
}

/** What whoever makes a draft says of it; the rest follows. */
type DraftValues = Pick<
  InvoiceRow,
  | "clientId"
  | "projectId"
  | "categoryId"
  | "isArchived"
  | "issueDate"
  | "dueDate"
  | "currency"
  | "taxType"
  | "adjustmentDescription"
  | "adjustmentAmount"
  | "notes"
  | "terms"
  | "footer"
>;

/**
 * Writes a draft that has been worked out, with the company's next number. Until the transaction ends
 * others wait for their numbers: what there is to check was checked before, and all that is left is sent
 * at once. Throws Forbidden (`upgrade_required`) when the plan has no room.
 */
export async function insertDraft(
  tx: Tx,
  by: Acting,
  values: DraftValues,
  {
    priced: { lines, taxes, ...amounts },
    discount,
    adjustments,
    facts,
  }: {
    priced: PricedInvoice;
    discount: Discount | null;
    adjustments: readonly Adjustment[];
    /** For the event: what it was made of. */
    facts?: Readonly<Record<string, unknown>>;
  },
): Promise<Draft> {
  const { company, now } = by;
  await requireRoom(tx, by, "invoices");
  const [[id], [invoiceNumber]] = await Promise.all([
    takeInvoiceIds(tx, 1),
    takeNumbers(tx, company, 1),
  ]);
  const where = { companyId: company.id, invoiceId: id!, now };
  const [invoice, written] = await Promise.all([
    insertInvoice(tx, {
      id: id!,
      companyId: company.id,
      invoiceNumber: invoiceNumber!,
      ...values,
      taxRounding: company.taxRounding,
      ...discountColumns(discount),
      ...amounts,
      createdAt: now,
    }),
    insertInvoiceLines(tx, where, lines),
    insertAdjustments(tx, where, adjustments),
    insertInvoiceTaxes(tx, where, taxes),
    recordInvoiceEvent(
      tx,
      by,
      "invoice.created",
      {
        id: id!,
        invoiceNumber: invoiceNumber!,
        ...values,
        status: "draft",
        total: amounts.total,
        amountPaid: 0n,
        amountDue: amounts.total,
      },
      facts,
    ),
  ]);
  return { invoice, lines: written };
}
