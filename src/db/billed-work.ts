import type { Tx } from "./client.ts";

/** What an invoice can bill, and the column by which its line says so. */
const lineColumns = { time_entries: "time_entry_id", expenses: "expense_id" } as const;
export type WorkTable = keyof typeof lineColumns;

/** Says of locked rows that this invoice bills them. */
export async function markBilled(
  tx: Tx,
  table: WorkTable,
  change: { companyId: number; invoiceId: number; ids: readonly number[]; now: Date },
): Promise<void> {
  await tx`
    update ${tx(table)}
    set is_billed = true, invoice_id = ${change.invoiceId}, updated_at = ${change.now}
    where company_id = ${change.companyId} and id = any(${[...change.ids]}::int8[])
  `;
}

/** Says which row each line of an invoice bills. */
export async function linkLines(
  tx: Tx,
  table: WorkTable,
  {
    companyId,
    invoiceId,
    links,
  }: {
    companyId: number;
    invoiceId: number;
    links: readonly { lineId: number; workId: number }[];
  },
): Promise<void> {
  await tx`
    update invoice_lines l
    set ${tx(lineColumns[table])} = p.work_id
    from unnest(
      ${links.map((link) => link.lineId)}::int8[],
      ${links.map((link) => link.workId)}::int8[]
    ) as p (id, work_id)
    where l.company_id = ${companyId} and l.invoice_id = ${invoiceId} and l.id = p.id
  `;
}

/** Lets what an invoice bills be billed again: all of it, or the rows given. */
export async function freeBilled(
  tx: Tx,
  table: WorkTable,
  change: { companyId: number; invoiceId: number; ids?: readonly number[]; now: Date },
): Promise<void> {
  await tx`
    update ${tx(table)}
    set is_billed = false, invoice_id = null, updated_at = ${change.now}
    where company_id = ${change.companyId}
      and invoice_id = ${change.invoiceId}
      ${change.ids === undefined ? tx`` : tx`and id = any(${[...change.ids]}::int8[])`}
  `;
}
