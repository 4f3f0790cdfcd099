import type { Sql } from "./client.ts";
import type { RunStatus } from "./run-ledger.ts";

/** How many runs of a company are in which state, of those asked for since an instant. */
export async function countRunsByStatus(
  sql: Sql,
  { companyId, since }: { companyId: number; since: Date },
): Promise<{ status: RunStatus; count: number }[]> {
  return await sql<{ status: RunStatus; count: number }[]>`
    select status, count(*)::int as count
    from job_runs
    where company_id = ${companyId} and id >= run_id_floor(${since}::timestamptz)
    group by status
    order by status
  `;
}

/** How many things of a company, or of the platform's own (null), wait for a person. */
export async function countOpenAttention(sql: Sql, companyId: number | null): Promise<number> {
  const [row] = await sql<{ total: number }[]>`
    select count(*)::int as total
    from attention_items
    where ${companyId === null ? sql`company_id is null` : sql`company_id = ${companyId}`}
      and resolved_at is null
  `;
  return row?.total ?? 0;
}

/** How many things wait for a person at all. */
export async function countAllOpenAttention(
  sql: Sql,
): Promise<{ ofCompanies: number; ofPlatform: number }> {
  const [row] = await sql<{ ofCompanies: number; ofPlatform: number }[]>`
    select count(company_id)::int as of_companies, (count(*) - count(company_id))::int as of_platform
    from attention_items
    where resolved_at is null
  `;
  return row ?? { ofCompanies: 0, ofPlatform: 0 };
}

/** Every company that has not been deleted. */
export async function listCompanyIds(sql: Sql): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select id from companies where deleted_at is null order by id
  `;
  return rows.map((row) => row.id);
}

/** Who owns a company. */
export async function findOwnerOf(sql: Sql, companyId: number): Promise<number | undefined> {
  const [row] = await sql<{ userId: number }[]>`
    select user_id from company_members where company_id = ${companyId} and role = 'owner'
  `;
  return row?.userId;
}

export interface LatenessRow {
  /** How long the most overdue schedule and run have been due, in milliseconds; null for none. */
  scheduleMs: number | null;
  feedMs: number | null;
  /** Runs that failed for good. */
  dead: number;
}

/** Whether somebody brings work to the workers, and somebody does it. */
export async function findLateness(sql: Sql): Promise<LatenessRow> {
  const [row] = await sql<LatenessRow[]>`
    select
      (
        select extract(epoch from now() - min(next_tick_at))::float8 * 1000
        from schedules
        where not is_paused and next_tick_at < now()
      ) as schedule_ms,
      (
        select extract(epoch from now() - min(available_at))::float8 * 1000
        from run_feed
        where available_at < now()
      ) as feed_ms,
      (select count(*)::int from job_runs where status = 'dead') as dead
  `;
  return row ?? { scheduleMs: null, feedMs: null, dead: 0 };
}
