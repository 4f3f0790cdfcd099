import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";
import { isIssued } from "./revenue.ts";

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
 * A line with two taxes counts for both; an invoice that is taxed as a whole counts as a whole. Lines are
 * sorted by their invoice, which they nearly are already, so that no invoice's sums need be kept until the end.
 */
export async function listChargedTaxes(
  sql: Sql | Tx,
  { companyId, from, to }: { companyId: number; from: LocalDate; to: LocalDate },
): Promise<ChargedTaxRow[]> {
  const isBetween = sql`
    company_id = ${companyId} and invoice_id between (select first from ends) and (select last from ends)
  `;
  return await sql<ChargedTaxRow[]>`
    with issued as not materialized (
      select id, currency, subtotal - discount_total as net
      from invoices
      where company_id = ${companyId} and issue_date between ${from} and ${to}
        and ${isIssued(sql)}
    ), ends as materialized (
      select min(id) as first, max(id) as last from issued
    ), charged as (
      select
        invoice_id, tax_name_1 as name, tax_rate_1 as rate, amount - discount_amount as taxable,
        tax_amount_1 as tax
      from invoice_lines
      where ${isBetween} and tax_rate_1 is not null
      union all
      select invoice_id, tax_name_2, tax_rate_2, amount - discount_amount, tax_amount_2
      from invoice_lines
      where ${isBetween} and tax_rate_2 is not null
      union all
      select t.invoice_id, t.name, t.rate, i.net, t.amount
      from issued i
      join invoice_taxes t on t.company_id = ${companyId} and t.invoice_id = i.id
    ), by_invoice as (
      select invoice_id, name, rate, sum(taxable) as taxable, sum(tax) as tax
      from (select * from charged order by invoice_id, name, rate) as sorted
      group by invoice_id, name, rate
    )
    select
      i.currency, t.name, t.rate, sum(t.taxable)::int8 as taxable, sum(t.tax)::int8 as tax,
      count(*)::int as invoice_count
    from by_invoice t
    join issued i on i.id = t.invoice_id
    group by i.currency, t.name, t.rate
    order by tax desc, t.name, t.rate
  `;
}
