import type { LocalDate } from "../billing/dates.ts";
import { firstOccurrenceOnOrAfter, occurrence, type Frequency } from "../billing/recurrence.ts";
import type { Discount } from "../billing/totals.ts";
import {
  deleteRecurringInvoiceLines,
  insertRecurringInvoiceLines,
  listRecurringInvoiceLines,
} from "../db/recurring-invoice-lines.ts";
import {
  insertRecurringInvoice,
  lockRecurringInvoices,
  updateRecurringInvoiceRow,
} from "../db/recurring-invoices.ts";
import { Conflict } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import type { RecordWriter } from "./bring-in-records.ts";
import { discountColumns, priceInvoice, type LineDraft } from "./price-invoice.ts";
import { requireFeature } from "./require-plan.ts";
import { seriesLineValues } from "./rewrite-recurring-invoice.ts";

export interface IncomingSeries {
  clientId: number;
  title: string;
  frequency: Frequency;
  interval: number;
  /** The first date over there, from which all others are counted. */
  startDate: LocalDate;
  /** How many invoices are still to come; null: no end. */
  remaining: number | null;
  currency: string;
  /** Days; null follows the company's default. */
  paymentTerms: number | null;
  isArchived: boolean;
  lines: readonly LineDraft[];
  discount: Discount | null;
  notes: string | null;
}

/**
 * Series that make nothing until somebody here says so: until then they are made over there. They come
 * paused, their next date is the first from today on, and what lies before is not made up for.
 */
export const seriesWriter: RecordWriter<IncomingSeries> = {
  kind: "recurring-invoice",
  subjectType: "recurring-invoice",

  async insert(tx, by, fields) {
    requireFeature(by.company, "recurringInvoices");
    const { columns, lines } = written(by, fields);
    const companyId = by.company.id;
    const { id } = await insertRecurringInvoice(tx, {
      ...columns,
      companyId,
      catchUp: "none",
      autoSend: false,
      createdAt: by.now,
    });
    await insertRecurringInvoiceLines(
      tx,
      { companyId, now: by.now },
      lines.map((line) => seriesLineValues(id, line)),
    );
    if (fields.isArchived) {
      await updateRecurringInvoiceRow(
        tx,
        { companyId, id },
        { isArchived: true, updatedAt: by.now },
      );
    }
    return { id };
  },

  async read(tx, by, id) {
    const companyId = by.company.id;
    const [series] = await lockRecurringInvoices(tx, { companyId, ids: [id] });
    if (series === undefined) return undefined;
    const lines = await listRecurringInvoiceLines(tx, { companyId, seriesIds: [id] });
    const { clientId, title, status, frequency, interval, startDate, maxOccurrences } = series;
    return {
      clientId,
      title,
      status,
      frequency,
      interval,
      startDate,
      maxOccurrences,
      currency: series.currency,
      paymentTerms: series.paymentTerms,
      isArchived: series.isArchived,
      total: series.total,
      notes: series.notes,
      lines: lines.map(({ description, quantity, unitPrice, amount }) => ({
        description,
        quantity,
        unitPrice,
        amount,
      })),
    };
  },

  async overwrite(tx, by, id, fields) {
    const companyId = by.company.id;
    const [series] = await lockRecurringInvoices(tx, { companyId, ids: [id] });
    if (series === undefined) throw new Conflict("It was deleted here.");
    if (series.status === "active" || series.occurrencesGenerated > 0) {
      throw new Conflict("It makes invoices here, and stays as it is.");
    }
    const { columns, lines } = written(by, fields);
    const stored = await listRecurringInvoiceLines(tx, { companyId, seriesIds: [id] });
    const ids = stored.map((line) => line.id);
    await deleteRecurringInvoiceLines(tx, { companyId, seriesId: id, ids });
    await insertRecurringInvoiceLines(
      tx,
      { companyId, now: by.now },
      lines.map((line) => seriesLineValues(id, line)),
    );
    const changes = { ...columns, isArchived: fields.isArchived, updatedAt: by.now };
    await updateRecurringInvoiceRow(tx, { companyId, id }, changes);
  },
};

function written(by: Acting, fields: IncomingSeries) {
  const { company } = by;
  const { lines, subtotal, discountTotal, taxTotal, total } = priceInvoice(company, {
    lines: fields.lines,
    discount: fields.discount,
    adjustment: 0n,
    lateFee: 0n,
  });
  const { frequency, interval, startDate } = fields;
  const grid = { frequency, interval, anchor: startDate };
  const nextK = firstOccurrenceOnOrAfter(grid, todayOf(by));
  const isOver = fields.remaining === 0;
  return {
    lines,
    columns: {
      clientId: fields.clientId,
      title: fields.title,
      status: isOver ? ("completed" as const) : ("paused" as const),
      frequency,
      interval,
      startDate,
      endDate: null,
      anchorDate: startDate,
      nextK,
      nextGenerateDate: isOver ? null : occurrence(grid, nextK),
      maxOccurrences: isOver ? null : fields.remaining,
      currency: fields.currency,
      paymentTerms: fields.paymentTerms ?? company.defaultPaymentTerms,
      ...discountColumns(fields.discount),
      notes: fields.notes,
      subtotal,
      discountTotal,
      taxTotal,
      total,
    },
  };
}
