import type { LocalDate } from "../billing/dates.ts";
import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

/** Money that came in for an invoice, in minor units; what was too much of it is a credit. */
export interface PaymentRow {
  id: number;
  invoiceId: number;
  amount: bigint;
  currency: string;
  paymentDate: LocalDate;
  paymentMethod: string | null;
  reference: string | null;
  notes: string | null;
  recordedBy: number | null;
  createdAt: Date;
  updatedAt: Date;
}

function paymentColumns(sql: Sql | Tx) {
  return sql`
    id, invoice_id, amount, currency, payment_date, payment_method, reference, notes, recorded_by,
    created_at, updated_at
  `;
}

/** Oldest first. */
export async function listInvoicePayments(
  sql: Sql | Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Promise<PaymentRow[]> {
  return await sql<PaymentRow[]>`
    select ${paymentColumns(sql)}
    from payments
    where company_id = ${companyId} and invoice_id = ${invoiceId}
    order by payment_date, id
  `;
}

/** A payment of another invoice is not found. */
export async function getInvoicePayment(
  sql: Sql | Tx,
  { companyId, invoiceId, id }: { companyId: number; invoiceId: number; id: number },
): Promise<PaymentRow> {
  const [row] = await sql<PaymentRow[]>`
    select ${paymentColumns(sql)}
    from payments
    where company_id = ${companyId} and invoice_id = ${invoiceId} and id = ${id}
  `;
  if (row === undefined) throw new NotFound("Payment");
  return row;
}

export type NewPayment = Omit<PaymentRow, "id" | "updatedAt"> & { companyId: number };

export async function insertPayment(tx: Tx, payment: NewPayment): Promise<PaymentRow> {
  const [row] = await tx<PaymentRow[]>`
    insert into payments ${tx({ ...payment, updatedAt: payment.createdAt })}
    returning ${paymentColumns(tx)}
  `;
  return row!;
}

export async function deletePaymentRow(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<void> {
  await tx`delete from payments where company_id = ${companyId} and id = ${id}`;
}
