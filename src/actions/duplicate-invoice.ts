import type { LocalDate } from "../billing/dates.ts";
import type { Tx } from "../db/client.ts";
import { listAdjustments } from "../db/invoice-adjustments.ts";
import { listInvoiceLines } from "../db/invoice-lines.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import { copyRecordTags } from "../db/record-tags.ts";
import type { Acting } from "./acting.ts";
import { standingFiling } from "./check-filing.ts";
import { discountOf, draftOfLine } from "./price-invoice.ts";
import { taxationOf } from "./taxation.ts";
import { writeDraftInvoice } from "./write-draft-invoice.ts";

export interface DuplicateInvoiceInput {
  invoiceId: number;
  /** Default: the original's. */
  clientId?: number | undefined;
  /** Default: the original's, if it is still there and the client's. */
  projectId?: number | undefined;
  /** Default: today, where the company is. */
  issueDate?: LocalDate | undefined;
  /** Default: the issue date plus the client's terms, or else the company's. */
  dueDate?: LocalDate | undefined;
}

/**
 * Writes a new draft with the client, lines, taxes, discount, adjustments, texts, category and tags of
 * another invoice, in whatever status that is, and the next number. Late fees, payments and the time
 * behind lines are not taken along; the amounts are worked out anew. Throws `InvalidInput` for a
 * client, project or dates that do not fit.
 */
export async function duplicateInvoice(
  tx: Tx,
  by: Acting,
  input: DuplicateInvoiceInput,
): Promise<InvoiceRow> {
  const companyId = by.company.id;
  const original = await lockInvoice(tx, { companyId, id: input.invoiceId });
  const lines = await listInvoiceLines(tx, { companyId, invoiceId: original.id });
  const adjustments = await listAdjustments(tx, { companyId, invoiceId: original.id });
  const { currency, notes, terms, footer } = original;
  const clientId = input.clientId ?? original.clientId;
  const filing = await standingFiling(tx, companyId, { ...original, clientId });
  const copy = await writeDraftInvoice(tx, by, {
    ...filing,
    projectId: input.projectId ?? filing.projectId,
    issueDate: input.issueDate,
    dueDate: input.dueDate,
    currency,
    taxation: await taxationOf(tx, original),
    discount: discountOf(original),
    adjustments,
    notes,
    terms,
    footer,
    lines: lines.filter((line) => !line.isLateFee).map(draftOfLine),
    facts: { duplicate_of: original.id },
  });
  await copyRecordTags(tx, { kind: "invoice", companyId, from: original.id, to: copy.id });
  return copy;
}
