import { NotFound } from "../errors.ts";
import type { LocalDate } from "../billing/dates.ts";
import type { Night, NightHour } from "../billing/nights.ts";
import type { Sql, Tx } from "./client.ts";
import { holdRecords } from "./record-gates.ts";

/** What the night has to know of a company. Rates are basis points, as decimal text. */
export interface NightCompanyRow extends NightHour {
  id: number;
  name: string;
  currency: string;
  invoicePrefix: string;
  taxRounding: "per_line" | "per_invoice";
  catchUpLimit: number;
  sendsMadeUpInvoices: boolean;
  nightMaxInvoices: number | null;
  nightMaxAmount: bigint | null;
  nightMaxFees: bigint | null;
  lateFeeType: "flat" | "percentage" | null;
  lateFeeValue: string | null;
  lateFeeDays: number | null;
  lateFeeTaxName: string | null;
  lateFeeTaxRate: string | null;
  lateFeeRepeats: boolean;
  lateFeeMaxCount: number | null;
  lateFeeCapRate: string | null;
  testNow: Date | null;
}

/** @throws NotFound when there is no such company, or it was deleted. */
export async function getNightCompany(sql: Sql | Tx, companyId: number): Promise<NightCompanyRow> {
  const [row] = await sql<NightCompanyRow[]>`
    select
      id, name, currency, invoice_prefix, tax_rounding, timezone, billing_hour, billing_minute,
      catch_up_limit, sends_made_up_invoices, night_max_invoices, night_max_amount, night_max_fees,
      late_fee_type, late_fee_value, late_fee_days, late_fee_tax_name, late_fee_tax_rate,
      late_fee_repeats, late_fee_max_count, late_fee_cap_rate, test_now
    from companies
    where id = ${companyId} and deleted_at is null
  `;
  if (row === undefined) throw new NotFound("Company");
  return row;
}

/**
 * As `getNightCompany`, for a chunk of the night: until its transaction ends no record moves into the
 * company or out of it, so neither a row that the chunk has read nor one that it refers to is gone when
 * it writes. The chunk's first lock, as the move's is: the two cannot wait for each other in a circle.
 *
 * @throws NotFound when there is no such company, or it was deleted.
 */
export async function holdNightCompany(tx: Tx, companyId: number): Promise<NightCompanyRow> {
  // Sent together: the night of a small company is mostly waiting for answers.
  const [, company] = await Promise.all([
    holdRecords(tx, companyId),
    getNightCompany(tx, companyId),
  ]);
  return company;
}

export interface DueCompanyRow extends NightHour {
  id: number;
  nextNightDate: LocalDate;
}

/** Companies whose night is due, earliest first; rows another scheduler holds are left to it. */
export async function claimDueCompanies(
  tx: Tx,
  { now, limit }: { now: Date; limit: number },
): Promise<DueCompanyRow[]> {
  return await tx<DueCompanyRow[]>`
    select id, timezone, billing_hour, billing_minute, next_night_date
    from companies
    where next_night_at <= ${now} and test_now is null and deleted_at is null
    order by next_night_at, id
    limit ${limit}
    for no key update skip locked
  `;
}

/** Plans the next night of a company, or none. */
export async function setNextNight(tx: Tx, companyId: number, night: Night | null): Promise<void> {
  await tx`
    update companies
    set next_night_date = ${night?.businessDate ?? null}, next_night_at = ${night?.at ?? null}
    where id = ${companyId}
  `;
}

/** The date whose night is planned next; null for a company without nights of its own accord. */
export async function getNextNightDate(
  sql: Sql | Tx,
  companyId: number,
): Promise<LocalDate | null> {
  const [row] = await sql<{ nextNightDate: LocalDate | null }[]>`
    select next_night_date from companies where id = ${companyId}
  `;
  return row?.nextNightDate ?? null;
}

/** The newest date that had, or was planned to have, a night; null for a company without one. */
export async function getLastNightDate(
  sql: Sql | Tx,
  companyId: number,
): Promise<LocalDate | null> {
  const [row] = await sql<{ businessDate: LocalDate | null }[]>`
    select max(business_date) as business_date from billing_nights where company_id = ${companyId}
  `;
  return row?.businessDate ?? null;
}
