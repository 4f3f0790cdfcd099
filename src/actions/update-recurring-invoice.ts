import type { LocalDate } from "../billing/dates.ts";
import { occurrence, type Frequency } from "../billing/recurrence.ts";
import { settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { listRecurringInvoiceLines } from "../db/recurring-invoice-lines.ts";
import {
  lockRecurringInvoice,
  NO_CLIENT,
  type CatchUp,
  type RecurringInvoiceChanges,
  type RecurringInvoiceRow,
} from "../db/recurring-invoices.ts";
import { countOccurrences, findLastBilledPeriod } from "../db/recurring-occurrences.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { checkPlaceholders } from "./check-placeholders.ts";
import { completeLines, type LineInput } from "./complete-lines.ts";
import { getBillableClient } from "./create-invoice.ts";
import { lineTexts } from "./create-recurring-invoice.ts";
import { mergeDiscount, type DiscountInput } from "./discounts.ts";
import { discountColumns, discountOf, draftOfLine, lineItemField } from "./price-invoice.ts";
import { rewriteRecurringInvoice } from "./rewrite-recurring-invoice.ts";
import {
  checkBeginning,
  checkSchedule,
  passOver,
  recurrenceOf,
  settled,
  type Schedule,
} from "./series-schedule.ts";

/** What is left out stays as it is. */
export interface UpdateRecurringInvoiceInput {
  seriesId: number;
  clientId?: number | undefined;
  title?: string | undefined;
  frequency?: Frequency | undefined;
  interval?: number | undefined;
  startDate?: LocalDate | undefined;
  endDate?: LocalDate | null | undefined;
  nextGenerateDate?: LocalDate | undefined;
  maxOccurrences?: number | null | undefined;
  catchUp?: CatchUp | undefined;
  autoSend?: boolean | undefined;
  currency?: string | undefined;
  paymentTerms?: number | undefined;
  discount?: DiscountInput | undefined;
  notes?: string | null | undefined;
  /** The full set: lines with an id are changed, those without one added, the others removed. */
  lines?: readonly LineInput[] | undefined;
}

type Changes = Omit<RecurringInvoiceChanges, "updatedAt">;

/**
 * Changes a series; invoices already made stay as they are. What moves its grid (BILLING.md 1.5):
 *
 * - another `nextGenerateDate` anchors the grid there and restarts k. It must come after the start
 *   of the last period billed. The date it has already is no change, so that a form may send back
 *   all it shows;
 * - another frequency or interval anchors the grid at the next date as it was;
 * - another `startDate` moves a grid of which nothing has come yet, and is refused afterwards;
 * - nothing else does: amounts, lines, client, ends and texts keep the anchor (case C9).
 *
 * When an end is lifted off a completed series, it goes on with the first occurrence of its grid that
 * is today or later. Throws `InvalidInput` for what does not fit.
 */
export async function updateRecurringInvoice(
  tx: Tx,
  by: Acting,
  input: UpdateRecurringInvoiceInput,
): Promise<RecurringInvoiceRow> {
  const companyId = by.company.id;
  const series = await lockRecurringInvoice(tx, { companyId, id: input.seriesId });
  checkPlaceholders({ title: input.title, notes: input.notes, ...lineTexts(input.lines) });
  const discount = mergeDiscount(discountOf(series), input.discount ?? {});
  const wanted: Changes = {
    ...pickColumns(input),
    ...(input.discount === undefined ? {} : discountColumns(discount)),
  };
  const schedule = await rescheduled(tx, by, series, input);
  const changes = differences(series, { ...wanted, ...schedule });
  if (input.clientId !== undefined && changes.clientId !== undefined) {
    await getBillableClient(tx, companyId, input.clientId);
    if (series.parkedCode === NO_CLIENT) Object.assign(changes, await unparked(tx, series));
  } else if (
    series.clientId === null &&
    series.status === "completed" &&
    changes.status !== undefined
  ) {
    throw new InvalidInput({ client_id: ["It has no client; give it one first."] });
  }

  const changed = Object.keys(changes);
  if (changed.length === 0 && input.lines === undefined) return series;
  return await rewriteRecurringInvoice(tx, by, series, {
    changes,
    discount,
    ...(input.lines === undefined
      ? { facts: { changed } }
      : {
          facts: { changed: [...changed, "lines"] },
          lines: await syncedLines(tx, by, series, input.lines),
          fieldOf: lineItemField,
        }),
  });
}

/** It was moved here without its client (decision 0008) and has one now: the nights may go on. */
async function unparked(tx: Tx, { companyId, id }: RecurringInvoiceRow): Promise<Changes> {
  await settleAttention(tx, {
    companyId,
    kind: "series.parked",
    key: String(id),
    resolution: "it has a client",
  });
  return { parkedAt: null, parkedCode: null, parkedReason: null };
}

const plainColumns = [
  "clientId",
  "title",
  "catchUp",
  "autoSend",
  "currency",
  "paymentTerms",
  "notes",
] as const;

function pickColumns(input: UpdateRecurringInvoiceInput): Changes {
  return Object.fromEntries(
    plainColumns.flatMap((column) =>
      input[column] === undefined ? [] : [[column, input[column]]],
    ),
  );
}

function differences(series: RecurringInvoiceRow, wanted: Changes): Changes {
  const stored = new Map<string, unknown>(Object.entries(series));
  return Object.fromEntries(
    Object.entries(wanted).filter(([column, value]) => stored.get(column) !== value),
  );
}

/** The grid and the ends a series has after the change, checked. */
async function rescheduled(
  tx: Tx,
  by: Acting,
  series: RecurringInvoiceRow,
  input: UpdateRecurringInvoiceInput,
): Promise<Schedule> {
  const schedule: Schedule = {
    frequency: input.frequency ?? series.frequency,
    interval: input.interval ?? series.interval,
    startDate: input.startDate ?? series.startDate,
    endDate: input.endDate === undefined ? series.endDate : input.endDate,
    anchorDate: series.anchorDate,
    nextK: series.nextK,
    nextGenerateDate: series.nextGenerateDate,
    maxOccurrences:
      input.maxOccurrences === undefined ? series.maxOccurrences : input.maxOccurrences,
    occurrencesGenerated: series.occurrencesGenerated,
    status: series.status,
  };
  const anchor = await newAnchor(tx, series, schedule, input);
  const moved: Schedule =
    anchor === undefined ? schedule : { ...schedule, anchorDate: anchor.date, nextK: 0 };
  checkSchedule(by, moved);
  if (anchor !== undefined) {
    checkBeginning(by, moved, { catchUp: statedCatchUp(series, input), field: anchor.field });
  } else if (
    schedule.endDate === series.endDate &&
    schedule.maxOccurrences === series.maxOccurrences
  ) {
    return schedule;
  }

  const date =
    anchor?.date ?? series.nextGenerateDate ?? occurrence(recurrenceOf(series), series.nextK);
  const standing = settled(moved, { k: moved.nextK, date });
  if (anchor?.field === "next_generate_date" && standing.status === "completed") {
    // The date alone would be taken and forgotten: no invoice could come of it.
    const text = `All ${moved.maxOccurrences} invoices of this series have been made; raise the maximum too.`;
    throw new InvalidInput({ max_occurrences: [text] });
  }
  const isReopened = series.status === "completed" && standing.status !== "completed";
  if (!isReopened || anchor?.field === "next_generate_date") return { ...moved, ...standing };
  return { ...moved, ...(await passOver(tx, by, { ...moved, id: series.id }, "completed")) };
}

/**
 * What is known of how to treat missed occurrences: said now, or set to other than the default. A
 * series that is paused makes nothing up when it is resumed.
 */
function statedCatchUp(
  series: RecurringInvoiceRow,
  input: UpdateRecurringInvoiceInput,
): CatchUp | undefined {
  if (input.catchUp !== undefined) return input.catchUp;
  return series.catchUp === "all" && series.status !== "paused" ? undefined : series.catchUp;
}

/** Where the change anchors the grid anew, and the field that says so; undefined keeps the anchor. */
async function newAnchor(
  tx: Tx,
  series: RecurringInvoiceRow,
  schedule: Schedule,
  input: UpdateRecurringInvoiceInput,
): Promise<
  { date: LocalDate; field: "next_generate_date" | "start_date" | "frequency" } | undefined
> {
  const startMoved = schedule.startDate !== series.startDate;
  if (startMoved && (await hasBegun(tx, series))) {
    throw new InvalidInput({
      start_date: ["The series has begun; set next_generate_date to move what is to come."],
    });
  }

  const byHand = input.nextGenerateDate;
  if (byHand !== undefined && byHand !== series.nextGenerateDate) {
    await checkNextDate(tx, series, schedule, byHand);
    return { date: byHand, field: "next_generate_date" };
  }
  if (startMoved) {
    if (series.anchorDate === series.startDate) {
      return { date: schedule.startDate, field: "start_date" };
    }
    if (series.nextGenerateDate !== null && schedule.startDate > series.nextGenerateDate) {
      throw new InvalidInput({ start_date: ["Must not be after next_generate_date."] });
    }
  }
  if (schedule.frequency !== series.frequency || schedule.interval !== series.interval) {
    const date = series.nextGenerateDate ?? occurrence(recurrenceOf(series), series.nextK);
    return { date, field: "frequency" };
  }
  return undefined;
}

async function checkNextDate(
  tx: Tx,
  series: RecurringInvoiceRow,
  { startDate, endDate }: Schedule,
  date: LocalDate,
): Promise<void> {
  if (date < startDate) throw badNextDate("Must not be before the start date.");
  if (endDate !== null && date > endDate) throw badNextDate("Must not be after the end date.");
  const last = await findLastBilledPeriod(tx, {
    companyId: series.companyId,
    seriesId: series.id,
  });
  if (last !== undefined && date <= last.periodStart) {
    throw badNextDate(`Must be after ${last.periodStart}, where the last period billed begins.`);
  }
}

function badNextDate(text: string): InvalidInput {
  return new InvalidInput({ next_generate_date: [text] });
}

async function hasBegun(tx: Tx, series: RecurringInvoiceRow): Promise<boolean> {
  const { generated, skipped, moved } = await countOccurrences(tx, {
    companyId: series.companyId,
    seriesId: series.id,
  });
  return generated + skipped + moved > 0;
}

async function syncedLines(
  tx: Tx,
  by: Acting,
  series: RecurringInvoiceRow,
  lines: readonly LineInput[],
) {
  const stored = await listRecurringInvoiceLines(tx, {
    companyId: by.company.id,
    seriesIds: [series.id],
  });
  return await completeLines(tx, by.company, {
    lines,
    known: new Map(stored.map((line) => [line.id, draftOfLine(line)])),
    fieldOf: lineItemField,
  });
}
