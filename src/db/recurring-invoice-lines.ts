import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

/** A line of a series. Quantities, prices and rates as numeric text, as PostgreSQL writes them. */
export interface RecurringInvoiceLineRow {
  id: number;
  recurringInvoiceId: number;
  serviceId: number | null;
  description: string;
  quantity: string;
  /** In minor units. */
  unitPrice: string;
  amount: bigint;
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

function lineColumns(sql: Sql | Tx) {
  return sql`
    id, recurring_invoice_id, service_id, description, quantity, unit_price, amount, tax_name_1,
    tax_rate_1, tax_amount_1, tax_name_2, tax_rate_2, tax_amount_2, sort_order, created_at,
    updated_at
  `;
}

/** In the order in which they will stand on the invoice. */
export async function listRecurringInvoiceLines(
  sql: Sql | Tx,
  { companyId, seriesIds }: { companyId: number; seriesIds: readonly number[] },
): Promise<RecurringInvoiceLineRow[]> {
  return await sql<RecurringInvoiceLineRow[]>`
    select ${lineColumns(sql)}
    from recurring_invoice_lines
    where company_id = ${companyId} and recurring_invoice_id = any(${[...seriesIds]}::int8[])
    order by recurring_invoice_id, sort_order, id
  `;
}

/** A line of another series is not found. */
export async function getRecurringInvoiceLine(
  sql: Sql | Tx,
  { companyId, seriesId, id }: { companyId: number; seriesId: number; id: number },
): Promise<RecurringInvoiceLineRow> {
  const [row] = await sql<RecurringInvoiceLineRow[]>`
    select ${lineColumns(sql)}
    from recurring_invoice_lines
    where company_id = ${companyId} and recurring_invoice_id = ${seriesId} and id = ${id}
  `;
  if (row === undefined) throw new NotFound("Line item");
  return row;
}

export type RecurringInvoiceLineValues = Omit<
  RecurringInvoiceLineRow,
  "id" | "createdAt" | "updatedAt"
>;

/** Adds lines, all in one statement; their ids rise in the order given, and come back in it. */
export async function insertRecurringInvoiceLines(
  tx: Tx,
  { companyId, now }: { companyId: number; now: Date },
  lines: readonly RecurringInvoiceLineValues[],
): Promise<number[]> {
  if (lines.length === 0) return [];
  const rows = await tx<{ id: number }[]>`
    insert into recurring_invoice_lines (
      company_id, recurring_invoice_id, service_id, description, quantity, unit_price, amount,
      tax_name_1, tax_rate_1, tax_amount_1, tax_name_2, tax_rate_2, tax_amount_2, sort_order,
      created_at, updated_at
    )
    select
      ${companyId}, p.recurring_invoice_id, p.service_id, p.description, p.quantity, p.unit_price,
      p.amount, p.tax_name_1, p.tax_rate_1, p.tax_amount_1, p.tax_name_2, p.tax_rate_2,
      p.tax_amount_2, p.sort_order, ${now}, ${now}
    from unnest(
      ${lines.map((line) => line.recurringInvoiceId)}::int8[],
      ${lines.map((line) => line.serviceId)}::int8[],
      ${lines.map((line) => line.description)}::text[],
      ${lines.map((line) => line.quantity)}::numeric[],
      ${lines.map((line) => line.unitPrice)}::numeric[],
      ${lines.map((line) => String(line.amount))}::int8[],
      ${lines.map((line) => line.taxName1)}::text[],
      ${lines.map((line) => line.taxRate1)}::numeric[],
      ${lines.map((line) => String(line.taxAmount1))}::int8[],
      ${lines.map((line) => line.taxName2)}::text[],
      ${lines.map((line) => line.taxRate2)}::numeric[],
      ${lines.map((line) => String(line.taxAmount2))}::int8[],
      ${lines.map((line) => line.sortOrder)}::int[]
    ) with ordinality as p (
      recurring_invoice_id, service_id, description, quantity, unit_price, amount, tax_name_1,
      tax_rate_1, tax_amount_1, tax_name_2, tax_rate_2, tax_amount_2, sort_order, position
    )
    order by p.position
    returning id
  `;
  return rows.map((row) => row.id);
}

/** Writes lines that are there already, all in one statement. Lines that stay as they were keep `updated_at`. */
export async function updateRecurringInvoiceLines(
  tx: Tx,
  { companyId, now }: { companyId: number; now: Date },
  lines: readonly (RecurringInvoiceLineValues & { id: number })[],
): Promise<void> {
  if (lines.length === 0) return;
  await tx`
    update recurring_invoice_lines l
    set service_id = p.service_id, description = p.description, quantity = p.quantity,
        unit_price = p.unit_price, amount = p.amount, tax_name_1 = p.tax_name_1,
        tax_rate_1 = p.tax_rate_1, tax_amount_1 = p.tax_amount_1, tax_name_2 = p.tax_name_2,
        tax_rate_2 = p.tax_rate_2, tax_amount_2 = p.tax_amount_2, sort_order = p.sort_order,
        updated_at = ${now}
    from unnest(
      ${lines.map((line) => line.id)}::int8[],
      ${lines.map((line) => line.recurringInvoiceId)}::int8[],
      ${lines.map((line) => line.serviceId)}::int8[],
      ${lines.map((line) => line.description)}::text[],
      ${lines.map((line) => line.quantity)}::numeric[],
      ${lines.map((line) => line.unitPrice)}::numeric[],
      ${lines.map((line) => String(line.amount))}::int8[],
      ${lines.map((line) => line.taxName1)}::text[],
      ${lines.map((line) => line.taxRate1)}::numeric[],
      ${lines.map((line) => String(line.taxAmount1))}::int8[],
      ${lines.map((line) => line.taxName2)}::text[],
      ${lines.map((line) => line.taxRate2)}::numeric[],
      ${lines.map((line) => String(line.taxAmount2))}::int8[],
      ${lines.map((line) => line.sortOrder)}::int[]
    ) as p (
      id, recurring_invoice_id, service_id, description, quantity, unit_price, amount, tax_name_1,
      tax_rate_1, tax_amount_1, tax_name_2, tax_rate_2, tax_amount_2, sort_order
    )
    where l.company_id = ${companyId} and l.id = p.id
      and l.recurring_invoice_id = p.recurring_invoice_id
      and (l.service_id, l.description, l.quantity, l.unit_price, l.amount, l.tax_name_1,
           l.tax_rate_1, l.tax_amount_1, l.tax_name_2, l.tax_rate_2, l.tax_amount_2, l.sort_order)
        is distinct from
          (p.service_id, p.description, p.quantity, p.unit_price, p.amount, p.tax_name_1,
           p.tax_rate_1, p.tax_amount_1, p.tax_name_2, p.tax_rate_2, p.tax_amount_2, p.sort_order)
  `;
}

export async function deleteRecurringInvoiceLines(
  tx: Tx,
  { companyId, seriesId, ids }: { companyId: number; seriesId: number; ids: readonly number[] },
): Promise<void> {
  if (ids.length === 0) return;
  await tx`
    delete from recurring_invoice_lines
    where company_id = ${companyId} and recurring_invoice_id = ${seriesId}
      and id = any(${[...ids]}::int8[])
  `;
}
