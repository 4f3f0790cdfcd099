import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";

/** One tax of one currency; minor units. */
export interface ChargedTaxRow {
  currency: string;
  /** Null when the lines name a rate only. */
  name: string | null;
  /** Basis points as numeric text. */
  rate: string;
  /** What the lines come to after their discounts. */
  taxable: bigint;
  tax: bigint;
  invoiceCount: number;
}

/**
 * The taxes on what was issued in a period, late fees too; drafts and cancelled invoices are left out.
 * A line with two taxes counts for both; an invoice that is taxed as a whole counts as a whole.
 */
export async function listChargedTaxes(
  sql: Sql | Tx,
  { companyId, from, to }: { companyId: number; from: LocalDate; to: LocalDate },
): Promise<ChargedTaxRow[]> {
  return await sql<ChargedTaxRow[]>`
    with issued as (
      select id, currency, tax_type, subtotal - discount_total as net
      from invoices
      where company_id = ${companyId} and issue_date between ${from} and ${to}
        and status not in ('draft', 'cancelled') and deleted_at is null
    ), by_invoice as (
      select i.currency, t.name, t.rate, sum(l.amount - l.discount_amount) as taxable, sum(t.tax) as tax
      from issued i
      join invoice_lines l on l.company_id = ${companyId} and l.invoice_id = i.id
      cross join lateral (
        values (l.tax_name_1, l.tax_rate_1, l.tax_amount_1), (l.tax_name_2, l.tax_rate_2, l.tax_amount_2)
      ) as t (name, rate, tax)
      where t.rate is not null and (i.tax_type = 'inline' or l.is_late_fee)
      group by i.id, i.currency, t.name, t.rate
      union all
      select i.currency, t.name, t.rate, i.net, t.amount
      from issued i
      join invoice_taxes t on t.company_id = ${companyId} and t.invoice_id = i.id
    )
    select
      currency, name, rate, sum(taxable)::int8 as taxable, sum(tax)::int8 as tax,
      count(*)::int as invoice_count
    from by_invoice
    group by currency, name, rate
    order by tax desc, name, rate
  `;
}
