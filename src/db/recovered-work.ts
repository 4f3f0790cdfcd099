import type { LocalDate } from "../billing/dates.ts";
import { planAnew, type Sql, type Tx } from "./client.ts";
import { ofFilter, type WorkedFilter } from "./unbilled-work.ts";
import { amountOf } from "./worked-time.ts";

/**
 * What became of time that invoices of one currency bill. Minor units; seconds. Where it says so, without
 * tax and less discounts: what the lines of the time come to.
 */
export interface RecoveredWorkRow {
  currency: string;
  /** At the entries' own rates, of invoices that are issued. */
  issuedValue: bigint;
  issuedDuration: bigint;
  issuedEntries: number;
  /** By their lines. */
  issuedNet: bigint;
  /** The part of it that is paid, as the whole invoice is: each invoice rounded by itself. */
  collected: bigint;
  /** The part of what is not, whose due date has passed. */
  overdue: bigint;
  /** At the entries' own rates, of drafts. */
  draftValue: bigint;
  draftDuration: bigint;
  draftEntries: number;
  issuedCount: number;
  collectedCount: number;
  outstandingCount: number;
  overdueCount: number;
  draftCount: number;
  /** Of invoices, the lowest. */
  issuedIds: bigint[];
  collectedIds: bigint[];
  outstandingIds: bigint[];
  overdueIds: bigint[];
  draftIds: bigint[];
}

/**
 * Worked time that is on invoices, by their currency; `limit` ids to each list. It is added up by invoice once, for
 * several processes would each do all of it.
 */
export async function listRecoveredWork(
  sql: Sql | Tx,
  filter: WorkedFilter & { today: LocalDate; limit: number },
): Promise<RecoveredWorkRow[]> {
  const { companyId, today, limit } = filter;
  const isWhole = [filter.projectId, filter.clientId, filter.from, filter.to].every(
    (value) => value === undefined,
  );
  const ofLines = sql`
    and exists (
      select from time_entries e
      where e.company_id = l.company_id and e.id = l.time_entry_id ${ofFilter(sql, filter)}
    )
  `;
  const ids = (condition: string) => sql`
    array(
      select id from grouped g cross join unnest(g.ids) as id
      where g.currency = summed.currency and g.${sql(condition)}
      order by id
      limit ${limit}
    )
  `;
  return await planAnew(sql<RecoveredWorkRow[]>`
    with worked as materialized (
      select
        e.invoice_id, count(*)::int as entries, sum(e.duration)::int8 as duration,
        sum(${amountOf(sql)})::int8 as value
      from time_entries e
      where e.company_id = ${companyId} and e.invoice_id is not null ${ofFilter(sql, filter)}
      group by e.invoice_id
    ), lines as (
      select l.invoice_id, sum(l.amount - l.discount_amount)::int8 as net
      from invoice_lines l
      where l.company_id = ${companyId} and l.time_entry_id is not null
        ${isWhole ? sql`` : ofLines}
      group by l.invoice_id
    ), billed as (
      select
        i.id, i.currency, w.entries, w.duration, w.value, coalesce(lines.net, 0) as net,
        i.status = 'draft' as is_draft, i.status <> 'draft' as is_issued,
        i.status <> 'draft' and i.amount_paid > 0 as is_collected,
        i.status <> 'draft' and i.amount_due > 0 as is_outstanding,
        i.status <> 'draft' and i.amount_due > 0 and i.due_date < ${today} as is_overdue,
        case
          when i.amount_due = 0 then coalesce(lines.net, 0)
          else round(lines.net::numeric * i.amount_paid / i.total)::int8
        end as collected
      from worked w
      join invoices i on i.company_id = ${companyId} and i.id = w.invoice_id
      left join lines on lines.invoice_id = w.invoice_id
    ), alike as (
      select
        currency, is_draft, is_issued, is_collected, is_outstanding, is_overdue,
        count(*)::int as invoices, sum(entries)::int as entries, sum(duration)::int8 as duration,
        sum(value)::int8 as value, sum(net)::int8 as net, sum(collected)::int8 as collected,
        array_agg(id) as ids
      from billed
      group by currency, is_draft, is_issued, is_collected, is_outstanding, is_overdue
    ), grouped as materialized (
      select
        currency, is_draft, is_issued, is_collected, is_outstanding, is_overdue, invoices, entries,
        duration, value, net, collected,
        array(select id from unnest(ids) as id order by id limit ${limit}) as ids
      from alike
    ), summed as (
      select
        currency,
        coalesce(sum(value) filter (where is_issued), 0)::int8 as issued_value,
        coalesce(sum(duration) filter (where is_issued), 0)::int8 as issued_duration,
        coalesce(sum(entries) filter (where is_issued), 0)::int as issued_entries,
        coalesce(sum(net) filter (where is_issued), 0)::int8 as issued_net,
        coalesce(sum(collected) filter (where is_issued), 0)::int8 as collected,
        coalesce(sum(net - collected) filter (where is_overdue), 0)::int8 as overdue,
        coalesce(sum(value) filter (where is_draft), 0)::int8 as draft_value,
        coalesce(sum(duration) filter (where is_draft), 0)::int8 as draft_duration,
        coalesce(sum(entries) filter (where is_draft), 0)::int as draft_entries,
        coalesce(sum(invoices) filter (where is_issued), 0)::int as issued_count,
        coalesce(sum(invoices) filter (where is_collected), 0)::int as collected_count,
        coalesce(sum(invoices) filter (where is_outstanding), 0)::int as outstanding_count,
        coalesce(sum(invoices) filter (where is_overdue), 0)::int as overdue_count,
        coalesce(sum(invoices) filter (where is_draft), 0)::int as draft_count
      from grouped
      group by currency
    )
    select
      summed.*, ${ids("is_issued")} as issued_ids, ${ids("is_collected")} as collected_ids,
      ${ids("is_outstanding")} as outstanding_ids, ${ids("is_overdue")} as overdue_ids,
      ${ids("is_draft")} as draft_ids
    from summed
    order by currency
  `);
}
