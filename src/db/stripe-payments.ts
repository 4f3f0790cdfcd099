import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

/** What a client has paid at Stripe. */
export interface StripePaymentRow {
  companyId: number;
  id: number;
  checkoutId: number;
  account: string;
  paymentIntent: string;
  charge: string | null;
  /** As Stripe counts it. */
  stripeAmount: bigint;
  currency: string;
  /** In minor units of `feeCurrency`; null until Stripe says it. */
  fee: bigint | null;
  feeCurrency: string | null;
  /** Null while the money is nowhere in the books. */
  paymentId: number | null;
}

function columns(sql: Sql | Tx) {
  return sql`
    company_id, id, checkout_id, account, payment_intent, charge, stripe_amount, currency, fee,
    fee_currency, payment_id
  `;
}

/** Whose it is, whatever the company: an account's payments stay what they are when invoices move. */
export async function findStripePayment(
  sql: Sql | Tx,
  { account, paymentIntent }: { account: string; paymentIntent: string },
): Promise<StripePaymentRow | undefined> {
  const [row] = await sql<StripePaymentRow[]>`
    select ${columns(sql)} from stripe_payments
    where account = ${account} and payment_intent = ${paymentIntent}
  `;
  return row;
}

/** The payment at Stripe behind one in the books. */
export async function findStripePaymentOf(
  sql: Sql | Tx,
  { companyId, paymentId }: { companyId: number; paymentId: number },
): Promise<StripePaymentRow | undefined> {
  const [row] = await sql<StripePaymentRow[]>`
    select ${columns(sql)} from stripe_payments
    where company_id = ${companyId} and payment_id = ${paymentId}
  `;
  return row;
}

export async function getStripePayment(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<StripePaymentRow> {
  const [row] = await sql<StripePaymentRow[]>`
    select ${columns(sql)} from stripe_payments where company_id = ${companyId} and id = ${id}
  `;
  if (row === undefined) throw new NotFound("Payment");
  return row;
}

/** The row of a payment, made if there is none; the invoice's row is locked. What is known anew is kept. */
export async function keepStripePaymentRow(
  tx: Tx,
  {
    now,
    ...payment
  }: Pick<
    StripePaymentRow,
    | "companyId"
    | "checkoutId"
    | "account"
    | "paymentIntent"
    | "charge"
    | "stripeAmount"
    | "currency"
    | "fee"
    | "feeCurrency"
  > & { now: Date },
): Promise<StripePaymentRow> {
  const [row] = await tx<StripePaymentRow[]>`
    insert into stripe_payments ${tx({ ...payment, createdAt: now, updatedAt: now })}
    on conflict (account, payment_intent) do update
    set
      charge = coalesce(excluded.charge, stripe_payments.charge),
      fee = coalesce(excluded.fee, stripe_payments.fee),
      fee_currency = coalesce(excluded.fee_currency, stripe_payments.fee_currency),
      updated_at = case
        when stripe_payments.fee is distinct from coalesce(excluded.fee, stripe_payments.fee) then excluded.updated_at
        else stripe_payments.updated_at
      end
    returning ${columns(tx)}
  `;
  return row!;
}

/** The money is in the books. */
export async function nameBookedPayment(
  tx: Tx,
  { companyId, id }: Pick<StripePaymentRow, "companyId" | "id">,
  { paymentId, now }: { paymentId: number; now: Date },
): Promise<StripePaymentRow> {
  const [row] = await tx<StripePaymentRow[]>`
    update stripe_payments set payment_id = ${paymentId}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new NotFound("Payment");
  return row;
}
