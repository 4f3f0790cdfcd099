import { oneAdjustment } from "../billing/adjustments.ts";
import { addDays, type LocalDate } from "../billing/dates.ts";
import type { Tx } from "../db/client.ts";
import { findClientToInvoice, type InvoicedClientRow } from "../db/invoice-references.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import { replaceRecordTags } from "../db/record-tags.ts";
import { InvalidInput } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { checkAdjustment } from "./change-adjustments.ts";
import { checkFiling } from "./check-filing.ts";
import { completeLines, type LineInput } from "./complete-lines.ts";
import { mergeDiscount, type DiscountInput } from "./discounts.ts";
import { insertDraft, type Draft } from "./insert-draft.ts";
import { lineItemField, priceInvoice } from "./price-invoice.ts";
import { resolveTags, type TagsInput } from "./tag-record.ts";
import { changeTaxation } from "./taxation.ts";

export interface CreateInvoiceInput {
  clientId: number;
  projectId?: number | null | undefined;
  categoryId?: number | null | undefined;
  tags?: TagsInput | undefined;
  /** Default: today, where the company is. */
  issueDate?: LocalDate | undefined;
  /** Default: the issue date plus the client's terms, or else the company's. */
  dueDate?: LocalDate | undefined;
  /** Default: the client's. */
  currency?: string | undefined;
  /** Default: inline. */
  taxType?: "inline" | "summary" | undefined;
  /** Kept rates on the whole invoice, for tax type summary. */
  taxRateIds?: readonly number[] | undefined;
  discount?: DiscountInput | undefined;
  adjustmentAmount?: bigint | undefined;
  adjustmentDescription?: string | null | undefined;
  notes?: string | null | undefined;
  terms?: string | null | undefined;
  footer?: string | null | undefined;
  isArchived?: boolean | undefined;
  lines?: readonly LineInput[] | undefined;
}

/**
 * Writes a draft with the company's next number. Lines that say nothing of tax get the taxes of
 * their service, or else the company's default taxes. Throws `InvalidInput` for what does not fit.
 */
export async function createInvoice(tx: Tx, by: Acting, input: CreateInvoiceInput): Promise<Draft> {
  const { company } = by;
  const companyId = company.id;
  const client = await getBillableClient(tx, companyId, input.clientId);
  const { issueDate, dueDate } = datesOf(by, client, input);
  const discount = mergeDiscount(null, input.discount ?? {});
  const adjustment = {
    adjustmentAmount: input.adjustmentAmount ?? 0n,
    adjustmentDescription: input.adjustmentDescription ?? null,
  };
  checkAdjustment(adjustment);
  const filing = { projectId: input.projectId ?? null, categoryId: input.categoryId ?? null };
  await checkFiling(tx, companyId, { clientId: client.id, ...filing });
  const taxation = await changeTaxation(tx, companyId, { taxType: "inline", taxes: [] }, input);
  const priced = priceInvoice(company, {
    taxation,
    lines: await completeLines(tx, company, {
      lines: input.lines ?? [],
      known: new Map(),
      taxType: taxation.taxType,
      fieldOf: lineItemField,
    }),
    discount,
    adjustment: adjustment.adjustmentAmount,
    lateFee: 0n,
  });

  const tagIds = input.tags === undefined ? [] : [...(await resolveTags(tx, by, input.tags))];
  const draft = await insertDraft(
    tx,
    by,
    {
      clientId: client.id,
      ...filing,
      isArchived: input.isArchived ?? false,
      issueDate,
      dueDate,
      currency: input.currency ?? client.currency,
      taxType: taxation.taxType,
      ...adjustment,
      notes: input.notes ?? null,
      terms: input.terms ?? null,
      footer: input.footer ?? null,
    },
    { priced, discount, adjustments: oneAdjustment(adjustment) },
  );
  if (tagIds.length > 0) {
    await replaceRecordTags(tx, { kind: "invoice", companyId, id: draft.invoice.id }, tagIds);
  }
  return draft;
}

/** A client that may get an invoice, held so that it is not archived meanwhile. */
export async function getBillableClient(
  tx: Tx,
  companyId: number,
  clientId: number,
): Promise<InvoicedClientRow> {
  const client = await findClientToInvoice(tx, { companyId, clientId });
  if (client === undefined) throw new InvalidInput({ client_id: ["There is no such client."] });
  if (client.isArchived) {
    throw new InvalidInput({ client_id: ["This client is archived; unarchive it first."] });
  }
  return client;
}

/**
 * When an invoice is issued and due: today, and the client's terms or else the company's later, unless
 * given. Throws `InvalidInput` when it would be due before it is issued.
 */
export function datesOf(
  by: Acting,
  client: Pick<InvoicedClientRow, "paymentTerms">,
  given: { issueDate?: LocalDate | undefined; dueDate?: LocalDate | undefined },
): Pick<InvoiceRow, "issueDate" | "dueDate"> {
  const issueDate = given.issueDate ?? todayOf(by);
  const terms = client.paymentTerms ?? by.company.defaultPaymentTerms;
  const dueDate = given.dueDate ?? dueDateOf(issueDate, terms);
  if (dueDate < issueDate) {
    throw new InvalidInput({ due_date: ["The due date must not be before the issue date."] });
  }
  return { issueDate, dueDate };
}

/** Our calendar ends with the year 9999. */
function dueDateOf(issueDate: LocalDate, terms: number): LocalDate {
  if (issueDate > addDays("9999-12-31", -terms)) {
    throw new InvalidInput({ issue_date: ["The due date would be after the year 9999."] });
  }
  return addDays(issueDate, terms);
}
