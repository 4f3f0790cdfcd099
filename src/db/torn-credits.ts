import type { Tx } from "./client.ts";

/** A credit of which one part goes with what moves and another stays. Minor units. */
export interface TornCreditRow {
  id: number;
  amount: bigint;
  paymentId: number | null;
  /** Whether the credit itself moves. */
  isMoving: boolean;
  /** What was used for invoices on the other side. */
  usedApart: bigint;
}

interface Moving {
  companyId: number;
  creditIds: readonly number[];
  invoiceIds: readonly number[];
}

/** Finds and locks them. The invoices on both sides that matter are locked, or stay as they are. */
export async function lockTornCredits(tx: Tx, moving: Moving): Promise<TornCreditRow[]> {
  const { companyId, creditIds, invoiceIds } = moving;
  await tx`
    select from credits
    where company_id = ${companyId} and id in (
      select credit_id from credit_applications
      where company_id = ${companyId} and invoice_id = any(${[...invoiceIds]}::int8[])
    )
    order by id
    for update
  `;
  return await tx<TornCreditRow[]>`
    select c.id, c.amount, c.payment_id, m.is_moving, sum(a.amount)::int8 as used_apart
    from credits c
    cross join lateral (select c.id = any(${[...creditIds]}::int8[]) as is_moving) m
    join credit_applications a on a.company_id = c.company_id and a.credit_id = c.id
    where c.company_id = ${companyId}
      and (
        c.id = any(${[...creditIds]}::int8[])
        or c.id in (
          select credit_id from credit_applications
          where company_id = ${companyId} and invoice_id = any(${[...invoiceIds]}::int8[])
        )
      )
      and (a.invoice_id = any(${[...invoiceIds]}::int8[])) <> m.is_moving
    group by c.id, c.amount, c.payment_id, m.is_moving
    order by c.id
  `;
}

/**
 * Splits off what was used of a credit on the other side: a credit of its own, used up, of the same
 * client, which no longer says what it came from. Returns its id.
 */
export async function splitCredit(
  tx: Tx,
  input: Moving & { credit: TornCreditRow; now: Date },
): Promise<number> {
  const { companyId, invoiceIds, credit, now } = input;
  const [row] = await tx<{ id: number }[]>`
    with part as (
      insert into credits (
        company_id, client_id, type, is_archived, amount, remaining, currency, reason, credit_date,
        created_at, updated_at
      )
      select
        company_id, client_id, type, is_archived, ${credit.usedApart}, 0, currency, reason,
        credit_date, created_at, ${now}
      from credits
      where company_id = ${companyId} and id = ${credit.id}
      returning id
    ), used as (
      update credit_applications
      set credit_id = part.id
      from part
      where company_id = ${companyId} and credit_applications.credit_id = ${credit.id}
        and (invoice_id = any(${[...invoiceIds]}::int8[])) <> ${credit.isMoving}
    ), rest as (
      update credits
      set amount = amount - ${credit.usedApart}, updated_at = ${now}
      where company_id = ${companyId} and id = ${credit.id}
    )
    select id from part
  `;
  return row!.id;
}

/** All of a credit was used here: it stays, and says no longer what it came from. */
export async function keepCredit(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
): Promise<void> {
  await tx`
    update credits
    set invoice_id = null, payment_id = null, voided_invoice_id = null, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
  `;
}

/** Says of a payment that this much of the credit it left has parted from it. */
export async function addToCreditedElsewhere(
  tx: Tx,
  { companyId, paymentId, amount }: { companyId: number; paymentId: number; amount: bigint },
): Promise<void> {
  await tx`
    update payments set credited_elsewhere = credited_elsewhere + ${amount}
    where company_id = ${companyId} and id = ${paymentId}
  `;
}
