import type { LocalDate } from "../billing/dates.ts";
import { planAnew, type Fragment, type Sql, type Tx } from "./client.ts";
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

interface Period {
  companyId: number;
  from: LocalDate;
  to: LocalDate;
}

/** Ids of invoices, both included. */
interface IdRange {
  first: number;
  last: number;
}

/**
 * The taxes on what was issued in a period, late fees too; drafts and cancelled invoices are left out.
 * A line with two taxes counts for both; an invoice that is taxed as a whole counts as a whole.
 */
export async function listChargedTaxes(sql: Sql, period: Period): Promise<ChargedTaxRow[]> {
  // Read only and of one moment: whatever is written meanwhile, what was looked for is what is added up.
  return await sql.begin("isolation level repeatable read read only", async (tx) => {
    const range = await findIssued(tx, period);
    if (range === undefined) return [];
    return (await hasOtherTaxes(tx, period, range))
      ? await sumAllTaxes(tx, period, range)
      : await sumFirstTaxes(tx, period, cutIntoParts(range));
  });
}

/** Where lines have to be looked for: invoices of a period mostly lie side by side. */
async function findIssued(tx: Tx, { companyId, from, to }: Period): Promise<IdRange | undefined> {
  const [row] = await planAnew(tx<{ firstId: number | null; lastId: number | null }[]>`
    select min(id) as first_id, max(id) as last_id
    from invoices
    where company_id = ${companyId} and issue_date between ${from} and ${to} and ${isIssued(tx)}
  `);
  const { firstId = null, lastId = null } = row ?? {};
  return firstId === null || lastId === null ? undefined : { first: firstId, last: lastId };
}

const partsMax = 4;
const idsOfPart = 10_000;

/** Where there are many, parts that PostgreSQL can add up side by side. */
function cutIntoParts({ first, last }: IdRange): IdRange[] {
  const count = last - first + 1;
  const parts = Math.min(partsMax, Math.ceil(count / idsOfPart));
  const beginOf = (part: number) => first + Math.floor((count * part) / parts);
  return Array.from({ length: parts }, (_, part) => ({
    first: beginOf(part),
    last: beginOf(part + 1) - 1,
  }));
}

/** Where lines have no second taxes and no invoice is taxed as a whole: an index has them in order. */
async function sumFirstTaxes(
  tx: Tx,
  { companyId, from, to }: Period,
  parts: readonly IdRange[],
): Promise<ChargedTaxRow[]> {
  const taxes = parts.map(
    (part) => tx`
      select
        i.currency, t.name, t.rate, sum(t.taxable) as taxable, sum(t.tax) as tax,
        count(*) as invoice_count
      from (${firstTaxes(tx, companyId, part)}) as t
      join invoices i on i.company_id = ${companyId} and i.id = t.invoice_id
      where i.id between ${part.first} and ${part.last} and i.issue_date between ${from} and ${to}
        and ${isIssued(tx)}
      group by i.currency, t.name, t.rate
    `,
  );
  return await planAnew(tx<ChargedTaxRow[]>`
    select
      currency, name, rate, sum(taxable)::int8 as taxable, sum(tax)::int8 as tax,
      sum(invoice_count)::int as invoice_count
    from (${taxes.reduce((all, part) => tx`${all} union all ${part}`)}) as parts
    group by currency, name, rate
    order by tax desc, name, rate
  `);
}

/** Second taxes of lines, or of invoices that are taxed as a whole: most books have none. */
async function hasOtherTaxes(
  tx: Tx,
  { companyId }: Period,
  { first, last }: IdRange,
): Promise<boolean> {
  const isInRange = tx`company_id = ${companyId} and invoice_id between ${first} and ${last}`;
  const [row] = await planAnew(tx<{ hasOthers: boolean }[]>`
    select
      exists (select from invoice_lines where ${isInRange} and tax_rate_2 is not null)
      or exists (select from invoice_taxes where ${isInRange}) as has_others
  `);
  return row!.hasOthers;
}

function firstTaxes(tx: Tx, companyId: number, { first, last }: IdRange): Fragment {
  return tx`
    select
      invoice_id, tax_name_1 as name, tax_rate_1 as rate,
      sum(amount - discount_amount)::int8 as taxable, sum(tax_amount_1)::int8 as tax
    from invoice_lines
    where company_id = ${companyId} and invoice_id between ${first} and ${last}
      and tax_rate_1 is not null
    group by invoice_id, tax_name_1, tax_rate_1
  `;
}

/**
 * Lines are sorted by their invoice, which they nearly are already, so that no invoice's sums need be kept until
 * the end.
 */
async function sumAllTaxes(
  tx: Tx,
  { companyId, from, to }: Period,
  { first, last }: IdRange,
): Promise<ChargedTaxRow[]> {
  const isInRange = tx`company_id = ${companyId} and invoice_id between ${first} and ${last}`;
  return await planAnew(tx<ChargedTaxRow[]>`
    with issued as not materialized (
      select id, currency, subtotal - discount_total as net
      from invoices
      where company_id = ${companyId} and issue_date between ${from} and ${to}
        and ${isIssued(tx)}
    ), charged as (
      select
        invoice_id, tax_name_1 as name, tax_rate_1 as rate, amount - discount_amount as taxable,
        tax_amount_1 as tax
      from invoice_lines
      where ${isInRange} and tax_rate_1 is not null
      union all
      select invoice_id, tax_name_2, tax_rate_2, amount - discount_amount, tax_amount_2
      from invoice_lines
      where ${isInRange} and tax_rate_2 is not null
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
  `);
}
