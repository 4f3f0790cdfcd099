import { sumUpAdjustments, type Adjustment } from "../billing/adjustments.ts";
import type { LocalDate } from "../billing/dates.ts";
import type { Discount } from "../billing/totals.ts";
import type { Tx } from "../db/client.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";
import { checkFiling } from "./check-filing.ts";
import { datesOf, getBillableClient } from "./create-invoice.ts";
import { insertDraft } from "./insert-draft.ts";
import { priceInvoice, type LineDraft, type Taxation } from "./price-invoice.ts";

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
  const { company } = by;
  const { discount, taxation, adjustments, lines, facts, ...values } = input;
  const adjustment = sumUpAdjustments(adjustments);
  const client = await getBillableClient(tx, company.id, input.clientId);
  const dates = datesOf(by, client, input);
  await checkFiling(tx, company.id, input);
  const priced = priceInvoice(company, {
    ...(taxation === undefined ? {} : { taxation }),
    lines,
    discount,
    adjustment: adjustment.adjustmentAmount,
    lateFee: 0n,
  });
  const taxType = taxation?.taxType ?? "inline";
  const { invoice } = await insertDraft(
    tx,
    by,
    { ...values, ...adjustment, ...dates, isArchived: false, taxType },
    { priced, discount, adjustments, facts },
  );
  return invoice;
}
