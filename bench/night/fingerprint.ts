import type { Sql } from "../../src/db/client.ts";

/** Number of rows and a checksum over what they say, ids and chance left out. */
export type Fingerprint = Record<string, { rows: number; checksum: string }>;

/**
 * What a night left behind, to be compared with what another way of doing it left. Rows are told apart
 * by their series, never by ids that were handed out on the way.
 */
export async function fingerprintNight(sql: Sql): Promise<Fingerprint> {
  const rows = await sql<{ name: string; rows: number; checksum: string }[]>`
    with told as (
      select 'invoices' as name, concat_ws('|',
        company_id, recurring_invoice_id, client_id, period_start, period_end, invoice_number, status,
        issue_date, due_date, currency, tax_type, discount_type, discount_value, adjustment_amount,
        subtotal, discount_total, tax_total, late_fee_amount, total, amount_paid, amount_due, notes,
        paid_at, reminders_sent, created_at, updated_at) as text
      from invoices
      union all
      select 'invoice_lines', concat_ws('|',
        i.company_id, i.recurring_invoice_id, i.period_start, l.sort_order, l.service_id,
        l.description, l.quantity, l.unit_price, l.amount, l.discount_amount, l.tax_name_1,
        l.tax_rate_1, l.tax_amount_1, l.tax_name_2, l.tax_rate_2, l.tax_amount_2, l.is_late_fee,
        l.created_at, l.updated_at)
      from invoice_lines l
      join invoices i on i.company_id = l.company_id and i.id = l.invoice_id
      union all
      select 'recurring_occurrences', concat_ws('|',
        o.company_id, o.recurring_invoice_id, o.period_start, o.period_end, o.outcome, o.reason,
        i.invoice_number, o.business_date, o.created_at)
      from recurring_occurrences o
      left join invoices i on i.company_id = o.company_id and i.id = o.invoice_id
      union all
      select 'recurring_invoices', concat_ws('|',
        company_id, id, status, next_k, next_generate_date, occurrences_generated, last_generated_at,
        parked_at, updated_at)
      from recurring_invoices
      union all
      select 'events', concat_ws('|',
        e.company_id, e.type, e.subject_type, i.invoice_number, e.payload, e.causer_id, e.occurred_at)
      from events e
      left join invoices i
        on e.subject_type = 'invoice' and i.company_id = e.company_id and i.id = e.subject_id
      union all
      select 'event_outbox', concat_ws('|', e.company_id, e.type, e.payload)
      from event_outbox o
      join events e on e.id = o.event_id and e.company_id = o.company_id and e.type = o.type
      union all
      select 'counters', concat_ws('|', company_id, kind, next_value) from counters
      union all
      select 'billing_nights', concat_ws('|',
        company_id, business_date, status, report, started_at, finished_at, created_at, updated_at)
      from billing_nights
    )
    select name, count(*)::int as rows, md5(string_agg(md5(text), '' order by text)) as checksum
    from told
    group by name
    order by name
  `;
  return Object.fromEntries(
    rows.map(({ name, rows: count, checksum }) => [name, { rows: count, checksum }]),
  );
}

/** @throws Error naming the tables in which two sides differ */
export function assertSameNight(sides: readonly (readonly [string, Fingerprint])[]): void {
  const [first, ...others] = sides;
  for (const other of others) {
    const [a, b] = [first![1], other[1]];
    const different = Object.keys({ ...a, ...b }).filter(
      (table) => JSON.stringify(a[table]) !== JSON.stringify(b[table]),
    );
    if (different.length > 0) {
      throw new Error(
        `${first![0]} and ${other[0]} wrote different rows into ${different.join(", ")}: ` +
          `${JSON.stringify(a)} and ${JSON.stringify(b)}`,
      );
    }
  }
}
