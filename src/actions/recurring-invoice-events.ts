import { raiseAttention, settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import type { RecurringInvoiceRow } from "../db/recurring-invoices.ts";
import type { Acting } from "./acting.ts";
import { parkedItem } from "./parked-item.ts";

/**
 * Leaves an event about a series, with what it is like now. Amounts are minor units. Of one that is
 * parked a person is told for as long as nights would bill it; one that is archived, completed or
 * deleted needs nobody, until it is taken back.
 */
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
  if (series.parkedAt === null) return;
  const item = {
    companyId: by.company.id,
    ...parkedItem(series.id, series.parkedReason ?? "of something unknown"),
  };
  const over = whyOver(type, series);
  if (over !== undefined) {
    await settleAttention(tx, { ...item, resolution: `the recurring invoice is ${over}` });
    return;
  }
  await raiseAttention(tx, item);
}

function whyOver(
  type: `recurring-invoice.${string}`,
  { status, isArchived }: RecurringInvoiceRow,
): string | undefined {
  if (type === "recurring-invoice.deleted") return "deleted";
  if (status === "completed") return status;
  return isArchived ? "archived" : undefined;
}
