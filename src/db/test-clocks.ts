import { NotFound } from "../errors.ts";
import type { NightHour } from "../billing/nights.ts";
import type { Sql, Tx } from "./client.ts";

export interface TestClockRow extends NightHour {
  companyId: number;
  testNow: Date | null;
  testAdvanceTo: Date | null;
  testRunId: string | null;
}

/** @throws NotFound when there is no such company */
export async function getTestClock(sql: Sql | Tx, companyId: number): Promise<TestClockRow> {
  const [row] = await sql<TestClockRow[]>`
    select
      id as company_id, timezone, billing_hour, billing_minute, test_now, test_advance_to,
      test_run_id
    from companies where id = ${companyId} and deleted_at is null
  `;
  if (row === undefined) throw new NotFound("Company");
  return row;
}

/** As getTestClock; nobody else moves the clock until the transaction ends. */
export async function lockTestClock(tx: Tx, companyId: number): Promise<TestClockRow> {
  await tx`select 1 from companies where id = ${companyId} for no key update`;
  return await getTestClock(tx, companyId);
}

/** Moves a company to an instant; never backwards. */
export async function setTestNow(tx: Tx, companyId: number, now: Date): Promise<void> {
  await tx`
    update companies set test_now = greatest(test_now, ${now}) where id = ${companyId}
  `;
}

/** Says where the clock is being advanced to, and by which run: from here on by no other. */
export async function setTestAdvance(
  tx: Tx,
  companyId: number,
  { to, runId }: { to: Date; runId: string },
): Promise<void> {
  await tx`
    update companies set test_advance_to = ${to}, test_run_id = ${runId} where id = ${companyId}
  `;
}

/** The clock has arrived. Its run stays on record: until that is settled nobody else moves it. */
export async function endTestAdvance(tx: Tx, companyId: number): Promise<void> {
  await tx`update companies set test_advance_to = null where id = ${companyId}`;
}

/**
 * Whether the company is linked to anything outside, has mailed anybody but those it invited, or has
 * billed in a night: such a one is in use and may not become a test company.
 */
export async function isInUse(tx: Tx, companyId: number): Promise<boolean> {
  const [row] = await tx<{ found: boolean }[]>`
    select
      exists (select 1 from external_refs where company_id = ${companyId})
      or exists (
        select 1 from connections where company_id = ${companyId} and status <> 'disabled'
      )
      or exists (
        select 1 from deliveries
        where company_id = ${companyId} and status in ('accepted', 'unknown')
          and kind <> 'invitation'
      )
      or exists (
        select 1 from recurring_occurrences where company_id = ${companyId} and not by_hand
      ) as found
  `;
  return row?.found ?? false;
}
