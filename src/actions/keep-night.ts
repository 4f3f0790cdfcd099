import type { LocalDate } from "../billing/dates.ts";
import { alertOpenItems } from "../db/attention-alerts.ts";
import { raiseAttention, settleAttention } from "../db/attention.ts";
import {
  completeNight,
  getNight,
  holdNight,
  openNight,
  releaseNight,
  resumeNight,
  type BillingNightRow,
} from "../db/billing-nights.ts";
import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import { getNightCompany, type NightCompanyRow } from "../db/night-companies.ts";
import { readNightReport, type NightReport } from "../db/night-report.ts";
import { Conflict } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";

/**
 * Opens the night's record for work. One that is held stays so, and says it. What still waits for a
 * person from earlier nights is told again.
 */
export async function openNightFor(
  tx: Tx,
  input: { companyId: number; businessDate: LocalDate; runId?: string; clock: Clock },
): Promise<{ night: BillingNightRow; company: NightCompanyRow }> {
  const company = await getNightCompany(tx, input.companyId);
  const { companyId, businessDate, runId = null } = input;
  const now = company.testNow ?? input.clock.now();
  const night = await openNight(tx, { companyId, businessDate, runId, now });
  await tellOpenItems(tx, companyId, now);
  return { night, company };
}

/**
 * Holds a night that would pass a limit: the preview is kept and a person is asked. False, and
 * nothing is said, when the night moved on meanwhile: held, released or closed by somebody else.
 */
export async function holdNightOver(
  tx: Tx,
  input: { night: BillingNightRow; preview: NightReport; reason: string; clock: Clock },
): Promise<boolean> {
  const { night, preview, reason } = input;
  const { companyId, businessDate } = night;
  const company = await getNightCompany(tx, companyId);
  const now = company.testNow ?? input.clock.now();
  const from = night.status === "held" ? "held" : "running";
  const isHeld = await holdNight(tx, { companyId, nightId: night.id, from, reason, preview, now });
  if (!isHeld) return false;
  if (from === "running") {
    await recordEvent(tx, {
      companyId,
      type: "night.held",
      subjectType: "night",
      subjectId: night.id,
      payload: { business_date: businessDate, reason, preview },
      occurredAt: now,
    });
  }
  await raiseAttention(tx, {
    companyId,
    kind: "night.held",
    key: businessDate,
    title: `The night of ${businessDate} is held: ${reason}`,
    subjectType: "night",
    subjectId: night.id,
  });
  await tellOpenItems(tx, companyId, now);
  return true;
}

/** A held night passes no limit any more, since somebody corrected what held it: it may run. */
export async function resumeHeldNight(
  tx: Tx,
  { night, clock }: { night: BillingNightRow; clock: Clock },
): Promise<void> {
  const { companyId, businessDate } = night;
  const company = await getNightCompany(tx, companyId);
  const now = company.testNow ?? clock.now();
  await resumeNight(tx, { companyId, nightId: night.id, now });
  await settleAttention(tx, {
    companyId,
    kind: "night.held",
    key: businessDate,
    resolution: "it passes no limit any more",
  });
}

/**
 * Closes a night with what its ledgers say it did, and leaves its one summary event. A night that is
 * run again and found nothing missing says nothing more, and keeps its report: what was paid,
 * released or moved since does not change what the night did.
 */
export async function closeNight(
  tx: Tx,
  input: { night: BillingNightRow; clock: Clock },
): Promise<NightReport> {
  const { companyId, businessDate, id: nightId, report: before } = input.night;
  const company = await getNightCompany(tx, companyId);
  const now = company.testNow ?? input.clock.now();
  const found = await readNightReport(tx, { companyId, businessDate });
  const report = isReport(before) && !didMore(found, before) ? before : found;
  const closed = await completeNight(tx, { companyId, nightId, report, now });
  if (closed && report === found) {
    await recordEvent(tx, {
      companyId,
      type: "night.completed",
      subjectType: "night",
      subjectId: nightId,
      payload: { business_date: businessDate, ...report },
      occurredAt: now,
    });
  }
  await tellOpenItems(tx, companyId, now);
  return report;
}

function isReport(report: Partial<NightReport>): report is NightReport {
  return report.generated !== undefined;
}

/** Whether a night has done anything since an earlier report of it. */
function didMore(report: NightReport, before: NightReport): boolean {
  const earlier = countsOf(before);
  return countsOf(report).some((count, index) => count > earlier[index]!);
}

function countsOf({ overdue, fees, generated, skipped, reminders, parked }: NightReport): number[] {
  const steps = [overdue, fees, generated, skipped, parked].map(({ count }) => count);
  return [...steps, Object.values(reminders).reduce((sum, count) => sum + count, 0)];
}

/**
 * A person lets a held night run.
 *
 * @throws NotFound, Conflict when the night is not held
 */
export async function releaseHeldNight(
  tx: Tx,
  input: { companyId: number; nightId: number; userId: number | null; now: Date },
): Promise<BillingNightRow> {
  const { companyId, nightId } = input;
  const night = await getNight(tx, { companyId, id: nightId });
  if (!(await releaseNight(tx, input))) {
    throw new Conflict(`The night of ${night.businessDate} is not held; it is ${night.status}.`);
  }
  await settleAttention(tx, {
    companyId,
    kind: "night.held",
    key: night.businessDate,
    resolution: input.userId === null ? "released" : `released by user ${input.userId}`,
  });
  return await getNight(tx, { companyId, id: nightId });
}

/** Tells again what was last told of in an earlier night: in spring that is 23 hours ago. */
async function tellOpenItems(tx: Tx, companyId: number, now: Date): Promise<void> {
  await alertOpenItems(tx, { companyId, now, hours: 23 });
}
