import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";
import type { InvoiceLineRow } from "./invoice-lines.ts";
import type { LineOwner } from "./priced-lines.ts";

/** A quote's line reads as an invoice's: it bills no work, is no late fee, and says nothing that only invoices' lines say. */
export type QuoteLineRow = Omit<InvoiceLineRow, "invoiceId"> & { quoteId: number };

function lineColumns(sql: Sql | Tx) {
  return sql`
    id, quote_id, service_id, null::int8 as time_entry_id, null::int8 as expense_id, description,
    null::text as long_description, quantity, null::text as unit, unit_price, amount,
    null::text as discount_type, null::numeric as discount_value, discount_amount, tax_name_1,
    tax_rate_1, null::int8 as tax_rate_id, tax_amount_1, tax_name_2, tax_rate_2, tax_amount_2,
    sort_order, false as is_late_fee, created_at, updated_at
  `;
}

/** Where a quote's lines are kept. */
export function linesOfQuote(companyId: number, quoteId: number): LineOwner {
  return { table: "quote_lines", column: "quote_id", companyId, id: quoteId };
}

/** In the order in which they stand on the quote. */
export async function listQuoteLines(
  sql: Sql | Tx,
  { companyId, quoteId }: { companyId: number; quoteId: number },
): Promise<QuoteLineRow[]> {
  return await sql<QuoteLineRow[]>`
    select ${lineColumns(sql)}
    from quote_lines
    where company_id = ${companyId} and quote_id = ${quoteId}
    order by sort_order, id
  `;
}

/** A line of another quote is not found. */
export async function getQuoteLine(
  sql: Sql | Tx,
  { companyId, quoteId, id }: { companyId: number; quoteId: number; id: number },
): Promise<QuoteLineRow> {
  const [row] = await sql<QuoteLineRow[]>`
    select ${lineColumns(sql)}
    from quote_lines
    where company_id = ${companyId} and quote_id = ${quoteId} and id = ${id}
  `;
  if (row === undefined) throw new NotFound("Line item");
  return row;
}
