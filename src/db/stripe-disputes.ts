import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

/** A bank took its customer's money back, or may. Minor units of the payment's currency. */
export interface StripeDisputeRow {
  companyId: number;
  id: number;
  stripePaymentId: number;
  /** Stripe's name. */
  dispute: string;
  amount: bigint;
  /** Stripe's word. */
  status: string;
  reason: string | null;
  evidenceDueAt: Date | null;
  /** Whether the invoice is disputed because of it, and not because somebody said so. */
  hasMarked: boolean;
  /** The money that was lost, taken back out of the books. */
  paymentRefundId: number | null;
}

function columns(sql: Sql | Tx) {
  return sql`
    company_id, id, stripe_payment_id, dispute, amount, status, reason, evidence_due_at, has_marked,
    payment_refund_id
  `;
}

/** The invoice's row is locked. */
export async function findStripeDispute(
  tx: Tx,
  dispute: string,
): Promise<StripeDisputeRow | undefined> {
  const [row] = await tx<StripeDisputeRow[]>`
    select ${columns(tx)} from stripe_disputes where dispute = ${dispute}
  `;
  return row;
}

export async function insertStripeDispute(
  tx: Tx,
  {
    now,
    ...dispute
  }: Omit<StripeDisputeRow, "id" | "hasMarked" | "paymentRefundId"> & { now: Date },
): Promise<StripeDisputeRow> {
  const [row] = await tx<StripeDisputeRow[]>`
    insert into stripe_disputes ${tx({
      ...dispute,
      hasMarked: false,
      createdAt: now,
      updatedAt: now,
    })}
    returning ${columns(tx)}
  `;
  return row!;
}

/** Writes what is given; the invoice's row is locked. */
export async function updateStripeDispute(
  tx: Tx,
  { companyId, id }: Pick<StripeDisputeRow, "companyId" | "id">,
  changes: Partial<
    Pick<StripeDisputeRow, "status" | "evidenceDueAt" | "hasMarked" | "paymentRefundId">
  > & { updatedAt: Date },
): Promise<StripeDisputeRow> {
  const [row] = await tx<StripeDisputeRow[]>`
    update stripe_disputes set ${tx(changes)}
    where company_id = ${companyId} and id = ${id}
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new NotFound("Dispute");
  return row;
}

/** Whether the invoice is disputed because of some dispute. */
export async function isMarkedByDispute(
  tx: Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Promise<boolean> {
  const rows = await tx`
    select from stripe_disputes disputes
    join stripe_payments on stripe_payments.company_id = disputes.company_id
      and stripe_payments.id = disputes.stripe_payment_id
    join stripe_checkouts on stripe_checkouts.company_id = stripe_payments.company_id
      and stripe_checkouts.id = stripe_payments.checkout_id
    where disputes.company_id = ${companyId} and disputes.has_marked
      and stripe_checkouts.invoice_id = ${invoiceId}
    limit 1
  `;
  return rows.length > 0;
}
