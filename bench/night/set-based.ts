import type { Sql } from "../../src/db/client.ts";

/** Which night, and what the clock of its companies says. */
export interface BenchNight {
  businessDate: string;
  at: Date;
}

/**
 * The peer: the whole night of some companies as one statement, the fastest we could write. It knows
 * the data of the benchmark (monthly, no discounts, nothing to park, nobody beside it) and may leave
 * out all that our night has to ask; the rows it writes are the same, down to the numbers.
 */
export async function generateBySet(
  sql: Sql,
  companyIds: readonly number[],
  { businessDate, at }: BenchNight,
): Promise<void> {
  await sql`
    with due as materialized (
      select
        r.company_id, r.id, r.client_id, r.currency, r.payment_terms, r.notes, r.discount_type,
        r.discount_value, r.next_generate_date as period_start,
        (r.anchor_date + make_interval(months => r.interval * (r.next_k + 1)))::date as next_date,
        nextval('invoices_id_seq') as invoice_id,
        row_number() over (partition by r.company_id order by r.next_generate_date, r.id) as place
      from recurring_invoices r
      where r.company_id = any(${companyIds}::int8[])
        and r.next_generate_date <= ${businessDate}
        and r.status = 'active' and r.parked_at is null and r.deleted_at is null
        and not r.is_archived
    ), counted as (
      insert into counters (company_id, kind, next_value)
      select company_id, 'invoice', 1 + count(*) from due group by company_id order by company_id
      on conflict (company_id, kind)
        do update set next_value = counters.next_value + excluded.next_value - 1
      returning company_id, next_value
    ), firsts as (
      select c.company_id, c.next_value - d.count as first, p.invoice_prefix
      from counted c
      join (select company_id, count(*) as count from due group by company_id) d using (company_id)
      join companies p on p.id = c.company_id
    ), priced as materialized (
      select
        d.invoice_id, l.company_id, l.service_id, l.description, l.quantity, l.unit_price,
        l.tax_name_1, l.tax_rate_1, l.tax_name_2, l.tax_rate_2, l.sort_order,
        round(l.quantity * l.unit_price)::int8 as amount,
        coalesce(round(round(l.quantity * l.unit_price) * l.tax_rate_1 / 10000), 0)::int8 as tax_1,
        coalesce(round(round(l.quantity * l.unit_price) * l.tax_rate_2 / 10000), 0)::int8 as tax_2
      from due d
      join recurring_invoice_lines l
        on l.company_id = d.company_id and l.recurring_invoice_id = d.id
    ), totals as (
      select invoice_id, sum(amount)::int8 as subtotal, sum(tax_1 + tax_2)::int8 as tax_total
      from priced
      group by invoice_id
    ), written as (
      insert into invoices (
        company_id, id, client_id, recurring_invoice_id, period_start, period_end, invoice_number,
        status, issue_date, due_date, currency, discount_type, discount_value, subtotal, tax_total,
        total, notes, paid_at, created_at, updated_at
      )
      overriding system value
      select
        d.company_id, d.invoice_id, d.client_id, d.id, d.period_start, d.next_date - 1,
        f.invoice_prefix || lpad(
          (f.first + d.place - 1)::text, greatest(5, length((f.first + d.place - 1)::text)), '0'
        ),
        case when t.subtotal + t.tax_total = 0 then 'paid' else 'draft' end, ${businessDate},
        ${businessDate}::date + d.payment_terms, d.currency, d.discount_type, d.discount_value,
        t.subtotal, t.tax_total, t.subtotal + t.tax_total, d.notes,
        case when t.subtotal + t.tax_total = 0 then ${at}::timestamptz end, ${at},
        ${at}
      from due d
      join totals t using (invoice_id)
      join firsts f using (company_id)
      order by d.company_id, d.place
      returning company_id, id, invoice_number, currency, total, recurring_invoice_id
    ), lines as (
      insert into invoice_lines (
        company_id, invoice_id, service_id, description, quantity, unit_price, amount, tax_name_1,
        tax_rate_1, tax_amount_1, tax_name_2, tax_rate_2, tax_amount_2, sort_order, created_at,
        updated_at
      )
      select
        company_id, invoice_id, service_id, description, quantity, unit_price, amount, tax_name_1,
        tax_rate_1, tax_1, tax_name_2, tax_rate_2, tax_2, sort_order, ${at}, ${at}
      from priced
    ), occurred as (
      insert into recurring_occurrences (
        company_id, recurring_invoice_id, period_start, period_end, outcome, invoice_id,
        business_date, created_at
      )
      select
        company_id, id, period_start, next_date - 1, 'generated', invoice_id, ${businessDate},
        ${at}
      from due
    ), advanced as (
      update recurring_invoices r
      set next_k = r.next_k + 1, next_generate_date = d.next_date,
          occurrences_generated = r.occurrences_generated + 1, last_generated_at = ${at},
          updated_at = ${at}
      from due d
      where r.company_id = d.company_id and r.id = d.id
    ), reported as (
      select company_id, jsonb_build_object(
        'overdue', jsonb_build_object('count', 0, 'amounts', '{}'::jsonb),
        'fees', jsonb_build_object('count', 0, 'amounts', '{}'::jsonb),
        'generated', jsonb_build_object(
          'count', sum(count), 'amounts', jsonb_object_agg(currency, amount), 'made_up', 0),
        'skipped', jsonb_build_object('count', 0),
        'reminders', jsonb_build_object(
          'queued', 0, 'superseded', 0, 'not_applicable', 0, 'blocked', 0, 'cancelled', 0),
        'parked', jsonb_build_object('count', 0, 'reasons', '{}'::jsonb)
      ) as report
      from (
        select company_id, currency, count(*) as count, sum(total) as amount
        from written
        group by company_id, currency
      ) as by_currency
      group by company_id
    ), nights as (
      insert into billing_nights (
        company_id, business_date, status, report, started_at, finished_at, created_at, updated_at
      )
      select
        company_id, ${businessDate}, 'completed', report, ${at}, ${at}, ${at},
        ${at}
      from reported
      returning company_id, id, report
    ), told as (
      insert into events (company_id, type, subject_type, subject_id, payload, occurred_at)
      select
        company_id, 'invoice.created', 'invoice', id,
        jsonb_build_object(
          'invoice_number', invoice_number, 'total', total, 'currency', currency,
          'recurring_invoice_id', recurring_invoice_id
        ),
        ${at}::timestamptz
      from written
      union all
      select
        company_id, 'night.completed', 'night', id,
        jsonb_build_object('business_date', ${businessDate}::text) || report, ${at}
      from nights
      returning id, company_id, type
    )
    insert into event_outbox (event_id, company_id, type)
    select id, company_id, type from told
  `;
}
