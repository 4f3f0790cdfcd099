import type { LocalDate } from "../billing/dates.ts";
import { hasPlaceholder } from "../billing/placeholders.ts";
import { planSeries, type SeriesLine, type SeriesPlan } from "../billing/plan-series.ts";
import type { CompanyRow } from "../db/companies.ts";
import type { RecurringInvoiceLineRow } from "../db/recurring-invoice-lines.ts";
import type { RecurringInvoiceRow } from "../db/recurring-invoices.ts";
import { discountOf, draftOfLine } from "./price-invoice.ts";

export interface PlannedSeries {
  series: RecurringInvoiceRow;
  lines: readonly RecurringInvoiceLineRow[];
  clientIsGone: boolean;
}

/** What a night of that business date would make of a series: the very decision that nights take. */
export function planRecurringInvoice(
  company: CompanyRow,
  { series, lines, clientIsGone }: PlannedSeries,
  businessDate: LocalDate,
): SeriesPlan {
  return planSeries(
    {
      ...series,
      clientIsGone,
      discount: discountOf(series),
      notesTemplate: templateOf(series.notes),
      lines: lines.map(seriesLine),
    },
    {
      businessDate,
      catchUpLimit: company.catchUpLimit,
      taxRounding: company.taxRounding,
      sendsMadeUpInvoices: company.sendsMadeUpInvoices,
    },
  );
}

/** Only texts with placeholders are filled in; others are copied as they stand. */
export function templateOf(text: string | null): string | null {
  return text !== null && hasPlaceholder(text) ? text : null;
}

function seriesLine(line: RecurringInvoiceLineRow): SeriesLine {
  return { ...draftOfLine(line), template: templateOf(line.description) };
}
