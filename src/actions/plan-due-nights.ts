import { addDays, type LocalDate } from "../billing/dates.ts";
import { latestNight, nightOf } from "../billing/nights.ts";
import { planNight, recordMissedNights } from "../db/billing-nights.ts";
import type { Tx } from "../db/client.ts";
import { claimDueCompanies, setNextNight } from "../db/night-companies.ts";

/** Missed nights that get a record of their own; a longer silence is told by the oldest of them. */
const MISSED_NIGHTS_MAX = 400;

/**
 * Plans the nights that are due and moves each company on to its next. After a time of silence only
 * the latest night runs, and makes up for the missed ones: its reminders and series look at all that
 * came due in between (BILLING.md 2, 3.3, 7.1). Each missed night is a row that says so.
 */
export async function planDueNights(
  tx: Tx,
  { now, limit }: { now: Date; limit: number },
): Promise<{ companyId: number; businessDate: LocalDate }[]> {
  const planned: { companyId: number; businessDate: LocalDate }[] = [];
  for (const company of await claimDueCompanies(tx, { now, limit })) {
    const latest = latestNight(company, now);
    const companyId = company.id;
    const businessDate = latest.businessDate;
    if (company.nextNightDate < businessDate) {
      await recordMissedNights(tx, {
        companyId,
        from: company.nextNightDate,
        madeUpBy: businessDate,
        limit: MISSED_NIGHTS_MAX,
        now,
      });
    }
    await planNight(tx, { companyId, businessDate, now });
    await setNextNight(tx, companyId, nightOf(company, addDays(businessDate, 1)));
    planned.push({ companyId, businessDate });
  }
  return planned;
}
