import { NotFound } from "../errors.ts";
import type { Select, Sql, Tx } from "./client.ts";
import {
  deletePricedLines,
  insertionOfLines,
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

/** Adds lines, all in one statement; they come back in the order given, in which their ids rise. */
export async function insertInvoiceLines(
  tx: Tx,
  { companyId, invoiceId, now }: { companyId: number; invoiceId: number; now: Date },
  lines: readonly (PricedLineValues & InvoiceLineFacts)[],
): Promise<InvoiceLineRow[]> {
  if (lines.length === 0) return [];
  const insertion = insertionOfLines(tx, { ...linesOfInvoice(companyId, invoiceId), now }, lines, {
    names: tx`, ${factNames(tx)}`,
    values: tx`, ${factArrays(tx, lines)}`,
  });
  return await tx<InvoiceLineRow[]>`${insertion} returning ${lineColumns(tx)}`;
}

/** In the order of `factArrays`. */
function factNames(tx: Tx) {
  return tx`long_description, unit, tax_rate_id, discount_type, discount_value`;
}

function factArrays(tx: Tx, lines: readonly InvoiceLineFacts[]) {
  return tx`
    ${lines.map((line) => line.longDescription)}::text[],
    ${lines.map((line) => line.unit)}::text[],
    ${lines.map((line) => line.taxRateId)}::int8[],
    ${lines.map((line) => line.discountType)}::text[],
    ${lines.map((line) => line.discountValue)}::numeric[]
  `;
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
      ${lines.map((line) => line.id)}::int8[], ${factArrays(tx, lines)}
    ) as p (id, ${factNames(tx)})
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
