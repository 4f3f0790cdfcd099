import type { LocalDate } from "../billing/dates.ts";
import { fillPlaceholders } from "../billing/placeholders.ts";
import { planSeries, type SeriesLine, type SeriesPlan } from "../billing/plan-series.ts";
import type { Tx } from "../db/client.ts";
import { raiseNightFindings } from "../db/night-attention.ts";
import type { NightCompanyRow } from "../db/night-companies.ts";
import { takeInvoiceIds } from "../db/invoices.ts";
import {
  insertGeneratedInvoices,
  insertGeneratedLines,
  recordOccurrences,
  type GeneratedInvoice,
  type GeneratedLine,
  type OccurrenceOutcome,
} from "../db/night-invoices.ts";
import {
  advanceSeries,
  claimDueSeries,
  listInvoicesForPeriods,
  listLinesOfSeries,
  parkSeries,
  type DueSeriesRow,
  type ParkedSeries,
  type SeriesProgress,
} from "../db/night-series.ts";
import { errorText } from "../errors.ts";
import { requestInvoiceMails, type InvoiceMail } from "./request-invoice-mails.ts";
import { takeNumbers } from "./take-numbers.ts";
import { parkedItem } from "./parked-item.ts";

/**
 * Invoices and parked periods after which a chunk takes no further series: each may have missed
 * hundreds of dates, and what one transaction holds in memory must not grow with them.
 */
const DATES_PER_CHUNK = 2_000;
/** Series whose rows leave in one go: PostgreSQL writes some while we work out the next. */
const SERIES_PER_WRITE = 250;

export interface GenerateInput {
  company: NightCompanyRow;
  businessDate: LocalDate;
  /** The company's clock. */
  now: Date;
  /** Most series in this chunk. */
  limit: number;
  /** Look for invoices that already stand for a planned period, because writing just met one. */
  checksPeriods: boolean;
  /** Wait for series that others hold, instead of leaving those to them. Default: false. */
  waits?: boolean;
  /** Told of the series claimed, so that a failing statement can be laid at somebody's door. */
  onClaim?: (seriesIds: number[]) => void;
}

type DuePlan = Extract<SeriesPlan, { kind: "due" }>;
interface Planned {
  series: DueSeriesRow;
  lines: SeriesLine[];
  plan: DuePlan;
  /** Periods that already had their invoice; the series only moves on past them. */
  already: { periodStart: LocalDate; periodEnd: LocalDate; invoiceId: number }[];
}

/**
 * One chunk of the night's generating step, in one transaction: claims due series of one company,
 * plans each (BILLING.md section 3), and writes invoices, lines, occurrences, the series' next dates
 * and events. A series that cannot be planned is parked with its reason and stops nobody else.
 * Returns how many series it claimed, 0 when none is free, and how many of those it has done: the
 * others missed so many dates that they are left to the next chunk.
 */
export async function generateInvoices(
  tx: Tx,
  input: GenerateInput,
): Promise<{ claimed: number; done: number }> {
  const { company, businessDate, now } = input;
  const claimed = await claimDueSeries(tx, {
    companyId: company.id,
    businessDate,
    limit: input.limit,
    waits: input.waits ?? false,
  });
  if (claimed.length === 0) return { claimed: 0, done: 0 };
  input.onClaim?.(claimed.map((series) => series.id));

  const lines = await linesBySeries(tx, company, claimed);
  const parked: ParkedSeries[] = [];
  let planned: Planned[] = [];
  let done = 0;
  let dates = 0;
  for (const series of claimed) {
    if (dates >= DATES_PER_CHUNK) break;
    done += 1;
    const plan = planOrPark(series, lines.get(series.id) ?? [], company, businessDate);
    if (plan.kind === "parked") {
      parked.push({ id: series.id, ...plan });
      dates += plan.preview.length;
    } else {
      dates += plan.invoices.length + plan.skipped.length;
      planned.push({ series, lines: lines.get(series.id) ?? [], plan, already: [] });
    }
  }
  if (input.checksPeriods) planned = await dropKnownPeriods(tx, company.id, planned, parked);

  if (parked.length > 0) await park(tx, { companyId: company.id, businessDate, now }, parked);
  if (planned.length > 0) await writePlans(tx, input, planned);
  return { claimed: claimed.length, done };
}

async function park(
  tx: Tx,
  of: { companyId: number; businessDate: LocalDate; now: Date },
  series: ParkedSeries[],
): Promise<void> {
  await parkSeries(tx, { ...of, series });
  await raiseNightFindings(
    tx,
    of.companyId,
    series.map(({ id, reason }) => parkedItem(id, reason)),
  );
}

/** A program error while planning one series is that series' problem, shown to a person. */
function planOrPark(
  series: DueSeriesRow,
  lines: SeriesLine[],
  company: NightCompanyRow,
  businessDate: LocalDate,
): SeriesPlan {
  try {
    return planSeries(
      {
        ...series,
        discount: discountOf(series),
        lines,
      },
      {
        businessDate,
        catchUpLimit: company.catchUpLimit,
        taxRounding: company.taxRounding,
        sendsMadeUpInvoices: company.sendsMadeUpInvoices,
      },
    );
  } catch (error) {
    return { kind: "parked", code: "error", reason: errorText(error), preview: [] };
  }
}

function discountOf(series: DueSeriesRow) {
  if (series.discountType === null || series.discountValueScaled === null) return null;
  const scaled = BigInt(series.discountValueScaled);
  return series.discountType === "percentage"
    ? { type: "percentage" as const, rate: scaled }
    : { type: "fixed" as const, amount: scaled / 1000n };
}

async function linesBySeries(
  tx: Tx,
  company: NightCompanyRow,
  claimed: DueSeriesRow[],
): Promise<Map<number, SeriesLine[]>> {
  const seriesIds = claimed.map((series) => series.id);
  const bySeries = new Map<number, SeriesLine[]>(seriesIds.map((id) => [id, []]));
  const rows = await listLinesOfSeries(tx, {
    companyId: company.id,
    seriesIds,
    withTaxNames: company.taxRounding === "per_invoice",
  });
  for (const row of rows) {
    bySeries.get(row.recurringInvoiceId)?.push({
      id: row.id,
      quantity: row.quantityScaled,
      unitPrice: BigInt(row.unitPriceScaled),
      taxName1: row.taxName1,
      taxRate1: row.taxRate1Scaled,
      taxName2: row.taxName2,
      taxRate2: row.taxRate2Scaled,
      template: row.template,
    });
  }
  return bySeries;
}

/**
 * Compares planned periods with the invoices that are there: the same period is already done, any
 * other overlap parks the series. Neither is ever swallowed (BILLING.md 3.2).
 */
async function dropKnownPeriods(
  tx: Tx,
  companyId: number,
  planned: Planned[],
  parked: ParkedSeries[],
): Promise<Planned[]> {
  const wanted = planned.flatMap(({ series, plan }) =>
    plan.invoices.map((invoice) => ({ seriesId: series.id, start: invoice.periodStart })),
  );
  const existing = await listInvoicesForPeriods(tx, {
    companyId,
    seriesIds: wanted.map((period) => period.seriesId),
    periodStarts: wanted.map((period) => period.start),
  });
  const byPeriod = new Map(
    existing.map((row) => [`${row.recurringInvoiceId}/${row.periodStart}`, row]),
  );

  return planned.filter((entry) => {
    const { series, plan } = entry;
    const fresh: DuePlan["invoices"] = [];
    for (const invoice of plan.invoices) {
      const there = byPeriod.get(`${series.id}/${invoice.periodStart}`);
      if (there === undefined) {
        fresh.push(invoice);
      } else if (there.periodEnd === invoice.periodEnd) {
        entry.already.push({ ...invoice, invoiceId: there.id });
      } else {
        parked.push({
          id: series.id,
          code: "period_conflict",
          reason:
            `invoice ${there.id} already bills ${there.periodStart} to ${there.periodEnd}, ` +
            `which is not the period ${invoice.periodStart} to ${invoice.periodEnd}`,
          preview: plan.invoices,
        });
        return false;
      }
    }
    entry.plan = { ...plan, invoices: fresh };
    return true;
  });
}

async function writePlans(tx: Tx, input: GenerateInput, planned: Planned[]): Promise<void> {
  const { company, businessDate, now } = input;
  const companyId = company.id;
  const count = planned.reduce((sum, { plan }) => sum + plan.invoices.length, 0);
  // The counter row is the last lock of this transaction (BILLING.md section 4).
  const [ids, numbers] =
    count > 0
      ? await Promise.all([takeInvoiceIds(tx, count), takeNumbers(tx, company, count)])
      : [[], []];

  const mails: InvoiceMail[] = [];
  const writes: Promise<unknown>[] = [];
  let first = 0;
  for (let at = 0; at < planned.length; at += SERIES_PER_WRITE) {
    const rows = layOut(planned.slice(at, at + SERIES_PER_WRITE), ids, numbers, first);
    first += rows.invoices.length;
    mails.push(...rows.mails);
    const { taxRounding } = company;
    const write = writeRows(tx, { companyId, businessDate, now, taxRounding }, rows);
    writes.push(write);
    // Awaited below; until then a refusal is nobody's yet, which would end the process.
    write.catch(() => {});
    // Lets the statements leave: PostgreSQL writes this part while we lay out the next.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(writes);
  await requestInvoiceMails(tx, { companyId, now, mails });
}

/** Sent in one go, answered in order: PostgreSQL need not wait for us in between. */
async function writeRows(
  tx: Tx,
  {
    taxRounding,
    ...of
  }: {
    companyId: number;
    businessDate: LocalDate;
    now: Date;
    taxRounding: NightCompanyRow["taxRounding"];
  },
  { invoices, lines, occurrences, progress }: Rows,
): Promise<void> {
  await Promise.all([
    ...(invoices.length > 0
      ? [
          insertGeneratedInvoices(tx, { ...of, taxRounding, invoices }),
          insertGeneratedLines(tx, { ...of, lines }),
        ]
      : []),
    ...(occurrences.length > 0 ? [recordOccurrences(tx, { ...of, rows: occurrences })] : []),
    advanceSeries(tx, { ...of, rows: progress }),
  ]);
}

interface Rows {
  invoices: GeneratedInvoice[];
  lines: GeneratedLine[];
  occurrences: OccurrenceOutcome[];
  progress: SeriesProgress[];
  mails: InvoiceMail[];
}

/** Turns plans into rows, handing out ids and numbers in order, from the given place on. */
function layOut(planned: Planned[], ids: number[], numbers: string[], first: number): Rows {
  const invoices: GeneratedInvoice[] = [];
  const lines: GeneratedLine[] = [];
  const occurrences: OccurrenceOutcome[] = [];
  const progress: SeriesProgress[] = [];
  const mails: InvoiceMail[] = [];

  for (const { series, lines: templates, plan, already } of planned) {
    for (const invoice of plan.invoices) {
      const id = ids[first + invoices.length]!;
      const number = numbers[first + invoices.length]!;
      const { periodStart, periodEnd, dueDate } = invoice;
      const fill = (text: string | null) =>
        text === null
          ? null
          : fillPlaceholders(text, { periodStart, periodEnd, invoiceNumber: number });

      const { subtotal, discountTotal, taxTotal, total } = plan.totals;
      const notes = fill(series.notesTemplate);
      invoices.push({
        id,
        seriesId: series.id,
        number,
        periodStart,
        periodEnd,
        dueDate,
        notes,
        subtotal,
        discountTotal,
        taxTotal,
        total,
      });
      for (const [index, line] of templates.entries()) {
        const amounts = plan.totals.lines[index]!;
        const description = fill(line.template);
        lines.push({
          invoiceId: id,
          seriesLineId: line.id,
          description,
          sortOrder: index,
          ...amounts,
        });
      }
      occurrences.push({
        seriesId: series.id,
        periodStart,
        periodEnd,
        invoiceId: id,
        reason: null,
      });
      if (invoice.sends) {
        mails.push({ invoiceId: id, invoiceNumber: number, recipient: series.recipient });
      }
    }
    for (const { periodStart, periodEnd, invoiceId } of already) {
      occurrences.push({ seriesId: series.id, periodStart, periodEnd, invoiceId, reason: null });
    }
    for (const { periodStart, periodEnd, reason } of plan.skipped) {
      occurrences.push({ seriesId: series.id, periodStart, periodEnd, invoiceId: null, reason });
    }
    const { nextK, nextDate, completed } = plan;
    progress.push({ id: series.id, nextK, nextDate, generated: plan.invoices.length, completed });
  }
  return { invoices, lines, occurrences, progress, mails };
}
