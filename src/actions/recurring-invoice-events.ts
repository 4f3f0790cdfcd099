import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import type { RecurringInvoiceRow } from "../db/recurring-invoices.ts";
import type { Acting } from "./acting.ts";

/** Leaves an event about a series, with what it is like now. Amounts are minor units. */
export async function recordSeriesEvent(
  tx: Tx,
  by: Acting,
  type: `recurring-invoice.${string}`,
  series: RecurringInvoiceRow,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordEvent(tx, {
    companyId: by.company.id,
    type,
    subjectType: "recurring-invoice",
    subjectId: series.id,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: {
      title: series.title,
      client_id: series.clientId,
      status: series.status,
      next_generate_date: series.nextGenerateDate,
      currency: series.currency,
      total: series.total,
      ...facts,
    },
  });
}
