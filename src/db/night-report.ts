import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";

/** Money by currency, minor units. */
export type Amounts = Record<string, number>;

/**
 * What a night did, told from the ledgers it wrote; the same for a preview. A type, not an interface,
 * because it is stored as JSON.
 */
export type NightReport = {
  overdue: { count: number; amounts: Amounts };
  fees: { count: number; amounts: Amounts };
  generated: { count: number; amounts: Amounts; made_up: number };
  skipped: { count: number };
  reminders: {
    queued: number;
    superseded: number;
    not_applicable: number;
    blocked: number;
    cancelled: number;
  };
  parked: { count: number; reasons: Record<string, number> };
};

/**
 * Adds up what stands in the ledgers under one business date. Counting rows rather than what the
 * program remembers keeps it right however often the night was interrupted. What came here from
 * another company, where another night did it, is left out.
 */
export async function readNightReport(
  sql: Sql | Tx,
  { companyId, businessDate }: { companyId: number; businessDate: LocalDate },
): Promise<NightReport> {
  const [row] = await sql<{ report: NightReport }[]>`
    with generated as (
      select i.currency, count(*) as count, sum(i.total) as amount,
        count(*) filter (where o.period_start < o.business_date) as made_up
      from recurring_occurrences o
      -- One look-up for each: statistics older than the night would have it read them all for each.
      cross join lateral (
        select currency, total from invoices
        where company_id = o.company_id and id = o.invoice_id
        offset 0
      ) i
      where o.company_id = ${companyId} and o.business_date = ${businessDate} and not o.by_hand
        and not o.moved_here
      group by i.currency
    ), fees as (
      select i.currency, count(*) as count, sum(f.fee + f.tax) as amount
      from invoice_late_fees f
      join invoices i on i.company_id = f.company_id and i.id = f.invoice_id
      where f.company_id = ${companyId} and f.business_date = ${businessDate} and not f.moved_here
      group by i.currency
    ), overdue as (
      select currency, count(*) as count, sum(amount_due) as amount
      from invoices
      where company_id = ${companyId} and overdue_on = ${businessDate}
      group by currency
    ), reminders as (
      select
        count(*) filter (where status in ('queued', 'sent', 'failed', 'unknown')) as queued,
        count(*) filter (where status = 'cancelled') as cancelled,
        count(*) filter (where status = 'superseded') as superseded,
        count(*) filter (where status = 'not_applicable') as not_applicable,
        count(*) filter (where status = 'blocked') as blocked
      from invoice_reminders
      where company_id = ${companyId} and business_date = ${businessDate}
        and reminder_id is not null
    ), parked as (
      select parked_code as code, count(*) as count
      from recurring_invoices
      where company_id = ${companyId} and parked_on = ${businessDate} and parked_at is not null
      group by parked_code
    )
    select jsonb_build_object(
      'overdue', (select jsonb_build_object(
        'count', coalesce(sum(count), 0),
        'amounts', coalesce(jsonb_object_agg(currency, amount), '{}')) from overdue),
      'fees', (select jsonb_build_object(
        'count', coalesce(sum(count), 0),
        'amounts', coalesce(jsonb_object_agg(currency, amount), '{}')) from fees),
      'generated', (select jsonb_build_object(
        'count', coalesce(sum(count), 0),
        'amounts', coalesce(jsonb_object_agg(currency, amount), '{}'),
        'made_up', coalesce(sum(made_up), 0)) from generated),
      'skipped', jsonb_build_object('count', (
        select count(*) from recurring_occurrences
        where company_id = ${companyId} and business_date = ${businessDate} and outcome = 'skipped'
          and not by_hand and not moved_here)),
      'reminders', (select to_jsonb(reminders) from reminders),
      'parked', (select jsonb_build_object(
        'count', coalesce(sum(count), 0),
        'reasons', coalesce(jsonb_object_agg(code, count), '{}')) from parked)
    ) as report
  `;
  return row!.report;
}
