import type { Tx } from "../db/client.ts";
import type { CompanyRow } from "../db/companies.ts";
import {
  listRecurringInvoiceLines,
  updateRecurringInvoiceLines,
  type RecurringInvoiceLineRow,
} from "../db/recurring-invoice-lines.ts";
import {
  listRecurringInvoiceIds,
  lockRecurringInvoices,
  updateRecurringInvoiceTotals,
  type RecurringInvoiceRow,
} from "../db/recurring-invoices.ts";
import { discountOf, draftOfLine, priceInvoice } from "./price-invoice.ts";
import { seriesLineValues } from "./rewrite-recurring-invoice.ts";

/** So many series are held in memory at a time. */
const chunkSize = 500;

/**
 * Works out anew what one invoice of each series comes to, after the company changed how it rounds
 * taxes. Invoices keep the rounding they were written with.
 */
export async function repriceRecurringInvoices(
  tx: Tx,
  { company, now }: { company: CompanyRow; now: Date },
): Promise<void> {
  const ids = await listRecurringInvoiceIds(tx, company.id);
  for (let from = 0; from < ids.length; from += chunkSize) {
    const chunk = ids.slice(from, from + chunkSize);
    const all = await lockRecurringInvoices(tx, { companyId: company.id, ids: chunk });
    await repriceChunk(tx, { company, now }, all);
  }
}

async function repriceChunk(
  tx: Tx,
  { company, now }: { company: CompanyRow; now: Date },
  all: readonly RecurringInvoiceRow[],
): Promise<void> {
  const companyId = company.id;
  const seriesIds = all.map((series) => series.id);
  const lines = new Map(seriesIds.map((id): [number, RecurringInvoiceLineRow[]] => [id, []]));
  for (const line of await listRecurringInvoiceLines(tx, { companyId, seriesIds })) {
    lines.get(line.recurringInvoiceId)?.push(line);
  }
  const priced = all.map((series) => ({
    id: series.id,
    ...priceInvoice(company, {
      lines: (lines.get(series.id) ?? []).map(draftOfLine),
      discount: discountOf(series),
      adjustment: 0n,
      lateFee: 0n,
    }),
  }));
  await updateRecurringInvoiceLines(
    tx,
    { companyId, now },
    priced.flatMap((series) =>
      series.lines.flatMap((line) =>
        line.id === undefined ? [] : [{ ...seriesLineValues(series.id, line), id: line.id }],
      ),
    ),
  );
  await updateRecurringInvoiceTotals(tx, { companyId, now }, priced);
}
