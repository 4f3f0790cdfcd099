import type { LocalDate } from "../billing/dates.ts";
import { arrayText } from "./array-text.ts";
import type { Tx } from "./client.ts";
import type { InvoiceRow } from "./invoices.ts";

export interface GeneratedInvoice {
  id: number;
  seriesId: number;
  number: string;
  periodStart: LocalDate;
  periodEnd: LocalDate;
  dueDate: LocalDate;
  /** The filled-in notes, or null to copy those of the series. */
  notes: string | null;
  subtotal: bigint;
  discountTotal: bigint;
  taxTotal: bigint;
  total: bigint;
}

/**
 * Writes invoices of series with their events: one statement, whatever their number. A total of
 * zero is finalised as paid (BILLING.md 5.3). Client, currency, discount and notes are copied from
 * the series, whose rows the caller holds.
 */
export async function insertGeneratedInvoices(
  tx: Tx,
  input: {
    companyId: number;
    businessDate: LocalDate;
    now: Date;
    /** How their taxes were rounded. */
    taxRounding: InvoiceRow["taxRounding"];
    invoices: GeneratedInvoice[];
    /** The user who asked for them; none when a night makes them. */
    causerId?: number | null;
  },
): Promise<void> {
  const { companyId, businessDate, now, taxRounding, invoices, causerId = null } = input;
  await tx`
    with written as (
      insert into invoices (
        company_id, id, client_id, recurring_invoice_id, period_start, period_end, invoice_number,
        status, issue_date, due_date, currency, tax_rounding, discount_type, discount_value, subtotal,
        discount_total, tax_total, total, notes, paid_at, created_at, updated_at
      )
      overriding system value
      select
        r.company_id, p.id, r.client_id, r.id, p.period_start, p.period_end, p.number,
        case when p.total = 0 then 'paid' else 'draft' end, ${businessDate}, p.due_date,
        r.currency, ${taxRounding}, r.discount_type, r.discount_value, p.subtotal, p.discount_total,
        p.tax_total, p.total, coalesce(p.notes, r.notes), case when p.total = 0 then ${now}::timestamptz end,
        ${now}, ${now}
      from unnest(
        ${arrayText(invoices, (row) => row.id)}::int8[], ${arrayText(invoices, (row) => row.seriesId)}::int8[],
        ${invoices.map((row) => row.number)}::text[],
        ${arrayText(invoices, (row) => row.periodStart)}::date[],
        ${arrayText(invoices, (row) => row.periodEnd)}::date[],
        ${arrayText(invoices, (row) => row.dueDate)}::date[], ${invoices.map((row) => row.notes)}::text[],
        ${arrayText(invoices, (row) => row.subtotal)}::int8[],
        ${arrayText(invoices, (row) => row.discountTotal)}::int8[],
        ${arrayText(invoices, (row) => row.taxTotal)}::int8[], ${arrayText(invoices, (row) => row.total)}::int8[]
      ) as p (
        id, series_id, number, period_start, period_end, due_date, notes, subtotal, discount_total,
        tax_total, total
      )
      join recurring_invoices r on r.company_id = ${companyId} and r.id = p.series_id
      returning id, invoice_number, currency, total, recurring_invoice_id
    ), told as (
      insert into events (
        company_id, type, subject_type, subject_id, payload, causer_id, occurred_at
      )
      select
        ${companyId}, 'invoice.created', 'invoice', id,
        jsonb_build_object(
          'invoice_number', invoice_number, 'total', total, 'currency', currency,
          'recurring_invoice_id', recurring_invoice_id
        ),
        ${causerId}::int8, ${now}
      from written
      returning id
    )
    insert into event_outbox (event_id, company_id, type)
    select id, ${companyId}, 'invoice.created' from told
  `;
}

export interface GeneratedLine {
  invoiceId: number;
  seriesLineId: number;
  /** The filled-in text, or null to copy that of the series. */
  description: string | null;
  amount: bigint;
  discount: bigint;
  taxAmount1: bigint;
  taxAmount2: bigint;
  sortOrder: number;
}

/** Writes the lines of generated invoices, copying what a line of the series says. */
export async function insertGeneratedLines(
  tx: Tx,
  { companyId, now, lines }: { companyId: number; now: Date; lines: GeneratedLine[] },
): Promise<void> {
  await tx`
    insert into invoice_lines (
      company_id, invoice_id, service_id, description, quantity, unit_price, amount,
      discount_amount, tax_name_1, tax_rate_1, tax_amount_1, tax_name_2, tax_rate_2, tax_amount_2,
      sort_order, created_at, updated_at
    )
    select
      l.company_id, p.invoice_id, l.service_id, coalesce(p.description, l.description), l.quantity,
      l.unit_price, p.amount, p.discount, l.tax_name_1, l.tax_rate_1, p.tax_amount_1, l.tax_name_2,
      l.tax_rate_2, p.tax_amount_2, p.sort_order, ${now}, ${now}
    from unnest(
      ${arrayText(lines, (row) => row.invoiceId)}::int8[], ${arrayText(lines, (row) => row.seriesLineId)}::int8[],
      ${lines.map((row) => row.description)}::text[], ${arrayText(lines, (row) => row.amount)}::int8[],
      ${arrayText(lines, (row) => row.discount)}::int8[], ${arrayText(lines, (row) => row.taxAmount1)}::int8[],
      ${arrayText(lines, (row) => row.taxAmount2)}::int8[], ${arrayText(lines, (row) => row.sortOrder)}::int[]
    ) as p (
      invoice_id, series_line_id, description, amount, discount, tax_amount_1, tax_amount_2, sort_order
    )
    join recurring_invoice_lines l on l.company_id = ${companyId} and l.id = p.series_line_id
  `;
}

export interface OccurrenceOutcome {
  seriesId: number;
  periodStart: LocalDate;
  periodEnd: LocalDate;
  /** The invoice it became, or null with the reason why not. */
  invoiceId: number | null;
  reason: string | null;
}

/** Records what became of occurrences; one that was skipped before may still become an invoice. */
export async function recordOccurrences(
  tx: Tx,
  input: {
    companyId: number;
    businessDate: LocalDate;
    now: Date;
    rows: OccurrenceOutcome[];
    /** Somebody asked for them; they are no part of the night of that date. */
    byHand?: boolean;
  },
): Promise<void> {
  const { companyId, businessDate, now, rows, byHand = false } = input;
  await tx`
    insert into recurring_occurrences (
      company_id, recurring_invoice_id, period_start, period_end, outcome, reason, invoice_id,
      business_date, by_hand, created_at
    )
    select
      ${companyId}, p.series_id, p.period_start, p.period_end,
      case when p.invoice_id is null then 'skipped' else 'generated' end, p.reason, p.invoice_id,
      ${businessDate}, ${byHand}, ${now}
    from unnest(
      ${arrayText(rows, (row) => row.seriesId)}::int8[], ${arrayText(rows, (row) => row.periodStart)}::date[],
      ${arrayText(rows, (row) => row.periodEnd)}::date[], ${arrayText(rows, (row) => row.invoiceId)}::int8[],
      ${rows.map((row) => row.reason)}::text[]
    ) as p (series_id, period_start, period_end, invoice_id, reason)
    on conflict (company_id, recurring_invoice_id, period_start) do update
    set period_end = excluded.period_end, outcome = excluded.outcome, reason = excluded.reason,
        invoice_id = excluded.invoice_id, business_date = excluded.business_date,
        by_hand = excluded.by_hand, created_at = excluded.created_at
    where excluded.invoice_id is not null
  `;
}

/** In a preview: as if the mail server had taken the invoices that wait to be mailed. */
export async function pretendMailsWereTaken(
  tx: Tx,
  { companyId, now }: { companyId: number; now: Date },
): Promise<void> {
  await tx`
    update invoices i
    set status = 'sent', sent_at = ${now}
    where i.company_id = ${companyId} and i.status = 'draft' and i.deleted_at is null
      and exists (
        select from deliveries d
        where d.company_id = i.company_id and d.invoice_id = i.id
          and d.kind = 'invoice' and d.status = 'queued'
      )
  `;
}
