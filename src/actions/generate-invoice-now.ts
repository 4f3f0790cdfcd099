import { addDays } from "../billing/dates.ts";
import { fillPlaceholders } from "../billing/placeholders.ts";
import type { SeriesPlan } from "../billing/plan-series.ts";
import type { Tx } from "../db/client.ts";
import { findClientToInvoice, findRecipient } from "../db/invoice-references.ts";
import { getInvoice, type InvoiceRow, takeInvoiceIds } from "../db/invoices.ts";
import {
  insertGeneratedInvoices,
  insertGeneratedLines,
  recordOccurrences,
} from "../db/night-invoices.ts";
import { advanceSeries, listInvoicesForPeriods } from "../db/night-series.ts";
import { listRecurringInvoiceLines } from "../db/recurring-invoice-lines.ts";
import { lockRecurringInvoice, type RecurringInvoiceRow } from "../db/recurring-invoices.ts";
import { Conflict, InvalidInput } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { planRecurringInvoice, templateOf, type PlannedSeries } from "./plan-recurring-invoice.ts";
import { recordSeriesEvent } from "./recurring-invoice-events.ts";
import { requestInvoiceMails } from "./request-invoice-mails.ts";
import { requireRoom } from "./require-plan.ts";
import { sendInvoice } from "./send-invoice.ts";
import { takeNumbers } from "./take-numbers.ts";

type DuePlan = Extract<SeriesPlan, { kind: "due" }>;

/**
 * Makes the next occurrence of a series into an invoice of today, whenever that occurrence is due, and
 * moves the series on (BILLING.md 3.6). A paused one may be asked for too: only its nights are stopped.
 * The row lock makes two at once into two occurrences, never one period twice.
 *
 * Throws `InvalidInput` when the series has no occurrence left or nothing to bill, `Conflict` when it
 * is archived, or parked and waiting for a person.
 */
export async function generateInvoiceNow(
  tx: Tx,
  by: Acting,
  { seriesId }: { seriesId: number },
): Promise<InvoiceRow> {
  const companyId = by.company.id;
  const series = await lockRecurringInvoice(tx, { companyId, id: seriesId });
  checkMayGenerate(series);
  const { clientId } = series;
  // A series without a client is parked, and was refused.
  if (clientId === null) throw new Error(`series ${seriesId} is not parked and has no client`);
  const client = await findClientToInvoice(tx, { companyId, clientId });
  const lines = await listRecurringInvoiceLines(tx, { companyId, seriesIds: [seriesId] });
  const planned = { series, lines, clientIsGone: client === undefined || client.isArchived };
  const plan = planNext(by, planned);
  const invoiceId = await writeInvoice(tx, by, planned, plan);

  await recordSeriesEvent(
    tx,
    by,
    "recurring-invoice.generated",
    {
      ...series,
      status: plan.completed ? "completed" : series.status,
      nextGenerateDate: plan.nextDate,
    },
    { invoice_id: invoiceId, period_start: plan.invoices[0]?.periodStart },
  );
  if (series.autoSend && plan.totals.total > 0n) {
    const recipient = await findRecipient(tx, { companyId, clientId });
    if (recipient === undefined) {
      const { invoiceNumber } = await getInvoice(tx, { companyId, id: invoiceId });
      const mails = [{ invoiceId, invoiceNumber, recipient: null }];
      await requestInvoiceMails(tx, { companyId, now: by.now, causerId: by.causerId, mails });
    } else {
      await sendInvoice(tx, by, { invoiceId });
    }
  }
  return await getInvoice(tx, { companyId, id: invoiceId });
}

function checkMayGenerate(series: RecurringInvoiceRow): void {
  if (series.isArchived) {
    throw new Conflict("This recurring invoice is archived; unarchive it first.");
  }
  if (series.parkedAt !== null) {
    throw new Conflict(
      `This recurring invoice is parked (${series.parkedReason ?? series.parkedCode}); release it first.`,
      { code: "series_parked" },
    );
  }
  if (series.status !== "completed" && series.nextGenerateDate !== null) return;
  const { maxOccurrences, occurrencesGenerated, endDate } = series;
  throw new InvalidInput(
    maxOccurrences !== null && occurrencesGenerated >= maxOccurrences
      ? { max_occurrences: [`All ${maxOccurrences} invoices of this series have been made.`] }
      : { end_date: [`This series ended on ${endDate}.`] },
    { code: "series_completed" },
  );
}

/** Plans as if today were the day of the next occurrence: exactly that one is due then. */
function planNext(by: Acting, planned: PlannedSeries): DuePlan {
  const date = planned.series.nextGenerateDate ?? todayOf(by);
  const plan = planRecurringInvoice(by.company, planned, date);
  if (plan.kind === "due") return plan;
  const field = plan.code === "client_archived" ? "client_id" : fieldOfFault(plan.code);
  throw new InvalidInput(
    { [field]: [`No invoice can be made of this series: ${plan.reason}.`] },
    { code: plan.code },
  );
}

function fieldOfFault(code: string): "line_items" | "interval" {
  return code === "impossible_rule" ? "interval" : "line_items";
}

async function writeInvoice(
  tx: Tx,
  by: Acting,
  { series, lines }: PlannedSeries,
  plan: DuePlan,
): Promise<number> {
  const companyId = by.company.id;
  const seriesId = series.id;
  const today = todayOf(by);
  const planned = plan.invoices[0];
  if (planned === undefined)
    throw new Error(`series ${seriesId} has no occurrence on its own date`);
  const { periodStart, periodEnd } = planned;
  await checkPeriodIsFree(tx, { companyId, seriesId, periodStart });

  await requireRoom(tx, by, "invoices");
  const [id] = await takeInvoiceIds(tx, 1);
  const [number] = await takeNumbers(tx, by.company, 1);
  if (id === undefined || number === undefined) throw new Error("no id or number was given out");
  const fill = (text: string | null) =>
    text === null
      ? null
      : fillPlaceholders(text, { periodStart, periodEnd, invoiceNumber: number });
  const { subtotal, discountTotal, taxTotal, total } = plan.totals;

  await insertGeneratedInvoices(tx, {
    companyId,
    businessDate: today,
    now: by.now,
    causerId: by.causerId,
    taxRounding: by.company.taxRounding,
    invoices: [
      {
        id,
        seriesId,
        number,
        periodStart,
        periodEnd,
        dueDate: addDays(today, series.paymentTerms),
        notes: fill(templateOf(series.notes)),
        subtotal,
        discountTotal,
        taxTotal,
        total,
      },
    ],
  });
  await insertGeneratedLines(tx, {
    companyId,
    now: by.now,
    lines: plan.totals.lines.map((amounts, index) => {
      const line = lines[index];
      if (line === undefined) throw new Error("a line was priced that is not there");
      const description = fill(templateOf(line.description));
      return { ...amounts, invoiceId: id, seriesLineId: line.id, description, sortOrder: index };
    }),
  });
  await recordOccurrences(tx, {
    byHand: true,
    companyId,
    businessDate: today,
    now: by.now,
    rows: [{ seriesId, periodStart, periodEnd, invoiceId: id, reason: null }],
  });
  const { nextK, nextDate, completed } = plan;
  await advanceSeries(tx, {
    companyId,
    now: by.now,
    rows: [{ id: seriesId, nextK, nextDate, generated: 1, completed }],
  });
  return id;
}

/** A period that has its invoice is never billed again; that there is one is never passed over. */
async function checkPeriodIsFree(
  tx: Tx,
  {
    companyId,
    seriesId,
    periodStart,
  }: { companyId: number; seriesId: number; periodStart: string },
): Promise<void> {
  const [there] = await listInvoicesForPeriods(tx, {
    companyId,
    seriesIds: [seriesId],
    periodStarts: [periodStart],
  });
  if (there === undefined) return;
  throw new Conflict(
    `Invoice ${there.id} already bills ${there.periodStart} to ${there.periodEnd} of this series.`,
    { code: "period_already_billed" },
  );
}
