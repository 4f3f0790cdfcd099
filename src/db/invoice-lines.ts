import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";
import {
  deletePricedLines,
  insertPricedLines,
  type LineOwner,
  type PricedLineRow,
  type PricedLineValues,
} from "./priced-lines.ts";

export interface InvoiceLineRow extends PricedLineRow {
  invoiceId: number;
  timeEntryId: number | null;
  expenseId: number | null;
  isLateFee: boolean;
}

function lineColumns(sql: Sql | Tx) {
  return sql`
    id, invoice_id, service_id, time_entry_id, expense_id, description, quantity, unit_price,
    amount, discount_amount, tax_name_1, tax_rate_1, tax_amount_1, tax_name_2, tax_rate_2, tax_amount_2,
    sort_order, is_late_fee, created_at, updated_at
  `;
}

/** In the order in which they stand on the invoice: late fees below everything else. */
export async function listInvoiceLines(
  sql: Sql | Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Promise<InvoiceLineRow[]> {
  return await sql<InvoiceLineRow[]>`
    select ${lineColumns(sql)}
    from invoice_lines
    where company_id = ${companyId} and invoice_id = ${invoiceId}
    order by is_late_fee, sort_order, id
  `;
}

/** A line of another invoice is not found. */
export async function getInvoiceLine(
  sql: Sql | Tx,
  { companyId, invoiceId, id }: { companyId: number; invoiceId: number; id: number },
): Promise<InvoiceLineRow> {
  const [row] = await sql<InvoiceLineRow[]>`
    select ${lineColumns(sql)}
    from invoice_lines
    where company_id = ${companyId} and invoice_id = ${invoiceId} and id = ${id}
  `;
  if (row === undefined) throw new NotFound("Line item");
  return row;
}

/** Adds lines; their ids come back in the order given. */
export async function insertInvoiceLines(
  tx: Tx,
  { companyId, invoiceId, now }: { companyId: number; invoiceId: number; now: Date },
  lines: readonly PricedLineValues[],
): Promise<number[]> {
  return await insertPricedLines(tx, { ...linesOfInvoice(companyId, invoiceId), now }, lines);
}

/** Where an invoice's lines are kept. */
export function linesOfInvoice(companyId: number, invoiceId: number): LineOwner {
  return { table: "invoice_lines", column: "invoice_id", companyId, id: invoiceId };
}

export async function deleteInvoiceLines(
  tx: Tx,
  { companyId, invoiceId, ids }: { companyId: number; invoiceId: number; ids: readonly number[] },
): Promise<void> {
  await deletePricedLines(tx, { ...linesOfInvoice(companyId, invoiceId), ids });
}
