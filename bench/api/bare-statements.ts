import type { Sql } from "postgres";

/** A line as the bare handler reads it, unchecked. */
export interface BareLine {
  description: string;
  quantity: number;
  unit_price: number;
  tax_name: string;
  tax_rate: number;
}

/** Writes what our API writes of a new invoice: number, invoice, lines, event and outbox, in one statement. */
export async function createBare(
  sql: Sql,
  companyId: number,
  { clientId, lines }: { clientId: number; lines: readonly BareLine[] },
): Promise<unknown> {
  const priced = lines.map((line, index) => {
    const amount = Math.round(line.quantity * line.unit_price);
    return { ...line, index, amount, tax: Math.round((amount * line.tax_rate) / 100) };
  });
  const subtotal = priced.reduce((sum, line) => sum + line.amount, 0);
  const tax = priced.reduce((sum, line) => sum + line.tax, 0);
  const [row] = await sql<{ invoice: unknown }[]>`
    with client as (
      select id, currency from clients where company_id = ${companyId} and id = ${clientId} for share
    ), counter as (
      update counters set next_value = next_value + 1
      where company_id = ${companyId} and kind = 'invoice'
      returning next_value - 1 as number
    ), invoice as (
      insert into invoices (
        company_id, client_id, invoice_number, issue_date, due_date, currency, subtotal, tax_total,
        total, created_at, updated_at
      )
      select
        ${companyId}, client.id, 'INV-' || counter.number, current_date, current_date + 30,
        client.currency, ${subtotal}::int8, ${tax}::int8, ${subtotal + tax}::int8, now(), now()
      from client, counter
      returning *
    ), line as (
      insert into invoice_lines (
        company_id, invoice_id, description, quantity, unit_price, amount, tax_name_1, tax_rate_1,
        tax_amount_1, sort_order, created_at, updated_at
      )
      select
        invoice.company_id, invoice.id, given.description, given.quantity, given.unit_price,
        given.amount, given.tax_name, given.tax_rate * 100, given.tax, given.index, now(), now()
      from invoice, unnest(
        ${priced.map((line) => line.description)}::text[], ${priced.map((line) => line.quantity)}::numeric[],
        ${priced.map((line) => line.unit_price)}::numeric[], ${priced.map((line) => line.amount)}::int8[],
        ${priced.map((line) => line.tax_name)}::text[], ${priced.map((line) => line.tax_rate)}::numeric[],
        ${priced.map((line) => line.tax)}::int8[], ${priced.map((line) => line.index)}::int[]
      ) as given (description, quantity, unit_price, amount, tax_name, tax_rate, tax, index)
      returning *
    ), event as (
      insert into events (company_id, type, subject_type, subject_id, payload, occurred_at)
      select
        company_id, 'invoice.created', 'invoice', id,
        jsonb_build_object('invoice_number', invoice_number, 'total', total), now()
      from invoice
      returning id, company_id, type
    ), outbox as (
      insert into event_outbox (event_id, company_id, type) select id, company_id, type from event
    )
    select to_jsonb(invoice) || jsonb_build_object('line_items', (select jsonb_agg(line) from line)) as invoice
    from invoice
  `;
  return row?.invoice;
}

/** An invoice with all that our API shows of it. */
export async function getBare(sql: Sql, companyId: number, id: number): Promise<unknown> {
  const [row] = await sql<{ invoice: unknown }[]>`
    select to_jsonb(i) || jsonb_build_object(
      'client', (select to_jsonb(c) from clients c where c.company_id = i.company_id and c.id = i.client_id),
      'category', (select name from categories c where c.company_id = i.company_id and c.id = i.category_id),
      'line_items', (
        select jsonb_agg(l order by sort_order, id) from invoice_lines l
        where l.company_id = i.company_id and l.invoice_id = i.id
      ),
      'adjustments', (
        select jsonb_agg(a) from invoice_adjustments a
        where a.company_id = i.company_id and a.invoice_id = i.id
      ),
      'late_fees', (
        select jsonb_agg(f) from invoice_late_fees f
        where f.company_id = i.company_id and f.invoice_id = i.id
      ),
      'payments', (
        select jsonb_agg(p) from payments p where p.company_id = i.company_id and p.invoice_id = i.id
      ),
      'deliveries', (
        select jsonb_agg(d) from deliveries d
        where d.company_id = i.company_id and d.invoice_id = i.id
      ),
      'reminders', (
        select jsonb_agg(r) from invoice_reminders r
        where r.company_id = i.company_id and r.invoice_id = i.id
      ),
      'tags', (
        select jsonb_agg(t.name) from invoice_tags it
        join tags t on t.company_id = it.company_id and t.id = it.tag_id
        where it.company_id = i.company_id and it.invoice_id = i.id
      )
    ) as invoice
    from invoices i
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  return row?.invoice;
}

export async function listBare(sql: Sql, companyId: number): Promise<unknown[]> {
  return await sql<Record<string, unknown>[]>`
    select * from invoices
    where company_id = ${companyId} and deleted_at is null
    order by id desc
    limit 25
  `;
}
