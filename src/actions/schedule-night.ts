import { addDays } from "../billing/dates.ts";
import { nextNight, nightOf } from "../billing/nights.ts";
import type { Tx } from "../db/client.ts";
import {
  getLastNightDate,
  getNextNightDate,
  getNightCompany,
  setNextNight,
} from "../db/night-companies.ts";

/**
 * Works out afresh when a company's next night is due, after its zone, hour or clock changed: the
 * first one from now on. But a date that was still to come and whose hour has passed by the change is
 * not lost, it is due at once; and a date that already had its night does not get another one. A
 * company that lives at a test clock has no night of its own accord.
 */
export async function rescheduleNights(tx: Tx, companyId: number, machineNow: Date): Promise<void> {
  const company = await getNightCompany(tx, companyId);
  if (company.testNow !== null) {
    await setNextNight(tx, companyId, null);
    return;
  }
  const lastDate = await getLastNightDate(tx, companyId);
  const nextDate = await getNextNightDate(tx, companyId);
  let night = nextNight(company, machineNow);
  if (nextDate !== null && nextDate < night.businessDate) night = nightOf(company, nextDate);
  if (lastDate !== null && night.businessDate <= lastDate) {
    night = nightOf(company, addDays(lastDate, 1));
  }
  await setNextNight(tx, companyId, night);
}
