import type { LocalDate } from "../billing/dates.ts";
import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

export type StripeRefundStatus =
  | "asked"
  | "pending"
  | "succeeded"
  | "failed"
  | "canceled"
  | "refused";

/** Money given back at Stripe, whoever asked for it. Minor units of the payment's currency. */
export interface StripeRefundRow {
  companyId: number;
  id: number;
  stripePaymentId: number;
  /** Stripe's name; null until it has answered. */
  refund: string | null;
  amount: bigint;
  status: StripeRefundStatus;
  /** In the books. */
  paymentRefundId: number | null;
  refundDate: LocalDate | null;
  reference: string | null;
  reason: string | null;
  failure: string | null;
  /** Who asked for it here. */
  requestedBy: number | null;
}

function columns(sql: Sql | Tx) {
  return sql`
    company_id, id, stripe_payment_id, refund, amount, status, payment_refund_id, refund_date,
    reference, reason, failure, requested_by
  `;
}

/** In whichever company it is by now: it goes with its invoice. */
export async function getStripeRefund(sql: Sql | Tx, id: number): Promise<StripeRefundRow> {
  const [row] = await sql<StripeRefundRow[]>`
    select ${columns(sql)} from stripe_refunds where id = ${id}
  `;
  if (row === undefined) throw new NotFound("Refund");
  return row;
}

/** The oldest first; the invoice's row is locked. */
export async function listStripeRefunds(
  tx: Tx,
  { companyId, stripePaymentId }: { companyId: number; stripePaymentId: number },
): Promise<StripeRefundRow[]> {
  return await tx<StripeRefundRow[]>`
    select ${columns(tx)} from stripe_refunds
    where company_id = ${companyId} and stripe_payment_id = ${stripePaymentId}
    order by id
  `;
}

export async function insertStripeRefund(
  tx: Tx,
  { now, ...refund }: Omit<StripeRefundRow, "id" | "paymentRefundId" | "failure"> & { now: Date },
): Promise<StripeRefundRow> {
  const [row] = await tx<StripeRefundRow[]>`
    insert into stripe_refunds ${tx({ ...refund, createdAt: now, updatedAt: now })}
    returning ${columns(tx)}
  `;
  return row!;
}

/** Writes what is given; the invoice's row is locked. */
export async function updateStripeRefund(
  tx: Tx,
  { companyId, id }: Pick<StripeRefundRow, "companyId" | "id">,
  changes: Partial<Pick<StripeRefundRow, "refund" | "status" | "paymentRefundId" | "failure">> & {
    updatedAt: Date;
  },
): Promise<StripeRefundRow> {
  const [row] = await tx<StripeRefundRow[]>`
    update stripe_refunds set ${tx(changes)}
    where company_id = ${companyId} and id = ${id}
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new NotFound("Refund");
  return row;
}

/** A refund that was asked for here is not made. False when more than that is known of it. */
export async function refuseStripeRefund(
  tx: Tx,
  id: number,
  { failure, now }: { failure: string; now: Date },
): Promise<boolean> {
  const rows = await tx`
    update stripe_refunds set status = 'refused', failure = ${failure}, updated_at = ${now}
    where id = ${id} and status = 'asked'
    returning id
  `;
  return rows.length > 0;
}
