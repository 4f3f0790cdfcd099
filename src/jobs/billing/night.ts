import { chargeLateFees, type DueDateCursor } from "../../actions/charge-late-fees.ts";
import { decideDueReminders } from "../../actions/decide-reminders.ts";
import { generateInvoices } from "../../actions/generate-invoices.ts";
import {
  closeNight,
  holdNightOver,
  openNightFor,
  resumeHeldNight,
} from "../../actions/keep-night.ts";
import { parkFailedSeries } from "../../actions/park-failed-series.ts";
import { localDateOf, type LocalDate } from "../../billing/dates.ts";
import { findPassedLimit } from "../../billing/night-limits.ts";
import { latestNight, nextNight, nightOf, type Night } from "../../billing/nights.ts";
import { findNightOfDate, listUnfinishedDates } from "../../db/billing-nights.ts";
import { violatedConstraint, type Sql, type Tx } from "../../db/client.ts";
import {
  getNextNightDate,
  getNightCompany,
  holdNightCompany,
  type NightCompanyRow,
} from "../../db/night-companies.ts";
import { pretendMailsWereTaken } from "../../db/night-invoices.ts";
import { markOverdue } from "../../db/night-overdue.ts";
import { listReminderStages } from "../../db/night-reminders.ts";
import { readNightReport, type NightReport } from "../../db/night-report.ts";
import { countDueSeries } from "../../db/night-series.ts";
import { inTransaction, isDataFault } from "../../db/transaction.ts";
import type { Clock } from "../../platform/clock.ts";

/** Rows in one short transaction: large enough to be fast, small enough to block nobody for long. */
const CHUNK_ROWS = 1000;
/**
 * Series in one: each of them becomes an invoice with its lines, all of which are in memory at once. A worker's
 * night is to stay under 250 MB, whatever it bills (`npm run bench -- night`), and 200 invoices share the work
 * of a transaction well enough.
 */
const CHUNK_SERIES = 200;
/** How long to leave rows alone that another worker holds, in milliseconds. */
const HELD_ROWS_WAIT_MS = 20;

export interface NightDeps {
  sql: Sql;
  /** The machine's clock, for companies that do not live at one of their own. */
  clock: Clock;
  signal: AbortSignal;
  /** Told before the generating step how many series are due, so that others may be asked to help. */
  onGenerating?: (dueSeries: number) => Promise<void>;
  progress?: (value: unknown) => void;
}

export interface NightRequest {
  companyId: number;
  businessDate: LocalDate;
  /** The run that does it, when there is one. */
  runId?: string;
}

export type NightOutcome =
  | { status: "completed"; report: NightReport }
  | { status: "held"; reason: string; report: NightReport | null };

/** Where a step's chunks run: transactions of their own, or savepoints of a preview. */
type InChunk = <Result>(work: (tx: Tx) => Promise<Result>) => Promise<Result>;

interface Steps {
  deps: NightDeps;
  inChunk: InChunk;
  /** Reads what is not part of a chunk. */
  reader: Sql | Tx;
  companyId: number;
  businessDate: LocalDate;
  /** Whether to wait for series that others hold, or to leave those to them. */
  waits: boolean;
  /** When it is, for a night that has not come yet; null: now. */
  at: Date | null;
}

/**
 * Runs the night of one company and business date (BILLING.md section 2): overdue, late fees,
 * generate, reminders, summary, each in chunks. Run again it finishes what is missing and repeats
 * nothing; run twice at once the two share the work. A night that would pass one of the company's
 * limits is held instead, with nothing written (section 11).
 */
export async function runNight(deps: NightDeps, request: NightRequest): Promise<NightOutcome> {
  const outcome = await runOneNight(deps, request);
  if (outcome.status === "held") return outcome;
  // What held earlier nights may be done by now, or corrected, and what killed them past: then they
  // are over as well.
  for (const businessDate of await listUnfinishedDates(deps.sql, request)) {
    await runOneNight(deps, { companyId: request.companyId, businessDate });
  }
  return outcome;
}

async function runOneNight(deps: NightDeps, request: NightRequest): Promise<NightOutcome> {
  const { companyId, businessDate } = request;
  const { sql, clock } = deps;
  const opened = await inTransaction(sql, (tx) => openNightFor(tx, { ...request, clock }));
  const { night, company } = opened;

  if (night.status === "held" || (hasLimits(company) && night.releasedAt === null)) {
    const preview = await previewNight(deps, request);
    const reason = await whyHeld(deps, request, preview);
    if (reason !== undefined) {
      const isHeld = await inTransaction(sql, (tx) =>
        holdNightOver(tx, { night, preview, reason, clock }),
      );
      if (isHeld) return { status: "held", reason, report: preview };
      // Somebody held, released or finished it while we looked: begin with what it is now.
      return await runOneNight(deps, request);
    }
    if (night.status === "held") {
      await inTransaction(sql, (tx) => resumeHeldNight(tx, { night, clock }));
    }
  }

  const inChunk: InChunk = (work) => inTransaction(sql, work);
  await runSteps({ deps, inChunk, reader: sql, companyId, businessDate, waits: false, at: null });
  const report = await inTransaction(sql, (tx) => closeNight(tx, { night, clock }));
  return { status: "completed", report };
}

/** Why a night with this preview would be held, or undefined when it may run (BILLING.md section 11). */
export async function whyHeld(
  { sql }: Pick<NightDeps, "sql">,
  request: NightRequest,
  preview: NightReport,
): Promise<string | undefined> {
  const night = await findNightOfDate(sql, request);
  if (night !== undefined && night.releasedAt !== null) return undefined;
  const reason = findPassedLimit(await getNightCompany(sql, request.companyId), preview);
  if (reason === undefined) return undefined;
  return addsTo(await readNightReport(sql, request), preview) ? reason : undefined;
}

/** Whether a preview bills or charges anything that the night has not done before. */
function addsTo(done: NightReport, preview: NightReport): boolean {
  return preview.generated.count > done.generated.count || preview.fees.count > done.fees.count;
}

/**
 * What the night would do: the same code, in one transaction that is rolled back. Nothing is written
 * or sent and no number is used. It waits for rows that others hold: passing them by and asking again
 * later, as a real night does, would wait for ever for who waits for a row of ours, the counter of
 * numbers above all. Waiting in PostgreSQL, one of the two is told to try again.
 *
 * Before a night that has not come yet those until then are executed, as if nothing else changed:
 * without them it would seem to make up for all they do. One that is over is not among them, for what
 * came since is left to the next.
 */
export async function previewNight(deps: NightDeps, request: NightRequest): Promise<NightReport> {
  const { companyId, businessDate } = request;
  let report: NightReport | undefined;
  const rollBack = new Error("a preview is always rolled back");
  try {
    await inTransaction(deps.sql, async (tx) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- savepoint() unwraps arrays of promises, which no chunk returns
      const inChunk: InChunk = async (work) => (await tx.savepoint(work)) as never;
      const { onGenerating: _, ...alone } = deps;
      const steps = { deps: alone, inChunk, reader: tx, companyId, waits: true };
      const company = await getNightCompany(tx, companyId);
      const now = nowOf(company, alone);
      let at = now;
      for (const night of await listNightsUntil(tx, company, now, businessDate)) {
        if (night.at > at) {
          // What waits to be mailed when a night comes was mailed before it.
          await pretendMailsWereTaken(tx, { companyId, now: at });
          at = night.at;
        }
        await runSteps({ ...steps, businessDate: night.businessDate, at });
      }
      report = await readNightReport(tx, { companyId, businessDate });
      throw rollBack;
    });
  } catch (error) {
    if (error !== rollBack) throw error;
  }
  return report!;
}

/**
 * The night of a date, after those that come before it from now on. Asked for by hand it runs at
 * once, though its hour has not come.
 */
async function listNightsUntil(
  tx: Tx,
  company: NightCompanyRow,
  now: Date,
  businessDate: LocalDate,
): Promise<Night[]> {
  if (businessDate <= localDateOf(now, company.timezone)) return [{ businessDate, at: now }];
  const nights: Night[] = [];
  let night = latestNight(company, now);
  if (!(await isPending(tx, company, night, now))) night = nextNight(company, now);
  while (night.businessDate < businessDate) {
    nights.push(night);
    night = nextNight(company, night.at);
  }
  return [...nights, nightOf(company, businessDate)];
}

/** Whether the latest night is still to run, or to end. A held one waits for a person. */
async function isPending(
  tx: Tx,
  company: NightCompanyRow,
  { businessDate, at }: Night,
  now: Date,
): Promise<boolean> {
  const night = await findNightOfDate(tx, { companyId: company.id, businessDate });
  if (night !== undefined) return night.status === "scheduled" || night.status === "running";
  if (company.testNow !== null) return at.getTime() === now.getTime();
  const planned = await getNextNightDate(tx, company.id);
  return planned !== null && planned <= businessDate;
}

async function runSteps(steps: Steps): Promise<void> {
  const { deps } = steps;
  deps.progress?.({ step: "overdue" });
  await untilEmpty(steps, (tx, now) =>
    markOverdue(tx, { ...identify(steps), now, limit: CHUNK_ROWS }),
  );
  deps.progress?.({ step: "late_fees" });
  // Most companies have neither fees nor reminders, and a small night is mostly asking.
  const company = await getNightCompany(steps.reader, steps.companyId);
  if (company.lateFeeType !== null) await walkByDueDate(steps, chargeLateFees);
  deps.progress?.({ step: "generate" });
  if (deps.onGenerating)
    await deps.onGenerating(await countDueSeries(steps.reader, identify(steps)));
  await generateAll(steps);
  deps.progress?.({ step: "reminders" });
  const stages = await listReminderStages(steps.reader, steps.companyId);
  if (stages.length > 0) await walkByDueDate(steps, decideDueReminders);
}

function identify({ companyId, businessDate }: Steps) {
  return { companyId, businessDate };
}

/** Repeats a chunk until it finds nothing more to do. */
async function untilEmpty(
  steps: Steps,
  chunk: (tx: Tx, now: Date) => Promise<number>,
): Promise<void> {
  let changed;
  do {
    steps.deps.signal.throwIfAborted();
    changed = await steps.inChunk(async (tx) => {
      const company = await holdNightCompany(tx, steps.companyId);
      return await chunk(tx, steps.at ?? nowOf(company, steps.deps));
    });
  } while (changed > 0);
}

/** Walks once through open invoices by due date, chunk by chunk. */
async function walkByDueDate(
  steps: Steps,
  chunk: (
    tx: Tx,
    input: {
      company: NightCompanyRow;
      businessDate: LocalDate;
      now: Date;
      after: DueDateCursor | null;
      limit: number;
    },
  ) => Promise<DueDateCursor | null>,
): Promise<void> {
  let after: DueDateCursor | null = null;
  do {
    steps.deps.signal.throwIfAborted();
    const from: DueDateCursor | null = after;
    after = await steps.inChunk(async (tx) => {
      const company = await holdNightCompany(tx, steps.companyId);
      const now = steps.at ?? nowOf(company, steps.deps);
      return await chunk(tx, {
        company,
        businessDate: steps.businessDate,
        now,
        after: from,
        limit: CHUNK_ROWS,
      });
    });
  } while (after !== null);
}

/**
 * The generating step for who only helps: works until nothing is free to be claimed. Once the night
 * is over, what has come due since is none of a helper's business.
 */
export async function assistGenerating(deps: NightDeps, request: NightRequest): Promise<void> {
  const { companyId, businessDate } = request;
  const night = await findNightOfDate(deps.sql, request);
  if (night?.status !== "running") return;
  const inChunk: InChunk = (work) => inTransaction(deps.sql, work);
  await generateFree({
    deps,
    inChunk,
    reader: deps.sql,
    companyId,
    businessDate,
    waits: false,
    at: null,
  });
}

/** Generates until nothing is due, also waiting for what other workers have in hand. */
async function generateAll(steps: Steps): Promise<void> {
  for (;;) {
    await generateFree(steps);
    if ((await countDueSeries(steps.reader, identify(steps))) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, HELD_ROWS_WAIT_MS));
  }
}

/**
 * Generates chunk by chunk. A chunk that the data of one series breaks is tried again in halves
 * until that series is alone; it is parked with the reason, and the rest goes on (case D15).
 */
async function generateFree(steps: Steps): Promise<void> {
  const { deps, inChunk, companyId, businessDate } = steps;
  let limit = CHUNK_SERIES;
  let checksPeriods = false;
  for (;;) {
    deps.signal.throwIfAborted();
    let claimed: number[] = [];
    try {
      const chunk = await inChunk(async (tx) => {
        const company = await holdNightCompany(tx, companyId);
        return await generateInvoices(tx, {
          company,
          businessDate,
          now: steps.at ?? nowOf(company, deps),
          limit,
          checksPeriods,
          waits: steps.waits,
          onClaim: (ids) => {
            claimed = ids;
          },
        });
      });
      // What is left, if anything, others have in hand.
      if (chunk.done === chunk.claimed && chunk.claimed < limit) return;
      limit = Math.min(chunk.done < chunk.claimed ? chunk.done : limit * 2, CHUNK_SERIES);
      checksPeriods = false;
    } catch (error) {
      if (!isDataFault(error) || claimed.length === 0) throw error;
      const constraint = violatedConstraint(error);
      // Somebody took that number in the same moment; it is there now, and the next look sees it.
      if (constraint === "invoices_number_key") continue;
      if (constraint === "invoices_period_key" && !checksPeriods) {
        checksPeriods = true;
      } else if (claimed.length > 1) {
        limit = Math.ceil(claimed.length / 2);
      } else {
        const seriesId = claimed[0]!;
        await inChunk((tx) =>
          parkFailedSeries(tx, { companyId, seriesId, businessDate, clock: deps.clock, error }),
        );
        limit = CHUNK_SERIES;
      }
    }
  }
}

function hasLimits(company: NightCompanyRow): boolean {
  return (
    company.nightMaxInvoices !== null ||
    company.nightMaxAmount !== null ||
    company.nightMaxFees !== null
  );
}

/** What time it is for a company: its own clock if it has one, else the machine's. */
function nowOf(company: NightCompanyRow, { clock }: Pick<NightDeps, "clock">): Date {
  return company.testNow ?? clock.now();
}
