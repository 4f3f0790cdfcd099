import type { Fragment, Tx } from "./client.ts";

/** Quantities, prices and rates as numeric text, as PostgreSQL writes them: "1.0200", "13053.000000". */
export interface PricedLineRow {
  id: number;
  serviceId: number | null;
  description: string;
  quantity: string;
  /** In minor units. */
  unitPrice: string;
  amount: bigint;
  discountAmount: bigint;
  taxName1: string | null;
  /** In basis points. */
  taxRate1: string | null;
  taxAmount1: bigint;
  taxName2: string | null;
  taxRate2: string | null;
  taxAmount2: bigint;
  sortOrder: number;
  createdAt: Date;
  updatedAt: Date;
}

/** A line as it is written. */
export type PricedLineValues = Omit<PricedLineRow, "id" | "createdAt" | "updatedAt">;

/** Invoices and quotes keep the same lines, in tables that differ in whose they are. */
export interface LineOwner {
  table: "invoice_lines" | "quote_lines";
  column: "invoice_id" | "quote_id";
  companyId: number;
  id: number;
}

/** What the lines of one table have beside these columns. */
interface FurtherColumns {
  /** Each with a comma before it. */
  names: Fragment;
  /** Their values, an array each, in the same order, and each with a comma before it. */
  values: Fragment;
}

/** Adds lines, all in one statement; their ids rise in the order given, and come back in it. */
export async function insertPricedLines(
  tx: Tx,
  owner: LineOwner & { now: Date },
  lines: readonly PricedLineValues[],
): Promise<number[]> {
  if (lines.length === 0) return [];
  const rows = await tx<{ id: number }[]>`
    ${insertionOfLines(tx, owner, lines, { names: tx``, values: tx`` })} returning id
  `;
  return rows.map((row) => row.id);
}

/**
 * The statement that adds lines in the order given, for what it is to return to be written behind it.
 * Amounts go as text: the driver would take a list of bigints for one bigint.
 */
export function insertionOfLines(
  tx: Tx,
  { now, ...owner }: LineOwner & { now: Date },
  lines: readonly PricedLineValues[],
  further: FurtherColumns,
): Fragment {
  return tx`
    insert into ${tx(owner.table)} (
      company_id, ${tx(owner.column)}, service_id, description, quantity, unit_price, amount,
      discount_amount, tax_name_1, tax_rate_1, tax_amount_1, tax_name_2, tax_rate_2, tax_amount_2,
      sort_order, created_at, updated_at${further.names}
    )
    select
      ${owner.companyId}, ${owner.id}, p.service_id, p.description, p.quantity, p.unit_price,
      p.amount, p.discount_amount, p.tax_name_1, p.tax_rate_1, p.tax_amount_1, p.tax_name_2,
      p.tax_rate_2, p.tax_amount_2, p.sort_order, ${now}, ${now}${further.names}
    from unnest(${columnsOf(tx, lines)}${further.values}) with ordinality as p (
      service_id, description, quantity, unit_price, amount, discount_amount, tax_name_1,
      tax_rate_1, tax_amount_1, tax_name_2, tax_rate_2, tax_amount_2, sort_order${further.names},
      position
    )
    order by p.position
  `;
}

/** Writes lines that are there already, all in one statement. Lines that stay as they were keep `updated_at`. */
export async function updatePricedLines(
  tx: Tx,
  { now, ...owner }: LineOwner & { now: Date },
  lines: readonly (PricedLineValues & { id: number })[],
): Promise<void> {
  if (lines.length === 0) return;
  await tx`
    update ${tx(owner.table)} l
    set service_id = p.service_id, description = p.description, quantity = p.quantity,
        unit_price = p.unit_price, amount = p.amount, discount_amount = p.discount_amount,
        tax_name_1 = p.tax_name_1, tax_rate_1 = p.tax_rate_1, tax_amount_1 = p.tax_amount_1,
        tax_name_2 = p.tax_name_2, tax_rate_2 = p.tax_rate_2, tax_amount_2 = p.tax_amount_2,
        sort_order = p.sort_order, updated_at = ${now}
    from unnest(${lines.map((line) => line.id)}::int8[], ${columnsOf(tx, lines)}) as p (
      id, service_id, description, quantity, unit_price, amount, discount_amount, tax_name_1,
      tax_rate_1, tax_amount_1, tax_name_2, tax_rate_2, tax_amount_2, sort_order
    )
    where l.company_id = ${owner.companyId} and l.${tx(owner.column)} = ${owner.id} and l.id = p.id
      and (l.service_id, l.description, l.quantity, l.unit_price, l.amount, l.discount_amount,
           l.tax_name_1, l.tax_rate_1, l.tax_amount_1, l.tax_name_2, l.tax_rate_2, l.tax_amount_2,
           l.sort_order)
        is distinct from
          (p.service_id, p.description, p.quantity, p.unit_price, p.amount, p.discount_amount,
           p.tax_name_1, p.tax_rate_1, p.tax_amount_1, p.tax_name_2, p.tax_rate_2, p.tax_amount_2,
           p.sort_order)
  `;
}

export async function deletePricedLines(
  tx: Tx,
  { ids, ...owner }: LineOwner & { ids: readonly number[] },
): Promise<void> {
  if (ids.length === 0) return;
  await tx`
    delete from ${tx(owner.table)}
    where company_id = ${owner.companyId} and ${tx(owner.column)} = ${owner.id}
      and id = any(${[...ids]}::int8[])
  `;
}

function columnsOf(tx: Tx, lines: readonly PricedLineValues[]) {
  return tx`
    ${lines.map((line) => line.serviceId)}::int8[],
    ${lines.map((line) => line.description)}::text[],
    ${lines.map((line) => line.quantity)}::numeric[],
    ${lines.map((line) => line.unitPrice)}::numeric[],
    ${lines.map((line) => String(line.amount))}::int8[],
    ${lines.map((line) => String(line.discountAmount))}::int8[],
    ${lines.map((line) => line.taxName1)}::text[],
    ${lines.map((line) => line.taxRate1)}::numeric[],
    ${lines.map((line) => String(line.taxAmount1))}::int8[],
    ${lines.map((line) => line.taxName2)}::text[],
    ${lines.map((line) => line.taxRate2)}::numeric[],
    ${lines.map((line) => String(line.taxAmount2))}::int8[],
    ${lines.map((line) => line.sortOrder)}::int[]
  `;
}
