import type { LocalDate } from "../billing/dates.ts";
import { planAnew, type Fragment, type Sql, type Tx } from "./client.ts";
import { amountOf } from "./worked-time.ts";

/** Which time counts; days are included. */
export interface WorkedFilter {
  companyId: number;
  /** The company's currency. */
  currency: string;
  projectId: number | undefined;
  clientId: number | undefined;
  from: LocalDate | undefined;
  to: LocalDate | undefined;
}

/**
 * Why time is on no invoice: billable and not billed, `no_rate` without a rate; billable on a project at
 * a flat rate, which pays for it; marked not billable on a project that is billed by the hour; billed
 * outside, as somebody has said.
 */
export const unbilledKinds = [
  "unbilled",
  "no_rate",
  "flat_rate",
  "not_billable",
  "billed_elsewhere",
] as const;
export type UnbilledKind = (typeof unbilledKinds)[number];
/** What could have been billed, and by which projects are ranked. */
export const missingKinds = ["unbilled", "no_rate", "not_billable"] as const;

/** Time of one kind on no invoice, in one currency: of all projects together, or of one that has much of it. */
export interface UninvoicedTimeRow {
  kind: UnbilledKind;
  /** The client's, or the company's for work of no client. */
  currency: string;
  /** Null in a row of all projects, else its place among those of its currency, from 1. */
  place: number | null;
  clientId: number | null;
  clientName: string | null;
  projectId: number | null;
  projectName: string | null;
  entries: number;
  /** Seconds. */
  duration: bigint;
  /** Minor units, each entry rounded by itself. */
  amount: bigint;
  oldestDate: LocalDate;
  /** Of the entries, the lowest. */
  ids: bigint[];
}

/**
 * Time on no invoice by kind and currency, and of each currency the projects with most that could be
 * billed: `limit` projects, and `limit` ids to each row. Work that nobody would bill is left out: not
 * billable, on a project that is not billed by the hour.
 */
export async function listTimeOnNoInvoice(
  sql: Sql | Tx,
  filter: WorkedFilter & { limit: number },
): Promise<UninvoicedTimeRow[]> {
  const { companyId, currency, limit } = filter;
  return await planAnew(sql<UninvoicedTimeRow[]>`
    with grouped as (
      select
        e.client_id, e.project_id, e.is_billed, e.is_billed or e.is_billable as is_billable,
        e.is_billable and not e.is_billed and coalesce(e.hourly_rate, 0) = 0 as has_no_rate,
        count(*)::int as entries, sum(e.duration)::int8 as duration,
        sum(${amountOf(sql)})::int8 as amount, min(e.date) as oldest_date, array_agg(e.id) as ids
      from time_entries e
      where e.company_id = ${companyId} and e.invoice_id is null and e.deleted_at is null
        and not e.is_running ${ofFilter(sql, filter)}
      group by 1, 2, 3, 4, 5
    ), named as materialized (
      select
        case
          when g.is_billed then 'billed_elsewhere'
          when not g.is_billable then 'not_billable'
          when p.billing_method = 'flat_rate' then 'flat_rate'
          when g.has_no_rate then 'no_rate'
          else 'unbilled'
        end as kind,
        coalesce(c.currency, ${currency}) as currency, g.client_id, c.name as client_name,
        g.project_id, p.name as project_name, g.entries, g.duration, g.amount, g.oldest_date,
        array(select id from unnest(g.ids) as id order by id limit ${limit}) as ids
      from grouped g
      left join projects p on p.company_id = ${companyId} and p.id = g.project_id
      left join clients c on c.company_id = ${companyId} and c.id = g.client_id
      where g.is_billable or p.billing_method = 'hourly'
    ), placed as (
      select
        currency, client_id, project_id,
        row_number() over (
          partition by currency
          order by sum(amount) desc, sum(duration) desc, project_id, client_id
        )::int as place
      from named
      where kind = any(${missingKinds})
      group by currency, client_id, project_id
    ), summed as (
      select
        kind, currency, sum(entries)::int as entries, sum(duration)::int8 as duration,
        sum(amount)::int8 as amount, min(oldest_date) as oldest_date
      from named
      group by kind, currency
    )
    select
      kind, currency, null::int as place, null::int8 as client_id, null as client_name,
      null::int8 as project_id, null as project_name, entries, duration, amount, oldest_date,
      array(
        select id
        from named n cross join unnest(n.ids) as id
        where n.kind = summed.kind and n.currency = summed.currency
        order by id
        limit ${limit}
      ) as ids
    from summed
    union all
    select
      n.kind, n.currency, placed.place, n.client_id, n.client_name, n.project_id, n.project_name,
      n.entries, n.duration, n.amount, n.oldest_date, n.ids
    from named n
    join placed
      on placed.currency = n.currency and placed.project_id is not distinct from n.project_id
      and placed.client_id is not distinct from n.client_id
    where placed.place <= ${limit} and n.kind = any(${missingKinds})
    order by currency, place nulls first, kind
  `);
}

/** What of time entries `e` a filter keeps. */
export function ofFilter(sql: Sql | Tx, filter: WorkedFilter): Fragment {
  const { projectId, clientId, from, to } = filter;
  return sql`
    ${projectId === undefined ? sql`` : sql`and e.project_id = ${projectId}`}
    ${clientId === undefined ? sql`` : sql`and e.client_id = ${clientId}`}
    ${from === undefined ? sql`` : sql`and e.date >= ${from}`}
    ${to === undefined ? sql`` : sql`and e.date <= ${to}`}
  `;
}
