import type { Counted } from "../billing/plans.ts";
import type { Sql, Tx } from "./client.ts";

/** An account: the companies one person owns. A company that nobody owns is one by itself. */
export interface AccountRef {
  ownerId: number | null;
  /** A company that counts whoever owns it. */
  companyId: number | null;
}

/** Who owns a company; null when nobody does. */
export async function findOwnerId(sql: Sql | Tx, companyId: number): Promise<number | null> {
  const [row] = await sql<{ userId: number }[]>`
    select user_id from company_members where company_id = ${companyId} and role = 'owner'
  `;
  return row?.userId ?? null;
}

/**
 * Until the transaction ends nobody else counts what this account has and adds to it. Taken before
 * the counter of numbers, which is the last lock of all.
 */
export async function lockPlanUsage(tx: Tx, { ownerId, companyId }: AccountRef): Promise<void> {
  const account = ownerId === null ? `company ${companyId}` : `owner ${ownerId}`;
  await tx`select pg_advisory_xact_lock(hashtextextended(${`plan of ${account}`}, 0))`;
}

/**
 * What an account has, archived records included, deleted ones not; but an invoice made this month
 * counts whatever became of it. A month is a company's own, in its time zone. `testCompanyId` names
 * the test company that is asked for: it lives in another month, so it counts its invoices apart, and
 * they do not count for the others.
 */
export async function readPlanUsage(
  sql: Sql | Tx,
  account: AccountRef & { testCompanyId: number | null; now: Date },
): Promise<Record<Counted, number>> {
  const { ownerId, companyId, testCompanyId, now } = account;
  const [row] = await sql<Record<Counted, number>[]>`
    with owned as (
      select
        id, test_now,
        date_trunc('month', coalesce(test_now, ${now}::timestamptz) at time zone timezone)
          at time zone timezone as month_begin,
        (date_trunc('month', coalesce(test_now, ${now}::timestamptz) at time zone timezone)
          + interval '1 month') at time zone timezone as month_end
      from companies
      where deleted_at is null
        and (
          id = ${companyId}::int8
          or id in (
            select company_id from company_members
            where user_id = ${ownerId}::int8 and role = 'owner'
          )
        )
    )
    select
      (select count(*) from clients
       where company_id in (select id from owned) and deleted_at is null)::int as clients,
      (select count(*) from projects
       where company_id in (select id from owned) and deleted_at is null)::int as projects,
      (select count(distinct user_id) from company_members
       where company_id in (select id from owned))::int as members,
      (select count(*) from owned)::int as companies,
      (select count(*) from invoices
       join owned on owned.id = invoices.company_id
       where invoices.created_at >= owned.month_begin and invoices.created_at < owned.month_end
         and case when ${testCompanyId}::int8 is null then owned.test_now is null
           else owned.id = ${testCompanyId}::int8 end)::int as invoices
  `;
  return row!;
}

/** Whether somebody with this address belongs to any company of the account. */
export async function isInTeam(
  sql: Sql | Tx,
  { ownerId, companyId, email }: AccountRef & { email: string },
): Promise<boolean> {
  const rows = await sql`
    select 1
    from company_members
    join users on users.id = company_members.user_id
    where lower(users.email) = lower(${email})
      and (
        company_members.company_id = ${companyId}::int8
        or company_members.company_id in (
          select owned.company_id
          from company_members as owned
          join companies on companies.id = owned.company_id and companies.deleted_at is null
          where owned.user_id = ${ownerId}::int8 and owned.role = 'owner'
        )
      )
    limit 1
  `;
  return rows.length > 0;
}

/** How many of these invoices of one company another one would count for the month it lives in. */
export async function countInvoicesOfMonth(
  tx: Tx,
  input: { companyId: number; ids: readonly number[]; monthOfCompanyId: number; now: Date },
): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count
    from invoices
    join companies on companies.id = ${input.monthOfCompanyId}
    where invoices.company_id = ${input.companyId} and invoices.id = any(${[...input.ids]}::int8[])
      and date_trunc('month', invoices.created_at at time zone companies.timezone)
        = date_trunc('month', ${input.now}::timestamptz at time zone companies.timezone)
  `;
  return row!.count;
}
