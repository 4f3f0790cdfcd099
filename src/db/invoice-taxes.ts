import type { Select, Sql, Tx } from "./client.ts";

/** A tax on the whole of an invoice of tax type summary, as the invoice took it. */
export interface InvoiceTaxRow {
  invoiceId: number;
  taxRateId: number;
  name: string;
  /** Basis points, decimal text with three places. */
  rate: string;
  /** Minor units. */
  amount: bigint;
}

export type InvoiceTaxValues = Omit<InvoiceTaxRow, "invoiceId">;

/** Those of some invoices, in the order in which each has them. */
export function listInvoiceTaxes(
  sql: Sql | Tx,
  { companyId, invoiceIds }: { companyId: number; invoiceIds: readonly number[] },
): Select<InvoiceTaxRow> {
  return sql<InvoiceTaxRow[]>`
    select invoice_id, tax_rate_id, name, rate, amount
    from invoice_taxes
    where company_id = ${companyId} and invoice_id = any(${[...invoiceIds]}::int8[])
    order by invoice_id, position
  `;
}

/** Leaves a locked invoice with exactly these. */
export async function replaceInvoiceTaxes(
  tx: Tx,
  where: { companyId: number; invoiceId: number },
  taxes: readonly InvoiceTaxValues[],
): Promise<void> {
  const { companyId, invoiceId } = where;
  await tx`delete from invoice_taxes where company_id = ${companyId} and invoice_id = ${invoiceId}`;
  await insertInvoiceTaxes(tx, where, taxes);
}

/** Adds them, in this order, to an invoice that has none. */
export async function insertInvoiceTaxes(
  tx: Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
  taxes: readonly InvoiceTaxValues[],
): Promise<void> {
  if (taxes.length === 0) return;
  await tx`
    insert into invoice_taxes (company_id, invoice_id, position, tax_rate_id, name, rate, amount)
    select ${companyId}, ${invoiceId}, p.position - 1, p.tax_rate_id, p.name, p.rate, p.amount
    from unnest(
      ${taxes.map((tax) => tax.taxRateId)}::int8[], ${taxes.map((tax) => tax.name)}::text[],
      ${taxes.map((tax) => tax.rate)}::numeric[], ${taxes.map((tax) => String(tax.amount))}::int8[]
    ) with ordinality as p (tax_rate_id, name, rate, amount, position)
  `;
}
