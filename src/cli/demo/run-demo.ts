import { addDays, daysBetween, localDateOf, type LocalDate } from "../../billing/dates.ts";
import type { Platform } from "../../bootstrap.ts";
import { getTestClock } from "../../db/test-clocks.ts";
import { listNights } from "../../db/billing-nights.ts";
import type { Progress } from "../progress.ts";
import { advanceTo } from "./advance.ts";
import { noonOf, TIMEZONE } from "./days.ts";
import { findDemoCompany, loadBook, type DemoCompany } from "./load-book.ts";
import { playDay } from "./play-day.ts";

/** Past nights, beside tonight's. */
const NIGHTS = 90;

export interface DemoRun extends DemoCompany {
  /** Business dates of the first and of the last night. */
  from: LocalDate;
  tonight: LocalDate;
}

/** The demo company's owner, once there is one. */
export async function findDemoOwner(platform: Platform): Promise<number | undefined> {
  return (await findDemoCompany(platform))?.userId;
}

/**
 * Makes the demo company unless it is there, and lives through the past 90 nights and tonight's with
 * it, day by day: its nights run by the workers, its clients pay at noon. An earlier start that was
 * killed is gone on with, and one of an earlier day caught up with.
 */
export async function runDemo(platform: Platform, progress: Progress): Promise<DemoRun> {
  const today = localDateOf(platform.clock.now(), TIMEZONE);
  const company =
    (await findDemoCompany(platform)) ?? (await loadBook(platform, addDays(today, -NIGHTS - 1)));
  const begun = await findBeginning(platform, company.companyId);
  const total = daysBetween(begun, today);
  try {
    for (let date = await dayOf(platform, company.companyId); date < today;) {
      // Again for the day we were killed in: what was paid stays paid.
      await playDay(platform, company, { date, from: begun });
      date = addDays(date, 1);
      progress.update(daysBetween(begun, date), total, `night of ${date}`);
      await advanceTo(platform, company.companyId, noonOf(date));
    }
  } finally {
    progress.end();
  }
  return { ...company, from: addDays(begun, 1), tonight: today };
}

/** The day the demo began: the one before its first night, or the one it stands at. */
async function findBeginning(platform: Platform, companyId: number): Promise<LocalDate> {
  const nights = await listNights(platform.sql, { companyId, status: null, limit: 1, offset: 0 });
  if (nights.total === 0) return await dayOf(platform, companyId);
  const first = await listNights(platform.sql, {
    companyId,
    status: null,
    limit: 1,
    offset: nights.total - 1,
  });
  const date = first.rows[0]?.businessDate;
  if (date === undefined) throw new Error("the demo's first night is gone");
  return addDays(date, -1);
}

async function dayOf({ sql }: Platform, companyId: number): Promise<LocalDate> {
  const { testNow } = await getTestClock(sql, companyId);
  if (testNow === null) throw new Error("the demo company has lost its test clock");
  return localDateOf(testNow, TIMEZONE);
}
