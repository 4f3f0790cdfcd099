import type { LocalDate } from "../billing/dates.ts";
import { NotFound } from "../errors.ts";
import type { Select, Sql, Tx } from "./client.ts";

/** Money that came in for an invoice, in minor units; what was too much of it is a credit. */
export interface PaymentRow {
  id: number;
  invoiceId: number;
  amount: bigint;
  /** What of it was too much when it came, and became a credit of the client. */
  credited: bigint;
  /** What of it was given back. */
  amountRefunded: bigint;
  currency: string;
  paymentDate: LocalDate;
  paymentMethod: string | null;
  reference: string | null;
  notes: string | null;
  recordedBy: number | null;
  /** Of `credited`, what has parted from this payment since: it was used in another company. */
  creditedElsewhere: bigint;
  /** Where the money was taken, when that was not by hand: the payment there, and what was kept of it. */
  provider: {
    name: "stripe";
    paymentId: string;
    /** Minor units of its currency; null until it is known. */
    fee: number | null;
    feeCurrency: string | null;
  } | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The columns of `PaymentRow`, of a table or alias called `payments`. */
export function paymentColumns(sql: Sql | Tx) {
  return sql`
    payments.id, payments.invoice_id, payments.amount, payments.amount_refunded, payments.currency,
    payments.payment_date, payments.payment_method, payments.reference, payments.notes,
    payments.recorded_by, payments.created_at, payments.updated_at,
    coalesce(
      (select credits.amount from credits
       where credits.company_id = payments.company_id and credits.payment_id = payments.id),
      0
    )::int8 + payments.credited_elsewhere as credited,
    payments.credited_elsewhere,
    (
      select json_build_object(
        'name', 'stripe', 'paymentId', payment_intent, 'fee', fee, 'feeCurrency', fee_currency
      )
      from stripe_payments
      where stripe_payments.company_id = payments.company_id
        and stripe_payments.payment_id = payments.id
    ) as provider
  `;
}

/** Oldest first. */
export function listInvoicePayments(
  sql: Sql | Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Select<PaymentRow> {
  return sql<PaymentRow[]>`
    select ${paymentColumns(sql)}
    from payments
    where company_id = ${companyId} and invoice_id = ${invoiceId}
    order by payment_date, id
  `;
}

/** A payment stays found when its invoice was deleted: the money came all the same. */
export async function getPayment(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<PaymentRow> {
  const [row] = await sql<PaymentRow[]>`
    select ${paymentColumns(sql)}
    from payments
    where company_id = ${companyId} and id = ${id}
  `;
  if (row === undefined) throw new NotFound("Payment");
  return row;
}

/** As `getPayment`, and nobody else may change it until the transaction ends. */
export async function lockPayment(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<PaymentRow> {
  await tx`select 1 from payments where company_id = ${companyId} and id = ${id} for no key update`;
  return await getPayment(tx, { companyId, id });
}

/** A payment of another invoice is not found. */
export async function getInvoicePayment(
  sql: Sql | Tx,
  { companyId, invoiceId, id }: { companyId: number; invoiceId: number; id: number },
): Promise<PaymentRow> {
  const payment = await getPayment(sql, { companyId, id });
  if (payment.invoiceId !== invoiceId) throw new NotFound("Payment");
  return payment;
}

export type NewPayment = Omit<
  PaymentRow,
  "id" | "credited" | "creditedElsewhere" | "amountRefunded" | "provider" | "updatedAt"
> & {
  companyId: number;
};

export async function insertPayment(tx: Tx, payment: NewPayment): Promise<PaymentRow> {
  const [row] = await tx<PaymentRow[]>`
    insert into payments ${tx({ ...payment, updatedAt: payment.createdAt })}
    returning ${paymentColumns(tx)}
  `;
  return row!;
}

/**
 * What came in for an invoice and stayed in it, minor units: payments without what was too much, and
 * without what was given back out of the invoice. What was given back out of a credit had left it before.
 */
export async function sumInvoicePayments(
  sql: Sql | Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Promise<bigint> {
  const [row] = await sql<{ sum: bigint }[]>`
    select
      coalesce(sum(paid.amount - paid.credited - paid.refunded_of_invoice), 0)::int8 as sum
    from (
      select
        ${paymentColumns(sql)},
        (
          select coalesce(sum(refunds.amount - refunds.credit_amount), 0)
          from payment_refunds refunds
          where refunds.company_id = payments.company_id and refunds.payment_id = payments.id
        ) as refunded_of_invoice
      from payments
      where company_id = ${companyId} and invoice_id = ${invoiceId}
    ) as paid
  `;
  return row!.sum;
}

/** What a payment says beside its amount. */
export async function updatePaymentFacts(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
  facts: Pick<PaymentRow, "paymentDate" | "paymentMethod" | "reference" | "notes"> & {
    updatedAt: Date;
  },
): Promise<void> {
  await tx`update payments set ${tx(facts)} where company_id = ${companyId} and id = ${id}`;
}

/** The payment's invoice is locked. Throws `NotFound`. */
export async function addToAmountRefunded(
  tx: Tx,
  { companyId, id, amount, now }: { companyId: number; id: number; amount: bigint; now: Date },
): Promise<PaymentRow> {
  const [row] = await tx<PaymentRow[]>`
    update payments
    set amount_refunded = amount_refunded + ${amount}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
    returning ${paymentColumns(tx)}
  `;
  if (row === undefined) throw new NotFound("Payment");
  return row;
}

export async function deletePaymentRow(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<void> {
  await tx`delete from payments where company_id = ${companyId} and id = ${id}`;
}
