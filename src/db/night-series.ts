import type { LocalDate } from "../billing/dates.ts";
import type { Frequency } from "../billing/recurrence.ts";
import { arrayText } from "./array-text.ts";
import type { Sql, Tx } from "./client.ts";

/** A due series under lock, with what planning needs. Rates ×10³ basis points, discount as text. */
export interface DueSeriesRow {
  id: number;
  frequency: Frequency;
  interval: number;
  anchorDate: LocalDate;
  nextK: number;
  nextGenerateDate: LocalDate;
  endDate: LocalDate | null;
  maxOccurrences: number | null;
  occurrencesGenerated: number;
  catchUp: "all" | "latest" | "none";
  releasedThrough: LocalDate | null;
  paymentTerms: number;
  autoSend: boolean;
  clientIsGone: boolean;
  discountType: "percentage" | "fixed" | null;
  /** ×10³, as text: a fixed discount may be larger than an int8 holds at that scale. */
  discountValueScaled: string | null;
  notesTemplate: string | null;
  /** Where its invoice goes, looked up only for a series that sends. */
  recipient: string | null;
}

/**
 * Claims due series of one company, oldest first. Locked rows are skipped, not waited for, so that
 * many workers share one big company. The lock leaves room for foreign-key checks.
 */
export async function claimDueSeries(
  tx: Tx,
  input: {
    companyId: number;
    businessDate: LocalDate;
    limit: number;
    /** Wait for locked rows after all: for who needs every row in one transaction. */
    waits: boolean;
  },
): Promise<DueSeriesRow[]> {
  const { companyId, businessDate, limit, waits } = input;
  return await tx<DueSeriesRow[]>`
    select
      r.id, r.frequency, r.interval, r.anchor_date, r.next_k, r.next_generate_date, r.end_date,
      r.max_occurrences, r.occurrences_generated, r.catch_up, r.released_through, r.payment_terms,
      r.auto_send, r.discount_type, trunc(r.discount_value * 1000)::text as discount_value_scaled,
      (c.is_archived or c.deleted_at is not null) as client_is_gone,
      case when r.notes like '%{{%' then r.notes end as notes_template,
      case when r.auto_send then coalesce(
        nullif(c.email, ''),
        (select p.email from contacts p
         where p.company_id = c.company_id and p.client_id = c.id and p.email <> ''
         order by p.is_primary desc, p.id limit 1)
      ) end as recipient
    from recurring_invoices r
    join clients c on c.company_id = r.company_id and c.id = r.client_id
    where r.company_id = ${companyId}
      and r.next_generate_date <= ${businessDate}
      and r.status = 'active' and r.parked_at is null and r.deleted_at is null and not r.is_archived
    order by r.next_generate_date, r.id
    limit ${limit}
    for no key update of r ${waits ? tx`` : tx`skip locked`}
  `;
}

/** How many series of a company are due, whoever may be working on them. */
export async function countDueSeries(
  sql: Sql | Tx,
  { companyId, businessDate }: { companyId: number; businessDate: LocalDate },
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from recurring_invoices
    where company_id = ${companyId}
      and next_generate_date <= ${businessDate}
      and status = 'active' and parked_at is null and deleted_at is null and not is_archived
  `;
  return row?.count ?? 0;
}

export interface SeriesLineRow {
  id: number;
  recurringInvoiceId: number;
  quantityScaled: bigint;
  /** ×10⁶, as text: larger than an int8 holds at that scale. */
  unitPriceScaled: string;
  /** Null unless asked for. */
  taxName1: string | null;
  taxRate1Scaled: bigint | null;
  /** Null unless asked for. */
  taxName2: string | null;
  taxRate2Scaled: bigint | null;
  template: string | null;
}

/**
 * The lines of the given series, in the order in which they stand on the invoice. Names of taxes are
 * texts a big night has no use for, except where taxes are rounded per invoice.
 */
export async function listLinesOfSeries(
  tx: Tx,
  input: { companyId: number; seriesIds: number[]; withTaxNames: boolean },
): Promise<SeriesLineRow[]> {
  const { companyId, seriesIds, withTaxNames } = input;
  return await tx<SeriesLineRow[]>`
    select
      id, recurring_invoice_id,
      (quantity * 10000)::int8 as quantity_scaled,
      trunc(unit_price * 1000000)::text as unit_price_scaled,
      ${withTaxNames ? tx`tax_name_1, tax_name_2` : tx`null as tax_name_1, null as tax_name_2`},
      (tax_rate_1 * 1000)::int8 as tax_rate_1_scaled,
      (tax_rate_2 * 1000)::int8 as tax_rate_2_scaled,
      case when description like '%{{%' then description end as template
    from recurring_invoice_lines
    where company_id = ${companyId} and recurring_invoice_id = any(${arrayText(seriesIds, (id) => id)}::int8[])
    order by recurring_invoice_id, sort_order, id
  `;
}

export interface SeriesProgress {
  id: number;
  nextK: number;
  nextDate: LocalDate | null;
  generated: number;
  completed: boolean;
}

/** Moves series on to their next occurrence. A status changed to completed is the only one set. */
export async function advanceSeries(
  tx: Tx,
  { companyId, now, rows }: { companyId: number; now: Date; rows: SeriesProgress[] },
): Promise<void> {
  await tx`
    update recurring_invoices r
    set next_k = p.next_k,
        next_generate_date = p.next_date,
        occurrences_generated = r.occurrences_generated + p.generated,
        last_generated_at = case when p.generated > 0 then ${now} else r.last_generated_at end,
        status = case when p.completed::boolean then 'completed' else r.status end,
        updated_at = ${now}
    from unnest(
      ${arrayText(rows, (row) => row.id)}::int8[], ${arrayText(rows, (row) => row.nextK)}::int[],
      ${arrayText(rows, (row) => row.nextDate)}::date[], ${arrayText(rows, (row) => row.generated)}::int[],
      ${rows.map((row) => String(row.completed))}::text[]
    ) as p (id, next_k, next_date, generated, completed)
    where r.company_id = ${companyId} and r.id = p.id
  `;
}

export interface ParkedSeries {
  id: number;
  code: string;
  reason: string;
  preview: readonly { periodStart: LocalDate; periodEnd: LocalDate }[];
}

/**
 * Parks series: the night passes them by until a person releases them (BILLING.md 3.3, section 11).
 * Returns how many there were.
 */
export async function parkSeries(
  tx: Tx,
  input: { companyId: number; businessDate: LocalDate; now: Date; series: readonly ParkedSeries[] },
): Promise<number> {
  const { companyId, businessDate, now, series } = input;
  const previews = series.map(({ preview }) =>
    JSON.stringify(preview.map(({ periodStart, periodEnd }) => ({ periodStart, periodEnd }))),
  );
  const parked = await tx`
    update recurring_invoices r
    set parked_at = ${now}, parked_on = ${businessDate}, parked_code = p.code,
        parked_reason = p.reason, parked_preview = p.preview::jsonb, updated_at = ${now}
    from unnest(
      ${arrayText(series, ({ id }) => id)}::int8[], ${series.map(({ code }) => code)}::text[],
      ${series.map(({ reason }) => reason)}::text[], ${previews}::text[]
    ) as p (id, code, reason, preview)
    where r.company_id = ${companyId} and r.id = p.id
  `;
  return parked.count;
}

export interface ExistingPeriodRow {
  id: number;
  recurringInvoiceId: number;
  periodStart: LocalDate;
  periodEnd: LocalDate;
}

/** Invoices, not voided, that already stand for the given periods of the given series. */
export async function listInvoicesForPeriods(
  tx: Tx,
  input: { companyId: number; seriesIds: number[]; periodStarts: LocalDate[] },
): Promise<ExistingPeriodRow[]> {
  return await tx<ExistingPeriodRow[]>`
    select i.id, i.recurring_invoice_id, i.period_start, i.period_end
    from unnest(${input.seriesIds}::int8[], ${input.periodStarts}::date[]) as p (series_id, period_start)
    join invoices i
      on i.company_id = ${input.companyId}
      and i.recurring_invoice_id = p.series_id
      and i.period_start = p.period_start
    where i.status <> 'cancelled' and i.deleted_at is null
  `;
}
