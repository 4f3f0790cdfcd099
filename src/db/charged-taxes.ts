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
 * The taxes on the lines of what was issued in a period, late fees too; drafts and cancelled invoices
 * are left out. A line with two taxes counts for both.
 */
export async function listChargedTaxes(
  sql: Sql | Tx,
  { companyId, from, to }: { companyId: number; from: LocalDate; to: LocalDate },
): Promise<ChargedTaxRow[]> {
  return await sql<ChargedTaxRow[]>`
    with by_invoice as (
      select
        i.currency, t.name, t.rate, l.invoice_id, sum(l.amount - l.discount_amount) as taxable,
        sum(t.tax) as tax
      from invoices i
      join invoice_lines l on l.company_id = i.company_id and l.invoice_id = i.id
      cross join lateral (
        values (l.tax_name_1, l.tax_rate_1, l.tax_amount_1), (l.tax_name_2, l.tax_rate_2, l.tax_amount_2)
      ) as t (name, rate, tax)
      where i.company_id = ${companyId} and i.issue_date between ${from} and ${to}
        and i.status not in ('draft', 'cancelled') and i.deleted_at is null
        and t.rate is not null
      group by i.currency, t.name, t.rate, l.invoice_id
    )
    select
      currency, name, rate, sum(taxable)::int8 as taxable, sum(tax)::int8 as tax,
      count(*)::int as invoice_count
    from by_invoice
    group by currency, name, rate
    order by tax desc, name, rate
  `;
}
