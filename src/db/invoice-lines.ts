import { NotFound } from "../errors.ts";
import type { Select, Sql, Tx } from "./client.ts";
import {
  deletePricedLines,
  insertPricedLines,
  type LineOwner,
  type PricedLineRow,
  type PricedLineValues,
} from "./priced-lines.ts";

/** What only the lines of invoices say. */
export interface InvoiceLineFacts {
  longDescription: string | null;
  /** What the quantity counts: "hour". */
  unit: string | null;
  /** The kept rate that the first tax was taken from. */
  taxRateId: number | null;
  /** The line's own discount; `discountAmount` has it and the share of the invoice's. */
  discountType: "percentage" | "fixed" | null;
  /** Basis points when a percentage, minor units when fixed; numeric(20,3) as text. */
  discountValue: string | null;
}

export interface InvoiceLineRow extends PricedLineRow, InvoiceLineFacts {
  invoiceId: number;
  timeEntryId: number | null;
  expenseId: number | null;
  isLateFee: boolean;
}

function lineColumns(sql: Sql | Tx) {
  return sql`
    id, invoice_id, service_id, time_entry_id, expense_id, description, long_description, quantity,
    unit, unit_price, amount, discount_type, discount_value, discount_amount, tax_name_1, tax_rate_1,
    tax_rate_id, tax_amount_1, tax_name_2, tax_rate_2, tax_amount_2, sort_order, is_late_fee,
    created_at, updated_at
  `;
}

/** In the order in which they stand on the invoice: late fees below everything else. */
export function listInvoiceLines(
  sql: Sql | Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Select<InvoiceLineRow> {
  return sql<InvoiceLineRow[]>`
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
  where: { companyId: number; invoiceId: number; now: Date },
  lines: readonly (PricedLineValues & InvoiceLineFacts)[],
): Promise<number[]> {
  const owner = linesOfInvoice(where.companyId, where.invoiceId);
  const ids = await insertPricedLines(tx, { ...owner, now: where.now }, lines);
  const told = lines.map((line, index) => ({ ...line, id: ids[index]! })).filter(hasFacts);
  await writeLineFacts(tx, where, told);
  return ids;
}

/** Whether there is more to write of a new line than prices. */
function hasFacts(line: InvoiceLineFacts): boolean {
  const { longDescription, unit, taxRateId, discountType } = line;
  return [longDescription, unit, taxRateId, discountType].some((fact) => fact !== null);
}

/** Writes what only invoices' lines say onto lines that are there. What is so already stays untouched. */
export async function writeLineFacts(
  tx: Tx,
  { companyId, invoiceId, now }: { companyId: number; invoiceId: number; now: Date },
  lines: readonly (InvoiceLineFacts & { id: number })[],
): Promise<void> {
  if (lines.length === 0) return;
  await tx`
    update invoice_lines l
    set long_description = p.long_description, unit = p.unit, tax_rate_id = p.tax_rate_id,
        discount_type = p.discount_type, discount_value = p.discount_value, updated_at = ${now}
    from unnest(
      ${lines.map((line) => line.id)}::int8[],
      ${lines.map((line) => line.longDescription)}::text[],
      ${lines.map((line) => line.unit)}::text[],
      ${lines.map((line) => line.taxRateId)}::int8[],
      ${lines.map((line) => line.discountType)}::text[],
      ${lines.map((line) => line.discountValue)}::numeric[]
    ) as p (id, long_description, unit, tax_rate_id, discount_type, discount_value)
    where l.company_id = ${companyId} and l.invoice_id = ${invoiceId} and l.id = p.id
      and (l.long_description, l.unit, l.tax_rate_id, l.discount_type, l.discount_value)
        is distinct from
          (p.long_description, p.unit, p.tax_rate_id, p.discount_type, p.discount_value)
  `;
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
