import type { Sql, Tx } from "./client.ts";

export type CheckoutStatus = "asked" | "open" | "complete" | "paid" | "over";

/** A page at Stripe where a client pays an invoice. Money in minor units. */
export interface CheckoutRow {
  companyId: number;
  id: number;
  invoiceId: number;
  /** The connected account that is paid. */
  account: string;
  amount: bigint;
  currency: string;
  status: CheckoutStatus;
  sessionId: string | null;
  url: string | null;
  expiresAt: Date | null;
  createdAt: Date;
}

function columns(sql: Sql | Tx) {
  return sql`
    company_id, id, invoice_id, account, amount, currency, status, session_id, url, expires_at,
    created_at
  `;
}

/** The page of an invoice that somebody may pay on, or has paid on. There is one at most. */
export async function findLiveCheckout(
  sql: Sql | Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Promise<CheckoutRow | undefined> {
  const [row] = await sql<CheckoutRow[]>`
    select ${columns(sql)} from stripe_checkouts
    where company_id = ${companyId} and invoice_id = ${invoiceId}
      and status in ('asked', 'open', 'complete')
  `;
  return row;
}

/** A page that Stripe is about to be asked for. The invoice is locked, and has no other. */
export async function insertCheckout(
  tx: Tx,
  {
    now,
    ...checkout
  }: Pick<CheckoutRow, "companyId" | "invoiceId" | "account" | "amount" | "currency"> & {
    now: Date;
  },
): Promise<CheckoutRow> {
  const [row] = await tx<CheckoutRow[]>`
    insert into stripe_checkouts ${tx({ ...checkout, status: "asked", createdAt: now, updatedAt: now })}
    returning ${columns(tx)}
  `;
  return row!;
}

/** Stripe has made the page. One that was given up meanwhile stays so, with its name. */
export async function openCheckout(
  sql: Sql | Tx,
  { companyId, id }: Pick<CheckoutRow, "companyId" | "id">,
  { sessionId, url, expiresAt, now }: { sessionId: string; url: string; expiresAt: Date; now: Date },
): Promise<void> {
  await sql`
    update stripe_checkouts
    set
      status = case status when 'asked' then 'open' else status end,
      session_id = ${sessionId}, url = ${url}, expires_at = ${expiresAt}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
  `;
}

/** What is paid or over stays so. */
export async function endCheckout(
  sql: Sql | Tx,
  { companyId, id }: Pick<CheckoutRow, "companyId" | "id">,
  { status, now }: { status: "complete" | "paid" | "over"; now: Date },
): Promise<void> {
  await sql`
    update stripe_checkouts set status = ${status}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id} and status in ('asked', 'open', 'complete')
  `;
}
