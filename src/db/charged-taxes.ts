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

/** Where a tax stands: first or second on a line, or on an invoice that is taxed as a whole. */
type Place = "first" | "second" | "whole";

/**
 * The taxes on what was issued in a period, late fees too; drafts and cancelled invoices are left out.
 * A line with two taxes counts for both; an invoice that is taxed as a whole counts as a whole.
 */
export async function listChargedTaxes(sql: Sql, period: Period): Promise<ChargedTaxRow[]> {
  // Read only and of one moment: whatever is written meanwhile, what was looked for is what is added up.
  return await sql.begin("isolation level repeatable read read only", async (tx) => {
    const range = await findIssued(tx, period);
    if (range === undefined) return [];
    const places = await findPlaces(tx, period, range);
    const sums = await sumTaxes(tx, period, { places, parts: cutIntoParts(range) });
    if (sums.every(({ placeCount }) => placeCount === 1)) return sums;
    const counts = await countInvoices(tx, period, range);
    return sums.map((sum) => ({ ...sum, invoiceCount: counts.get(keyOf(sum))! }));
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

/** Most books have taxes in the first place only. */
async function findPlaces(
  tx: Tx,
  { companyId }: Period,
  { first, last }: IdRange,
): Promise<Place[]> {
  const isInRange = tx`company_id = ${companyId} and invoice_id between ${first} and ${last}`;
  const [row] = await planAnew(tx<{ places: Place[] }[]>`
    select
      array['first']
      || case
        when exists (select from invoice_lines where ${isInRange} and tax_rate_2 is not null)
          then array['second']
      end
      || case when exists (select from invoice_taxes where ${isInRange}) then array['whole'] end
      as places
  `);
  return row!.places;
}

/**
 * Each place is added up by itself, for an index has those of lines in order: an invoice with the same tax in two
 * places is counted twice.
 */
async function sumTaxes(
  tx: Tx,
  { companyId, from, to }: Period,
  { places, parts }: { places: readonly Place[]; parts: readonly IdRange[] },
): Promise<(ChargedTaxRow & { placeCount: number })[]> {
  const taxes = places.flatMap((place) =>
    parts.map(
      (part) => tx`
        select
          i.currency, t.name, t.rate, sum(t.taxable) as taxable, sum(t.tax) as tax,
          count(*) as invoice_count, ${place} as place
        from (
          select invoice_id, name, rate, sum(taxable)::int8 as taxable, sum(tax)::int8 as tax
          from (${taxesIn(tx, place, { companyId, ...part })}) as charged
          group by invoice_id, name, rate
        ) as t
        join invoices i on i.company_id = ${companyId} and i.id = t.invoice_id
        where i.id between ${part.first} and ${part.last}
          and i.issue_date between ${from} and ${to} and ${isIssued(tx)}
        group by i.currency, t.name, t.rate
      `,
    ),
  );
  return await planAnew(tx<(ChargedTaxRow & { placeCount: number })[]>`
    select
      currency, name, rate, sum(taxable)::int8 as taxable, sum(tax)::int8 as tax,
      sum(invoice_count)::int as invoice_count, count(distinct place)::int as place_count
    from (${unionOf(tx, taxes)}) as parts
    group by currency, name, rate
    order by tax desc, name, rate
  `);
}

/** How many invoices have each tax, in whatever place. */
async function countInvoices(
  tx: Tx,
  { companyId, from, to }: Period,
  range: IdRange,
): Promise<Map<string, number>> {
  const places: Place[] = ["first", "second", "whole"];
  const charged = places.map((place) => taxesIn(tx, place, { companyId, ...range }));
  const rows = await planAnew(tx<
    Pick<ChargedTaxRow, "currency" | "name" | "rate" | "invoiceCount">[]
  >`
    select i.currency, t.name, t.rate, count(*)::int as invoice_count
    from (select distinct invoice_id, name, rate from (${unionOf(tx, charged)}) as charged) as t
    join invoices i on i.company_id = ${companyId} and i.id = t.invoice_id
    where i.issue_date between ${from} and ${to} and ${isIssued(tx)}
    group by i.currency, t.name, t.rate
  `);
  return new Map(rows.map((row) => [keyOf(row), row.invoiceCount]));
}

function taxesIn(
  tx: Tx,
  place: Place,
  { companyId, first, last }: IdRange & { companyId: number },
): Fragment {
  if (place === "whole") {
    return tx`
      select t.invoice_id, t.name, t.rate, i.subtotal - i.discount_total as taxable, t.amount as tax
      from invoice_taxes t
      join invoices i on i.company_id = ${companyId} and i.id = t.invoice_id
      where t.company_id = ${companyId} and t.invoice_id between ${first} and ${last}
    `;
  }
  const [name, rate, tax] =
    place === "first"
      ? [tx`tax_name_1`, tx`tax_rate_1`, tx`tax_amount_1`]
      : [tx`tax_name_2`, tx`tax_rate_2`, tx`tax_amount_2`];
  return tx`
    select invoice_id, ${name} as name, ${rate} as rate, amount - discount_amount as taxable, ${tax} as tax
    from invoice_lines
    where company_id = ${companyId} and invoice_id between ${first} and ${last}
      and ${rate} is not null
  `;
}

function unionOf(tx: Tx, queries: readonly Fragment[]): Fragment {
  return queries.reduce((all, query) => tx`${all} union all ${query}`);
}

function keyOf({
  currency,
  name,
  rate,
}: Pick<ChargedTaxRow, "currency" | "name" | "rate">): string {
  return JSON.stringify([currency, name, rate]);
}
