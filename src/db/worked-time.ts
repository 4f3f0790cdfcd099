import type { LocalDate } from "../billing/dates.ts";
import { planAnew, type Fragment, type Sql, type Tx } from "./client.ts";

export interface UnbilledTimeRow {
  /** The client's, or the company's for work of no client. */
  currency: string;
  /** Seconds. */
  duration: bigint;
  /** Minor units; each entry rounded by itself, as its line on an invoice would be. */
  amount: bigint;
}

/** Billable time on no invoice yet; running timers count once they are stopped. */
export async function sumUnbilledTime(
  sql: Sql | Tx,
  { companyId, currency }: { companyId: number; currency: string },
): Promise<UnbilledTimeRow[]> {
  return await planAnew(sql<UnbilledTimeRow[]>`
    select
      coalesce(c.currency, ${currency}) as currency, sum(e.duration)::int8 as duration,
      sum(${amountOf(sql)})::int8 as amount
    from time_entries e
    left join clients c on c.company_id = e.company_id and c.id = e.client_id
    where e.company_id = ${companyId} and ${isUnbilled(sql)}
    group by 1
  `);
}

export interface ClientTimeRow {
  clientId: number;
  clientName: string;
  /** Seconds. */
  duration: bigint;
}

/** The clients with most unbilled time. */
export async function listUnbilledClients(
  sql: Sql | Tx,
  { companyId, limit }: { companyId: number; limit: number },
): Promise<ClientTimeRow[]> {
  return await planAnew(sql<ClientTimeRow[]>`
    select e.client_id, c.name as client_name, sum(e.duration)::int8 as duration
    from time_entries e
    join clients c on c.company_id = e.company_id and c.id = e.client_id
    where e.company_id = ${companyId} and ${isUnbilled(sql)}
    group by e.client_id, c.name
    order by duration desc, e.client_id
    limit ${limit}
  `);
}

/** What one person worked for one client, to be billed in one currency; seconds and minor units. */
export interface MemberTimeRow {
  userId: number;
  name: string;
  /** Null for work of no client, and in the one row of who has not worked. */
  clientId: number | null;
  clientName: string | null;
  currency: string | null;
  duration: bigint;
  billable: bigint;
  /** Of the billable part, each entry rounded by itself. */
  amount: bigint;
}

/**
 * Everybody who belongs to the company or worked in the period, and for whom. The currency is the
 * invoice's once the time is on one, else the client's, else the company's.
 */
export async function listMemberTime(
  sql: Sql | Tx,
  filter: { companyId: number; currency: string; from: LocalDate; to: LocalDate },
): Promise<MemberTimeRow[]> {
  const { companyId, currency, from, to } = filter;
  return await planAnew(sql<MemberTimeRow[]>`
    with ${foreignCurrencies(sql, filter)}, worked as (
      select
        e.user_id, e.client_id, ${currencyOf(sql, currency)} as currency,
        sum(e.duration)::int8 as duration,
        coalesce(sum(e.duration) filter (where e.is_billable), 0)::int8 as billable,
        coalesce(sum(${amountOf(sql)}) filter (where e.is_billable), 0)::int8 as amount
      from ${workWithCurrency(sql)}
      where e.company_id = ${companyId} and e.date between ${from} and ${to}
        and not e.is_running and e.deleted_at is null
      group by e.user_id, e.client_id, 3
    ), people as (
      select user_id from company_members where company_id = ${companyId}
      union
      select user_id from worked
    )
    select
      people.user_id, users.name, worked.client_id, clients.name as client_name, worked.currency,
      coalesce(worked.duration, 0)::int8 as duration, coalesce(worked.billable, 0)::int8 as billable,
      coalesce(worked.amount, 0)::int8 as amount
    from people
    join users on users.id = people.user_id
    left join worked on worked.user_id = people.user_id
    left join clients on clients.company_id = ${companyId} and clients.id = worked.client_id
    order by users.name, people.user_id, worked.duration desc, worked.client_id, worked.currency
  `);
}

/**
 * The CTEs of invoices and clients in another currency than the company's: few as a rule, so that joining them is
 * cheap.
 */
export function foreignCurrencies(
  sql: Sql | Tx,
  { companyId, currency }: { companyId: number; currency: string },
): Fragment {
  const ofOthers = sql`company_id = ${companyId} and currency <> ${currency}`;
  return sql`
    foreign_invoices as (select id, currency from invoices where ${ofOthers}),
    foreign_clients as (select id, currency from clients where ${ofOthers})
  `;
}

/**
 * After `foreignCurrencies`: entries `e` with what says their currency, their client while they are on no
 * invoice, else the invoice.
 */
export function workWithCurrency(sql: Sql | Tx): Fragment {
  return sql`
    time_entries e
    left join foreign_clients on foreign_clients.id = e.client_id and e.invoice_id is null
    left join foreign_invoices on foreign_invoices.id = e.invoice_id
  `;
}

/** Of an entry of `workWithCurrency`. */
export function currencyOf(sql: Sql | Tx, ownCurrency: string): Fragment {
  return sql`coalesce(foreign_invoices.currency, foreign_clients.currency, ${ownCurrency})`;
}

/**
 * What a time entry `e` comes to, minor units, rounded half away from zero. Numeric where an hour's rate
 * times many seconds leaves an int8, and much faster where it does not.
 */
export function amountOf(sql: Sql | Tx) {
  return sql`
    case
      when e.hourly_rate is null then 0
      when e.hourly_rate < 2147483648 then (e.duration * e.hourly_rate + 1800) / 3600
      else round(e.duration::numeric * e.hourly_rate / 3600)::int8
    end
  `;
}

/** Of entry `e`: it can be put on an invoice as it stands. */
export function isBillableNow(sql: Sql | Tx) {
  return sql`${isUnbilled(sql)} and e.hourly_rate is not null and e.duration > 0`;
}

/** Of entry `e`: to be billed, and on no invoice yet. */
export function isUnbilled(sql: Sql | Tx) {
  return sql`e.is_billable and not e.is_billed and not e.is_running and e.deleted_at is null`;
}
