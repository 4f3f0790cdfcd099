import { pendingApproval } from "../billing/approvals.ts";
import type { LocalDate } from "../billing/dates.ts";
import type { Tx } from "../db/client.ts";
import { listInvoiceDeliveries } from "../db/deliveries.ts";
import { listInvoiceLines } from "../db/invoice-lines.ts";
import { lockInvoice, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import { Conflict, InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceApprovalWithdrawn } from "./approve-invoice.ts";
import { checkAdjustment, replaceAdjustments } from "./change-adjustments.ts";
import { checkFiling } from "./check-filing.ts";
import { completeLines, type LineInput } from "./complete-lines.ts";
import { getBillableClient } from "./create-invoice.ts";
import { differences, fieldNames } from "./differences.ts";
import { mergeDiscount, type DiscountInput } from "./discounts.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import {
  discountColumns,
  discountOf,
  draftOfLine,
  lineItemField,
  type LineDraft,
  type Taxation,
} from "./price-invoice.ts";
import { checkNotLeaving } from "./request-mail.ts";
import { rewriteInvoice } from "./rewrite-invoice.ts";
import { tagRecord, type TagsInput } from "./tag-record.ts";
import { changeTaxation, isSameTaxation, taxationOf } from "./taxation.ts";

/** What is left out stays as it is. */
export interface UpdateInvoiceInput {
  invoiceId: number;
  clientId?: number | undefined;
  projectId?: number | null | undefined;
  categoryId?: number | null | undefined;
  tags?: TagsInput | undefined;
  issueDate?: LocalDate | undefined;
  dueDate?: LocalDate | undefined;
  currency?: string | undefined;
  taxType?: "inline" | "summary" | undefined;
  /** The full set of kept rates on the whole invoice, for tax type summary. */
  taxRateIds?: readonly number[] | undefined;
  discount?: DiscountInput | undefined;
  adjustmentAmount?: bigint | undefined;
  adjustmentDescription?: string | null | undefined;
  notes?: string | null | undefined;
  terms?: string | null | undefined;
  footer?: string | null | undefined;
  isArchived?: boolean | undefined;
  isDisputed?: boolean | undefined;
  /** The full set: lines with an id are changed, those without one added, the others removed. */
  lines?: readonly LineInput[] | undefined;
}

/** What may still be written on an invoice that is paid or cancelled. */
const alwaysEditable = new Set<Column>([
  "notes",
  "terms",
  "footer",
  "isArchived",
  "isDisputed",
  "projectId",
  "categoryId",
]);
/** What says where an invoice belongs or how it stands, and nothing to the client. */
const filing = new Set<Column>(["projectId", "categoryId", "isArchived", "isDisputed"]);
/** What nobody may change once the invoice was issued to somebody. */
const draftOnly = new Set<Column>(["clientId", "currency"]);
/** What stands for all adjustments together. */
const adjusting = new Set<Column>(["adjustmentAmount", "adjustmentDescription"]);
/** What the amounts, or the status, depend on. */
const settling = new Set<Column>(["discountType", "discountValue", "adjustmentAmount", "dueDate"]);

/**
 * Changes an invoice. A draft may change in everything; an open invoice keeps its client and its
 * currency; a paid or cancelled one only gets other texts, project, category, tags and marks (archived,
 * disputed). A value that is what it was is no change. An invoice that becomes one of tax type summary
 * loses the taxes and discounts of its lines; one that becomes inline loses its own taxes. Late fees stay
 * whatever lines are given: they are waived one by one. A mail that waits goes to the new client.
 *
 * @throws Conflict for what the status or the payments forbid
 * @throws InvalidInput for wrong values
 */
export async function updateInvoice(
  tx: Tx,
  by: Acting,
  input: UpdateInvoiceInput,
): Promise<InvoiceRow> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: input.invoiceId });
  const discount = mergeDiscount(discountOf(invoice), input.discount ?? {});
  const { changes, changed } = differences(
    invoice,
    { ...input, ...discountColumns(discount) },
    columns,
  );
  const storedTaxation = await taxationOf(tx, invoice);
  const taxation = await changeTaxation(tx, companyId, storedTaxation, input);
  const isTaxedAnew = !isSameTaxation(storedTaxation, taxation);
  checkAllowed(invoice, changed, input.lines !== undefined || isTaxedAnew);
  checkDates({ ...invoice, ...changes }, input);
  if (changed.some((column) => adjusting.has(column))) {
    checkAdjustment({ ...invoice, ...changes });
    await replaceAdjustments(tx, by, invoice.id, { ...invoice, ...changes });
  }
  if (changes.clientId !== undefined) {
    const mails = await listInvoiceDeliveries(tx, { companyId, invoiceId: invoice.id });
    checkNotLeaving(`Invoice ${invoice.invoiceNumber}`, mails);
    await getBillableClient(tx, companyId, changes.clientId);
  }
  await checkFiling(tx, companyId, { ...invoice, ...changes }, invoice);
  const isTagged =
    input.tags !== undefined &&
    (await tagRecord(tx, by, { kind: "invoice", id: invoice.id }, input.tags));
  const names = [
    ...fieldNames(changed),
    ...(isTaxedAnew ? ["tax_type", "tax_rate_ids"] : []),
    ...(isTagged ? ["tags"] : []),
    ...(input.lines === undefined ? [] : ["line_items"]),
  ];

  const isRewritten = input.lines !== undefined || isTaxedAnew;
  if (isRewritten || changed.some((column) => settling.has(column))) {
    return await rewriteInvoice(tx, by, invoice, {
      taxation,
      discount,
      changes,
      facts: { changed: names },
      ...(input.lines === undefined
        ? {}
        : { lines: await syncedLines(tx, by, invoice, { lines: input.lines, taxation }) }),
    });
  }
  if (names.length === 0) return invoice;
  const updated = await updateInvoiceRow(tx, invoice, {
    ...changes,
    ...(changed.every((column) => filing.has(column)) ? {} : pendingApproval),
    updatedAt: by.now,
  });
  await recordInvoiceEvent(tx, by, "invoice.updated", updated, { changed: names });
  await recordInvoiceApprovalWithdrawn(tx, by, invoice, updated);
  return updated;
}

const columns = [
  "clientId",
  "projectId",
  "categoryId",
  "issueDate",
  "dueDate",
  "currency",
  "discountType",
  "discountValue",
  "adjustmentAmount",
  "adjustmentDescription",
  "notes",
  "terms",
  "footer",
  "isArchived",
  "isDisputed",
] as const;
type Column = (typeof columns)[number];

function checkAllowed(
  { status, invoiceNumber }: InvoiceRow,
  changed: readonly Column[],
  changesLines: boolean,
): void {
  if (status === "draft") return;
  if (status === "paid" || status === "cancelled") {
    if (changesLines || changed.some((column) => !alwaysEditable.has(column))) {
      throw new Conflict(
        `Invoice ${invoiceNumber} is ${status}: only its texts, project, category, tags and marks can be changed.`,
      );
    }
    return;
  }
  if (changed.some((column) => draftOnly.has(column))) {
    throw new Conflict(
      `Invoice ${invoiceNumber} is ${status}: client and currency can only be changed on a draft.`,
    );
  }
}

function checkDates(
  { issueDate, dueDate }: Pick<InvoiceRow, "issueDate" | "dueDate">,
  input: UpdateInvoiceInput,
): void {
  if (dueDate >= issueDate) return;
  const field = input.dueDate === undefined ? "issue_date" : "due_date";
  throw new InvalidInput({ [field]: ["The due date must not be before the issue date."] });
}

/** Late fees in the set are passed over, as long as they say what the fee says. */
async function syncedLines(
  tx: Tx,
  by: Acting,
  invoice: InvoiceRow,
  { lines, taxation }: { lines: readonly LineInput[]; taxation: Taxation },
): Promise<LineDraft[]> {
  const stored = await listInvoiceLines(tx, { companyId: by.company.id, invoiceId: invoice.id });
  const fees = new Map(
    stored.filter((line) => line.isLateFee).map((line) => [line.id, draftOfLine(line)]),
  );
  // Positions as the caller counts them, so that a fault is named where it is.
  const positions: number[] = [];
  const ordinary = lines.filter((line, index) => {
    const fee = line.id === undefined ? undefined : fees.get(line.id);
    if (fee === undefined) {
      positions.push(index);
      return true;
    }
    if (line.quantity !== fee.quantity || line.unitPrice !== fee.unitPrice) {
      throw new InvalidInput({
        [lineItemField(index, "unit_price")]: [
          "A late fee cannot be changed; delete it to waive it.",
        ],
      });
    }
    return false;
  });
  return await completeLines(tx, by.company, {
    lines: ordinary,
    known: new Map(
      stored.filter((line) => !line.isLateFee).map((line) => [line.id, draftOfLine(line)]),
    ),
    taxType: taxation.taxType,
    fieldOf: (index, field) => lineItemField(positions[index] ?? index, field),
  });
}
