import { pendingApproval } from "../billing/approvals.ts";
import { oneAdjustment } from "../billing/adjustments.ts";
import type { LocalDate } from "../billing/dates.ts";
import type { InvoiceStatus } from "../billing/statuses.ts";
import type { Discount } from "../billing/totals.ts";
import type { Tx } from "../db/client.ts";
import { deleteAdjustments, insertAdjustments } from "../db/invoice-adjustments.ts";
import { deleteInvoiceLines, insertInvoiceLines, listInvoiceLines } from "../db/invoice-lines.ts";
import { replaceInvoiceTaxes } from "../db/invoice-taxes.ts";
import { findTakenNumbers } from "../db/counters.ts";
import {
  insertInvoice,
  lockInvoice,
  lockInvoices,
  updateInvoiceRow,
  type InvoiceRow,
  takeInvoiceIds,
} from "../db/invoices.ts";
import { hasMoneyOfItsOwn } from "../db/imported-money.ts";
import { Conflict } from "../errors.ts";
import type { ProviderName } from "../platform/oauth.ts";
import { todayOf, type Acting } from "./acting.ts";
import { recordInvoiceApprovalWithdrawn } from "./approve-invoice.ts";
import type { Facts, RecordWriter } from "./bring-in-records.ts";
import { discountColumns, priceInvoice, type LineDraft } from "./price-invoice.ts";

export interface IncomingInvoice {
  clientId: number;
  invoiceNumber: string;
  issueDate: LocalDate;
  dueDate: LocalDate;
  currency: string;
  lines: readonly LineDraft[];
  discount: Discount | null;
  /** What our rules come to beside theirs, minor units; 0 for nothing. */
  adjustment: bigint;
  adjustmentDescription: string;
  /** Minor units, never more than the total. */
  amountPaid: bigint;
  status: InvoiceStatus;
  isDisputed: boolean;
  isArchived: boolean;
  notes: string | null;
  terms: string | null;
  sentAt: Date | null;
  viewedAt: Date | null;
  paidAt: Date | null;
  createdAt: Date;
}

/**
 * Invoices as they are over there: number, dates, status and total are kept, nothing is mailed, and
 * fees and reminders count from the day of the import only (BILLING.md section 10). History is not
 * counted against a plan's invoices of a month, unless it is of this month.
 */
export function createInvoiceWriter(provider: ProviderName): RecordWriter<IncomingInvoice> {
  return {
    kind: "invoice",
    subjectType: "invoice",

    async insert(tx, by, fields) {
      const companyId = by.company.id;
      const [[id], taken] = await Promise.all([
        takeInvoiceIds(tx, 1),
        findTakenNumbers(tx, { companyId, kind: "invoice", numbers: [fields.invoiceNumber] }),
      ]);
      if (taken.length > 0) {
        throw new Conflict(`Another invoice here has the number ${fields.invoiceNumber}.`);
      }
      const { lines, columns, adjustments } = priced(by, fields);
      const invoice = await insertInvoice(tx, {
        id: id!,
        companyId,
        projectId: null,
        categoryId: null,
        invoiceNumber: fields.invoiceNumber,
        isArchived: fields.isArchived,
        taxType: "inline",
        footer: null,
        createdAt: fields.createdAt,
        ...columns,
      });
      const where = { companyId, invoiceId: invoice.id, now: by.now };
      await insertInvoiceLines(tx, where, lines);
      await insertAdjustments(tx, where, adjustments);
      await updateInvoiceRow(tx, invoice, {
        ...stateOf(fields),
        dunningFrom: todayOf(by),
        updatedAt: by.now,
      });
      return { id: invoice.id };
    },

    async read(tx, by, id) {
      const [invoice] = await lockInvoices(tx, { companyId: by.company.id, ids: [id] });
      return invoice === undefined ? undefined : await factsOf(tx, invoice);
    },

    async overwrite(tx, by, id, fields) {
      const companyId = by.company.id;
      const invoice = await lockInvoice(tx, { companyId, id });
      if (invoice.status === "cancelled") throw new Conflict("It was voided here, and stays so.");
      if (await hasMoneyOfItsOwn(tx, { companyId, invoiceId: id, provider })) {
        throw new Conflict(
          "It stays as it is here: it has fees, payments, credits, time or expenses of its own.",
        );
      }
      const { lines, columns, adjustments } = priced(by, fields);
      const where = { companyId, invoiceId: id, now: by.now };
      const stored = await listInvoiceLines(tx, where);
      await deleteInvoiceLines(tx, { ...where, ids: stored.map((line) => line.id) });
      await insertInvoiceLines(tx, where, lines);
      await deleteAdjustments(tx, where);
      await insertAdjustments(tx, where, adjustments);
      await replaceInvoiceTaxes(tx, where, []);
      const changed = await updateInvoiceRow(tx, invoice, {
        ...columns,
        ...pendingApproval,
        taxType: "inline",
        ...stateOf(fields),
        ...(isStillOverdue(invoice, fields) && { status: "overdue" }),
        isArchived: fields.isArchived,
        statusSetAt: null,
        updatedAt: by.now,
      });
      await recordInvoiceApprovalWithdrawn(tx, by, invoice, changed);
    },
  };
}

/** A night here noticed what they did not. */
function isStillOverdue(invoice: InvoiceRow, fields: IncomingInvoice): boolean {
  return (
    invoice.status === "overdue" &&
    invoice.dueDate === fields.dueDate &&
    ["sent", "viewed", "partial"].includes(fields.status)
  );
}

function stateOf(fields: IncomingInvoice) {
  const { status, amountPaid, isDisputed, sentAt, viewedAt, paidAt } = fields;
  return { status, amountPaid, isDisputed, sentAt, viewedAt, paidAt };
}

function priced({ company }: Acting, fields: IncomingInvoice) {
  const { lines, subtotal, discountTotal, taxTotal, total } = priceInvoice(company, {
    lines: fields.lines,
    discount: fields.discount,
    adjustment: fields.adjustment,
    lateFee: 0n,
  });
  const description = fields.adjustment === 0n ? null : fields.adjustmentDescription;
  return {
    lines,
    adjustments: oneAdjustment({
      adjustmentDescription: description,
      adjustmentAmount: fields.adjustment,
    }),
    columns: {
      clientId: fields.clientId,
      issueDate: fields.issueDate,
      dueDate: fields.dueDate,
      currency: fields.currency,
      taxRounding: company.taxRounding,
      ...discountColumns(fields.discount),
      adjustmentDescription: description,
      adjustmentAmount: fields.adjustment,
      subtotal,
      discountTotal,
      taxTotal,
      total,
      notes: fields.notes,
      terms: fields.terms,
    },
  };
}

async function factsOf(tx: Tx, invoice: InvoiceRow): Promise<Facts> {
  const lines = await listInvoiceLines(tx, {
    companyId: invoice.companyId,
    invoiceId: invoice.id,
  });
  return {
    clientId: invoice.clientId,
    invoiceNumber: invoice.invoiceNumber,
    status: invoice.status,
    isDisputed: invoice.isDisputed,
    isArchived: invoice.isArchived,
    issueDate: invoice.issueDate,
    dueDate: invoice.dueDate,
    currency: invoice.currency,
    discountType: invoice.discountType,
    discountValue: invoice.discountValue,
    adjustmentAmount: invoice.adjustmentAmount,
    total: invoice.total,
    amountPaid: invoice.amountPaid,
    notes: invoice.notes,
    terms: invoice.terms,
    lines: lines.map((line) => ({
      description: line.description,
      longDescription: line.longDescription,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
      taxName1: line.taxName1,
      taxRate1: line.taxRate1,
      taxName2: line.taxName2,
      taxRate2: line.taxRate2,
      amount: line.amount,
    })),
  };
}
