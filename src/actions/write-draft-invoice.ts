import { sumUpAdjustments, type Adjustment } from "../billing/adjustments.ts";
import type { LocalDate } from "../billing/dates.ts";
import type { Discount } from "../billing/totals.ts";
import type { Tx } from "../db/client.ts";
import { insertAdjustments } from "../db/invoice-adjustments.ts";
import { insertInvoiceLines } from "../db/invoice-lines.ts";
import { replaceInvoiceTaxes } from "../db/invoice-taxes.ts";
import { insertInvoice, type InvoiceRow } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";
import { checkFiling } from "./check-filing.ts";
import { datesOf, getBillableClient } from "./create-invoice.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { discountColumns, priceInvoice, type LineDraft, type Taxation } from "./price-invoice.ts";
import { requireRoom } from "./require-plan.ts";
import { takeNumbers } from "./take-numbers.ts";

/**
 * Writes a draft out of what another record says, with the next number; the amounts are worked out
 * anew.
 */
export async function writeDraftInvoice(
  tx: Tx,
  by: Acting,
  input: Pick<
    InvoiceRow,
    "clientId" | "projectId" | "categoryId" | "currency" | "notes" | "terms" | "footer"
  > & {
    adjustments: readonly Adjustment[];
    /** Default: today, where the company is. */
    issueDate?: LocalDate | undefined;
    /** Default: the issue date plus the client's terms, or else the company's. */
    dueDate?: LocalDate | undefined;
    /** Default: inline. */
    taxation?: Taxation;
    discount: Discount | null;
    lines: readonly LineDraft[];
    /** For the event: what it was made of. */
    facts: Readonly<Record<string, unknown>>;
  },
): Promise<InvoiceRow> {
  const { company, now } = by;
  const { discount, taxation, adjustments, lines: drafts, facts, ...values } = input;
  const adjustment = sumUpAdjustments(adjustments);
  const client = await getBillableClient(tx, company.id, input.clientId);
  const dates = datesOf(by, client, input);
  await checkFiling(tx, company.id, input);
  const { lines, taxes, subtotal, discountTotal, taxTotal, total } = priceInvoice(company, {
    ...(taxation === undefined ? {} : { taxation }),
    lines: drafts,
    discount,
    adjustment: adjustment.adjustmentAmount,
    lateFee: 0n,
  });
  await requireRoom(tx, by, "invoices");
  const [invoiceNumber] = await takeNumbers(tx, company, 1);
  const invoice = await insertInvoice(tx, {
    companyId: company.id,
    invoiceNumber: invoiceNumber!,
    ...values,
    ...adjustment,
    isArchived: false,
    ...dates,
    taxType: taxation?.taxType ?? "inline",
    taxRounding: company.taxRounding,
    ...discountColumns(discount),
    subtotal,
    discountTotal,
    taxTotal,
    total,
    createdAt: now,
  });
  const where = { companyId: company.id, invoiceId: invoice.id, now };
  await insertInvoiceLines(tx, where, lines);
  await insertAdjustments(tx, where, adjustments);
  if (taxes.length > 0) await replaceInvoiceTaxes(tx, where, taxes);
  await recordInvoiceEvent(tx, by, "invoice.created", invoice, facts);
  return invoice;
}
