import { NotFound } from "../errors.ts";
import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";
import type { NightReport } from "./night-report.ts";

export type NightStatus = "scheduled" | "running" | "completed" | "held" | "missed";

export interface BillingNightRow {
  id: number;
  companyId: number;
  businessDate: LocalDate;
  status: NightStatus;
  report: Partial<NightReport>;
  preview: NightReport | null;
  heldReason: string | null;
  releasedAt: Date | null;
  releasedBy: number | null;
  madeUpBy: LocalDate | null;
  runId: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = [
  "id",
  "company_id",
  "business_date",
  "status",
  "report",
  "preview",
  "held_reason",
  "released_at",
  "released_by",
  "made_up_by",
  "run_id",
  "started_at",
  "finished_at",
  "created_at",
  "updated_at",
] as const;

/** Plans a night; one that is there already stays as it is. */
export async function planNight(
  tx: Tx,
  { companyId, businessDate, now }: { companyId: number; businessDate: LocalDate; now: Date },
): Promise<void> {
  await tx`
    insert into billing_nights (company_id, business_date, status, created_at, updated_at)
    values (${companyId}, ${businessDate}, 'scheduled', ${now}, ${now})
    on conflict on constraint billing_nights_once do nothing
  `;
}

/** Records the nights that were missed before the one that makes up for them, the oldest `limit`. */
export async function recordMissedNights(
  tx: Tx,
  input: {
    companyId: number;
    from: LocalDate;
    madeUpBy: LocalDate;
    limit: number;
    now: Date;
  },
): Promise<void> {
  const { companyId, from, madeUpBy, limit, now } = input;
  await tx`
    insert into billing_nights (
      company_id, business_date, status, made_up_by, created_at, updated_at
    )
    select ${companyId}, ${from}::date + day, 'missed', ${madeUpBy}, ${now}, ${now}
    from generate_series(0, least(${madeUpBy}::date - ${from}::date, ${limit}::int) - 1) as day
    on conflict on constraint billing_nights_once do nothing
  `;
}

/**
 * Opens a night for work, making it if nobody planned it, and returns it under lock. A completed
 * night is opened again: it finishes what is missing. A held one stays held until released.
 */
export async function openNight(
  tx: Tx,
  input: { companyId: number; businessDate: LocalDate; runId: string | null; now: Date },
): Promise<BillingNightRow> {
  const { companyId, businessDate, runId, now } = input;
  const [row] = await tx<BillingNightRow[]>`
    insert into billing_nights as n (
      company_id, business_date, status, run_id, started_at, created_at, updated_at
    )
    values (${companyId}, ${businessDate}, 'running', ${runId}, ${now}, ${now}, ${now})
    on conflict on constraint billing_nights_once do update
    set status = case
          when n.status = 'held' and n.released_at is null then 'held'
          else 'running'
        end,
        run_id = coalesce(excluded.run_id, n.run_id),
        started_at = case
          when n.status in ('running', 'held') then coalesce(n.started_at, excluded.started_at)
          else excluded.started_at
        end,
        finished_at = null,
        updated_at = ${now}
    returning ${tx(COLUMNS)}
  `;
  return row!;
}

/**
 * Holds a night that would pass one of the company's limits. Says whether it did: one that another
 * run holds or has closed, or that a person has released, stays as it is.
 */
export async function holdNight(
  tx: Tx,
  input: {
    companyId: number;
    nightId: number;
    /** What it is now: held again, a night gets the reason and preview of today. */
    from: "running" | "held";
    reason: string;
    preview: NightReport;
    now: Date;
  },
): Promise<boolean> {
  const rows = await tx`
    update billing_nights
    set status = 'held', held_reason = ${input.reason}, preview = ${tx.json(input.preview)},
        updated_at = ${input.now}
    where company_id = ${input.companyId} and id = ${input.nightId}
      and status = ${input.from} and released_at is null
    returning id
  `;
  return rows.length > 0;
}

/** Lets a held night run; only one caller gets true. */
export async function releaseNight(
  tx: Tx,
  input: { companyId: number; nightId: number; userId: number | null; now: Date },
): Promise<boolean> {
  const rows = await tx`
    update billing_nights
    set status = 'scheduled', released_at = ${input.now}, released_by = ${input.userId},
        updated_at = ${input.now}
    where company_id = ${input.companyId} and id = ${input.nightId} and status = 'held'
    returning id
  `;
  return rows.length > 0;
}

/** Opens a held night for work because nothing holds it any more. */
export async function resumeNight(
  tx: Tx,
  input: { companyId: number; nightId: number; now: Date },
): Promise<boolean> {
  const rows = await tx`
    update billing_nights
    set status = 'running', held_reason = null, preview = null, started_at = ${input.now},
        updated_at = ${input.now}
    where company_id = ${input.companyId} and id = ${input.nightId} and status = 'held'
    returning id
  `;
  return rows.length > 0;
}

/**
 * Dates of the other nights of a company that are not over, oldest first: those that are held, and
 * earlier ones left open by a run that died. One that somebody works on is among them; that does no
 * harm, as two share the work.
 */
export async function listUnfinishedDates(
  sql: Sql | Tx,
  { companyId, businessDate }: { companyId: number; businessDate: LocalDate },
): Promise<LocalDate[]> {
  const rows = await sql<{ businessDate: LocalDate }[]>`
    select business_date from billing_nights
    where company_id = ${companyId} and business_date <> ${businessDate}
      and (status = 'held' or (status = 'running' and business_date < ${businessDate}))
    order by business_date
  `;
  return rows.map((row) => row.businessDate);
}

/** Closes a night with its report. Says whether it was open: of two closing at once one gets true. */
export async function completeNight(
  tx: Tx,
  input: { companyId: number; nightId: number; report: NightReport; now: Date },
): Promise<boolean> {
  const rows = await tx`
    update billing_nights
    set status = 'completed', report = ${tx.json(input.report)}, finished_at = ${input.now},
        updated_at = ${input.now}
    where company_id = ${input.companyId} and id = ${input.nightId} and status = 'running'
    returning id
  `;
  return rows.length > 0;
}

/** @throws NotFound */
export async function getNight(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<BillingNightRow> {
  const [row] = await sql<BillingNightRow[]>`
    select ${sql(COLUMNS)} from billing_nights where company_id = ${companyId} and id = ${id}
  `;
  if (row === undefined) throw new NotFound("Night");
  return row;
}

export async function findNightOfDate(
  sql: Sql | Tx,
  { companyId, businessDate }: { companyId: number; businessDate: LocalDate },
): Promise<BillingNightRow | undefined> {
  const [row] = await sql<BillingNightRow[]>`
    select ${sql(COLUMNS)} from billing_nights
    where company_id = ${companyId} and business_date = ${businessDate}
  `;
  return row;
}

/** A page of a company's nights, newest first, with their number in all. */
export async function listNights(
  sql: Sql | Tx,
  input: { companyId: number; status: NightStatus | null; limit: number; offset: number },
): Promise<{ rows: BillingNightRow[]; total: number }> {
  const { companyId, status, limit, offset } = input;
  const filter = status === null ? sql`` : sql`and status = ${status}`;
  const [rows, [count]] = await Promise.all([
    sql<BillingNightRow[]>`
      select ${sql(COLUMNS)} from billing_nights
      where company_id = ${companyId} ${filter}
      order by business_date desc
      limit ${limit} offset ${offset}
    `,
    sql<{ total: number }[]>`
      select count(*)::int as total from billing_nights where company_id = ${companyId} ${filter}
    `,
  ]);
  return { rows, total: count?.total ?? 0 };
}
