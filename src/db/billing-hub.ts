import { importMax } from "../billing/worked-time.ts";
import type { LocalDate } from "../billing/dates.ts";
import type { Fragment, Sql, Tx } from "./client.ts";
import { amountOf } from "./worked-time.ts";

/** Why work that is billable cannot be put on an invoice as it is. */
export const billingHindrances = [
  "running",
  "no_rate",
  "no_time",
  "no_client",
  "client_archived",
  "archived",
  "tax_without_rate",
] as const;
export type BillingHindrance = (typeof billingHindrances)[number];

/** Billable work of one kind on no invoice. Minor units. */
interface WorkSums {
  currency: string;
  kind: "time" | "expense";
  /** Null: it can be billed now. */
  reason: BillingHindrance | null;
  count: number;
  /** Of time. */
  seconds: bigint;
  amount: bigint;
}

/** What can be billed now and what cannot, by currency. */
export async function sumBillableWork(
  sql: Sql | Tx,
  owner: { companyId: number; currency: string },
): Promise<WorkSums[]> {
  return await sql<WorkSums[]>`
    with work as (${billableWork(sql, owner)})
    select
      currency, kind, reason, count(*)::int as count, sum(seconds)::int8 as seconds,
      sum(amount)::int8 as amount
    from work
    group by currency, kind, reason
    order by currency, kind, reason
  `;
}

/** How many clients have something that can be billed now, by currency. */
export async function countBillableClients(
  sql: Sql | Tx,
  owner: { companyId: number; currency: string },
): Promise<{ currency: string; count: number }[]> {
  return await sql<{ currency: string; count: number }[]>`
    with work as (${billableWork(sql, owner)})
    select currency, count(distinct client_id)::int as count
    from work
    where reason is null
    group by currency
  `;
}

/** Work of one kind of one client; null for work of no client. */
export interface ClientWorkRow extends WorkSums {
  clientId: number | null;
  clientName: string | null;
  oldestDate: LocalDate;
  /** The first of what can be billed, oldest first. */
  ids: bigint[];
}

export interface BillableFilter {
  companyId: number;
  /** The company's. */
  currency: string;
  clientId: number | undefined;
  /** Only clients who have something that can be billed now. */
  isReady: boolean;
}

/**
 * What could be billed to a page of clients, one currency each, the most first. All kinds and reasons of one
 * stand together.
 */
export async function listBillableClients(
  sql: Sql | Tx,
  filter: BillableFilter,
  page: { limit: number; offset: number },
): Promise<ClientWorkRow[]> {
  const { companyId } = filter;
  return await sql<ClientWorkRow[]>`
    with work as (${billableWork(sql, filter)}), grouped as materialized (
      select
        client_id, currency, kind, reason, count(*)::int as count, sum(seconds)::int8 as seconds,
        sum(amount)::int8 as amount, min(date) as oldest_date,
        coalesce(
          (array_agg(id order by date, id) filter (where reason is null))[1:${importMax}::int],
          '{}'
        ) as ids
      from work
      group by client_id, currency, kind, reason
    ), shown as (
      ${selections(sql, filter)}
      order by ready desc, client_id, currency
      limit ${page.limit} offset ${page.offset}
    )
    select g.*, c.name as client_name
    from shown s
    join grouped g on g.client_id is not distinct from s.client_id and g.currency = s.currency
    left join clients c on c.company_id = ${companyId} and c.id = s.client_id
    order by s.ready desc, s.client_id, s.currency, g.kind, g.reason nulls first
  `;
}

/** How many rows `listBillableClients` has on all pages. */
export async function countSelections(sql: Sql | Tx, filter: BillableFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    with grouped as (${billableWork(sql, filter)}), selections as (${selections(sql, filter)})
    select count(*)::int as count from selections
  `;
  return row!.count;
}

/** Clients and currencies of `grouped`, and what of theirs can be billed now. */
function selections(sql: Sql | Tx, { isReady }: Pick<BillableFilter, "isReady">): Fragment {
  return sql`
    select client_id, currency, coalesce(sum(amount) filter (where reason is null), 0) as ready
    from grouped
    group by client_id, currency
    ${isReady ? sql`having bool_or(reason is null)` : sql``}
  `;
}

/**
 * Billable time and expenses on no invoice, with the reason for which an import would refuse them, the first
 * that there is (actions/import-time.ts, actions/import-expenses.ts). Work of no client can go on any invoice, so
 * that a person has to say whose.
 */
function billableWork(
  sql: Sql | Tx,
  filter: { companyId: number; currency: string; clientId?: number | undefined },
): Fragment {
  const { companyId, currency, clientId } = filter;
  return sql`
    select
      e.client_id, coalesce(c.currency, ${currency}) as currency, 'time' as kind, e.id, e.date,
      e.duration as seconds, ${amountOf(sql)} as amount,
      case
        when e.is_running then 'running' when e.hourly_rate is null then 'no_rate'
        when e.duration = 0 then 'no_time' when c.id is null then 'no_client'
        when c.is_archived then 'client_archived'
      end as reason
    from time_entries e
    left join clients c
      on c.company_id = e.company_id and c.id = e.client_id and c.deleted_at is null
    where e.company_id = ${companyId} and e.is_billable and not e.is_billed
      and e.deleted_at is null ${clientId === undefined ? sql`` : sql`and e.client_id = ${clientId}`}
    union all
    select
      x.client_id, x.currency, 'expense', x.id, x.expense_date, 0, x.amount,
      case
        when x.is_archived then 'archived'
        when x.tax_amount > 0 and x.tax_rate = 0 then 'tax_without_rate'
        when c.id is null then 'no_client' when c.is_archived then 'client_archived'
      end
    from expenses x
    left join clients c
      on c.company_id = x.company_id and c.id = x.client_id and c.deleted_at is null
    where x.company_id = ${companyId} and x.is_billable and not x.is_billed
      and x.deleted_at is null ${clientId === undefined ? sql`` : sql`and x.client_id = ${clientId}`}
  `;
}
