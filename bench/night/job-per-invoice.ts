import { randomUUID } from "node:crypto";
import { Queue, Worker } from "bullmq";
import { planSeries, type SeriesState } from "../../src/billing/plan-series.ts";
import type { Sql, Tx } from "../../src/db/client.ts";
import { advanceCounter } from "../../src/db/counters.ts";
import { takeInvoiceIds } from "../../src/db/invoices.ts";
import {
  insertGeneratedInvoices,
  insertGeneratedLines,
  recordOccurrences,
} from "../../src/db/night-invoices.ts";
import { advanceSeries, listLinesOfSeries } from "../../src/db/night-series.ts";
import { NIGHT } from "./seed.ts";

interface SeriesKey {
  companyId: number;
  seriesId: number;
}

/**
 * The peer: one BullMQ job per invoice, as anybody would begin: look the due series up, give the queue
 * a job for each, and let the worker write each invoice in a transaction of its own. Returns the
 * seconds from the look-up to the last job's end.
 */
export async function generateByJobs(
  sql: Sql,
  { redisUrl, concurrency }: { redisUrl: string; concurrency: number },
): Promise<number> {
  const url = new URL(redisUrl);
  const connection = { host: url.hostname, port: Number(url.port), maxRetriesPerRequest: null };
  const name = `invoices-${randomUUID()}`;
  const queue = new Queue<SeriesKey>(name, { connection });
  const worker = new Worker<SeriesKey>(name, async (job) => await invoiceSeries(sql, job.data), {
    connection,
    concurrency,
    autorun: false,
  });
  try {
    await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
    const startedAt = performance.now();
    const due = await listDueSeries(sql);
    const finished = countFinished(worker, due.length);
    void worker.run();
    for (let at = 0; at < due.length; at += 1000) {
      const part = due.slice(at, at + 1000);
      await queue.addBulk(
        part.map((data) => ({ name: "invoice", data, opts: { removeOnComplete: { age: 300 } } })),
      );
    }
    await finished;
    return (performance.now() - startedAt) / 1000;
  } finally {
    await worker.close();
    await queue.close();
  }
}

async function countFinished(worker: Worker<SeriesKey>, wanted: number): Promise<void> {
  let finished = 0;
  await new Promise<void>((resolve, reject) => {
    worker.on("completed", () => {
      finished += 1;
      if (finished === wanted) resolve();
    });
    worker.on("failed", (_job, error) => reject(error));
  });
}

async function listDueSeries(sql: Sql): Promise<SeriesKey[]> {
  return await sql<SeriesKey[]>`
    select company_id, id as series_id
    from recurring_invoices
    where next_generate_date <= ${NIGHT.businessDate} and status = 'active' and parked_at is null
      and deleted_at is null and not is_archived
    order by company_id, next_generate_date, id
  `;
}

type SeriesRow = Omit<SeriesState, "discount" | "notesTemplate" | "lines"> & {
  invoicePrefix: string;
};

async function lockSeries(sql: Tx, { companyId, seriesId }: SeriesKey): Promise<SeriesRow> {
  const [row] = await sql<SeriesRow[]>`
    select
      r.id, r.frequency, r.interval, r.anchor_date, r.next_k, r.end_date, r.max_occurrences,
      r.occurrences_generated, r.catch_up, r.released_through, r.payment_terms, r.auto_send,
      (c.is_archived or c.deleted_at is not null) as client_is_gone, p.invoice_prefix
    from recurring_invoices r
    join clients c on c.company_id = r.company_id and c.id = r.client_id
    join companies p on p.id = r.company_id
    where r.company_id = ${companyId} and r.id = ${seriesId}
    for no key update of r
  `;
  return row!;
}

/** One invoice, with the statements of our own night for a single row: those are hard to beat. */
async function invoiceSeries(sql: Sql, key: SeriesKey): Promise<void> {
  const { companyId, seriesId } = key;
  const { businessDate, at: now } = NIGHT;
  await sql.begin(async (tx) => {
    const series = await lockSeries(tx, key);
    const of = { companyId, seriesIds: [seriesId], withTaxNames: false };
    const lines = (await listLinesOfSeries(tx, of)).map((row) => ({
      id: row.id,
      quantity: row.quantityScaled,
      unitPrice: BigInt(row.unitPriceScaled),
      taxName1: row.taxName1,
      taxRate1: row.taxRate1Scaled,
      taxName2: row.taxName2,
      taxRate2: row.taxRate2Scaled,
      template: row.template,
    }));
    const plan = planSeries(
      { ...series, discount: null, notesTemplate: null, lines },
      { businessDate, catchUpLimit: 3, taxRounding: "per_line", sendsMadeUpInvoices: false },
    );
    if (plan.kind === "parked") throw new Error(plan.reason);
    const [id] = await takeInvoiceIds(tx, 1);
    const value = await advanceCounter(tx, { companyId, kind: "invoice", count: 1 });
    const period = plan.invoices[0]!;
    const invoice = {
      id: id!,
      seriesId,
      number: `${series.invoicePrefix}${String(value).padStart(5, "0")}`,
      notes: null,
      ...period,
      ...plan.totals,
    };
    await Promise.all([
      insertGeneratedInvoices(tx, {
        companyId,
        businessDate,
        now,
        taxRounding: "per_line",
        invoices: [invoice],
      }),
      insertGeneratedLines(tx, {
        companyId,
        now,
        lines: lines.map((line, sortOrder) => ({
          invoiceId: invoice.id,
          seriesLineId: line.id,
          description: null,
          sortOrder,
          ...plan.totals.lines[sortOrder]!,
        })),
      }),
      recordOccurrences(tx, {
        companyId,
        businessDate,
        now,
        rows: [{ seriesId, ...period, invoiceId: invoice.id, reason: null }],
      }),
      advanceSeries(tx, {
        companyId,
        now,
        rows: [
          {
            id: seriesId,
            nextK: plan.nextK,
            nextDate: plan.nextDate,
            generated: 1,
            completed: plan.completed,
          },
        ],
      }),
    ]);
  });
}
