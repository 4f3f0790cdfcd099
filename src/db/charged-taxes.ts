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

/** Of invoices, both included. */
interface Ids {
  first: number;
  last: number;
}

/**
 * The taxes on what was issued in a period, late fees too; drafts and cancelled invoices are left out.
 * A line with two taxes counts for both; an invoice that is taxed as a whole counts as a whole.
 */
export async function listChargedTaxes(sql: Sql, period: Period): Promise<ChargedTaxRow[]> {
  return await sql.begin("isolation level repeatable read read only", async (tx) => {
    const ids = await findIssued(tx, period);
    return ids === undefined ? [] : await sumTaxes(tx, period, cut(ids));
  });
}

/** Where lines have to be looked for: invoices of a period mostly lie side by side. */
async function findIssued(tx: Tx, { companyId, from, to }: Period): Promise<Ids | undefined> {
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

/** Where there are many, into parts that PostgreSQL can add up side by side. */
function cut({ first, last }: Ids): Ids[] {
  const count = last - first + 1;
  const parts = Math.min(partsMax, Math.ceil(count / idsOfPart));
  const beginOf = (part: number) => first + Math.floor((count * part) / parts);
  return Array.from({ length: parts }, (_, part) => ({
    first: beginOf(part),
    last: beginOf(part + 1) - 1,
  }));
}

/**
 * First taxes are by far the most, and an index has them by invoice and tax. The others are added up beside
 * them, and an invoice that has the same tax in both is taken off once. (Asked of each of the others instead,
 * PostgreSQL does nothing side by side.)
 */
async function sumTaxes(
  tx: Tx,
  { companyId, from, to }: Period,
  parts: readonly Ids[],
): Promise<ChargedTaxRow[]> {
  const sumIssued = (byInvoice: Fragment, { first, last }: Ids) => tx`
    select
      i.currency, t.name, t.rate, sum(t.taxable) as taxable, sum(t.tax) as tax,
      sum(t.invoices) as invoices
    from (${byInvoice}) as t
    join invoices i on i.company_id = ${companyId} and i.id = t.invoice_id
    where i.id between ${first} and ${last} and i.issue_date between ${from} and ${to}
      and ${isIssued(tx)}
    group by i.currency, t.name, t.rate
  `;
  const taxes = parts.flatMap((ids) =>
    [firstTaxes, otherTaxes, taxesOfBoth].map((read) => sumIssued(read(tx, companyId, ids), ids)),
  );
  return await planAnew(tx<ChargedTaxRow[]>`
    select
      currency, name, rate, sum(taxable)::int8 as taxable, sum(tax)::int8 as tax,
      sum(invoices)::int as invoice_count
    from (${taxes.reduce((all, part) => tx`${all} union all ${part}`)}) as parts
    group by currency, name, rate
    order by tax desc, name, rate
  `);
}

function firstTaxes(tx: Tx, companyId: number, { first, last }: Ids): Fragment {
  return tx`
    select
      invoice_id, tax_name_1 as name, tax_rate_1 as rate,
      sum(amount - discount_amount)::int8 as taxable, sum(tax_amount_1)::int8 as tax, 1 as invoices
    from invoice_lines
    where company_id = ${companyId} and invoice_id between ${first} and ${last}
      and tax_rate_1 is not null
    group by invoice_id, tax_name_1, tax_rate_1
  `;
}

/** Second taxes of lines, and those of invoices that are taxed as a whole. */
function otherTaxes(tx: Tx, companyId: number, { first, last }: Ids): Fragment {
  return tx`
    select
      invoice_id, name, rate, sum(taxable)::int8 as taxable, sum(tax)::int8 as tax, 1 as invoices
    from (
      select
        invoice_id, tax_name_2 as name, tax_rate_2 as rate, amount - discount_amount as taxable,
        tax_amount_2 as tax
      from invoice_lines
      where company_id = ${companyId} and invoice_id between ${first} and ${last}
        and tax_rate_2 is not null
      union all
      select t.invoice_id, t.name, t.rate, i.subtotal - i.discount_total, t.amount
      from invoice_taxes t
      join invoices i on i.company_id = t.company_id and i.id = t.invoice_id
      where t.company_id = ${companyId} and t.invoice_id between ${first} and ${last}
    ) as charged
    group by invoice_id, name, rate
  `;
}

function taxesOfBoth(tx: Tx, companyId: number, ids: Ids): Fragment {
  return tx`
    select t.invoice_id, t.name, t.rate, 0::int8 as taxable, 0::int8 as tax, -1 as invoices
    from (${otherTaxes(tx, companyId, ids)}) as t
    where exists (
      select from invoice_lines l
      where l.company_id = ${companyId} and l.invoice_id = t.invoice_id and l.tax_rate_1 = t.rate
        and l.tax_name_1 is not distinct from t.name
    )
  `;
}
