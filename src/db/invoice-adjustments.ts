import type { Adjustment } from "../billing/adjustments.ts";
import { NotFound } from "../errors.ts";
import type { Select, Sql, Tx } from "./client.ts";

/** One reason why an invoice costs more or less than its lines; `invoices.adjustment_amount` is their sum. */
export interface AdjustmentRow extends Adjustment {
  id: number;
  invoiceId: number;
  createdAt: Date;
  updatedAt: Date;
}

interface OfInvoice {
  companyId: number;
  invoiceId: number;
}

function adjustmentColumns(sql: Sql | Tx) {
  return sql`id, invoice_id, description, amount, created_at, updated_at`;
}

/** In the order in which they were added. */
export function listAdjustments(
  sql: Sql | Tx,
  { companyId, invoiceId }: OfInvoice,
): Select<AdjustmentRow> {
  return sql<AdjustmentRow[]>`
    select ${adjustmentColumns(sql)}
    from invoice_adjustments
    where company_id = ${companyId} and invoice_id = ${invoiceId}
    order by id
  `;
}

/** An adjustment of another invoice is not found. */
export async function getAdjustment(
  sql: Sql | Tx,
  { companyId, invoiceId, id }: OfInvoice & { id: number },
): Promise<AdjustmentRow> {
  const [row] = await sql<AdjustmentRow[]>`
    select ${adjustmentColumns(sql)}
    from invoice_adjustments
    where company_id = ${companyId} and invoice_id = ${invoiceId} and id = ${id}
  `;
  if (row === undefined) throw new NotFound("Adjustment");
  return row;
}

/** The invoice is locked, or new. Returns them in the order given. */
export async function insertAdjustments(
  tx: Tx,
  { companyId, invoiceId, now }: OfInvoice & { now: Date },
  adjustments: readonly Adjustment[],
): Promise<AdjustmentRow[]> {
  if (adjustments.length === 0) return [];
  const rows = adjustments.map(({ description, amount }) => ({
    companyId,
    invoiceId,
    description,
    amount,
    createdAt: now,
    updatedAt: now,
  }));
  return await tx<AdjustmentRow[]>`
    insert into invoice_adjustments ${tx(rows)}
    returning ${adjustmentColumns(tx)}
  `;
}

/** Takes one adjustment off a locked invoice, or all of them. */
export async function deleteAdjustments(
  tx: Tx,
  { companyId, invoiceId, id }: OfInvoice & { id?: number },
): Promise<void> {
  await tx`
    delete from invoice_adjustments
    where company_id = ${companyId} and invoice_id = ${invoiceId}
      ${id === undefined ? tx`` : tx`and id = ${id}`}
  `;
}
