import type { Sql, Tx } from "./client.ts";

/** Tables with what may belong to an invoice. Most invoices have nothing in most of them. */
const tables = [
  "deliveries",
  "invoice_adjustments",
  "invoice_artifacts",
  "invoice_late_fees",
  "invoice_reminders",
  "invoice_tags",
  "invoice_taxes",
  "payments",
] as const;
export type InvoicePart = (typeof tables)[number];

/** The tables that have something of an invoice: one question instead of eight lists of nothing. */
export async function findInvoiceParts(
  sql: Sql | Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Promise<ReadonlySet<InvoicePart>> {
  const found = tables.map(
    (table) => sql`
      select ${table}::text as part
      where exists (
        select from ${sql(table)} where company_id = ${companyId} and invoice_id = ${invoiceId}
      )
    `,
  );
  const rows = await sql<{ part: InvoicePart }[]>`
    ${found.reduce((all, one) => sql`${all} union all ${one}`)}
  `;
  return new Set(rows.map((row) => row.part));
}
