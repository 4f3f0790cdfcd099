import type { Sql, Tx } from "./client.ts";
import { invoiceColumns, type InvoiceRow } from "./invoices.ts";

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
  /** Stripe's name of it. */
  session: string | null;
  url: string | null;
  expiresAt: Date | null;
  createdAt: Date;
}

/** So long after it was made a page is looked at first, in milliseconds. */
const FIRST_CHECK_MS = 15 * 60_000;

function columns(sql: Sql | Tx) {
  return sql`
    company_id, id, invoice_id, account, amount, currency, status, session, url, expires_at,
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
    insert into stripe_checkouts ${tx({
      ...checkout,
      status: "asked",
      nextCheckAt: new Date(now.getTime() + FIRST_CHECK_MS),
      createdAt: now,
      updatedAt: now,
    })}
    returning ${columns(tx)}
  `;
  return row!;
}

/** Stripe has made the page. One that was given up meanwhile stays so, with its name. */
export async function openCheckout(
  sql: Sql | Tx,
  { companyId, id }: Pick<CheckoutRow, "companyId" | "id">,
  { session, url, expiresAt, now }: { session: string; url: string; expiresAt: Date; now: Date },
): Promise<void> {
  await sql`
    update stripe_checkouts
    set
      status = case status when 'asked' then 'open' else status end,
      session = ${session}, url = ${url}, expires_at = ${expiresAt}, updated_at = ${now}
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

/**
 * The invoice that a page is for, locked, deleted or not: the money came in all the same. Ids are
 * unique whatever the company, and the invoice may have moved since the page was made.
 */
export async function lockInvoiceOfCheckout(
  tx: Tx,
  {
    checkoutId,
    account,
    invoiceUuid,
  }: { checkoutId: number; account: string; invoiceUuid: string },
): Promise<(InvoiceRow & { deletedAt: Date | null }) | undefined> {
  const [row] = await tx<(InvoiceRow & { deletedAt: Date | null })[]>`
    select ${invoiceColumns(tx)}, deleted_at
    from invoices
    where id = (
        select invoice_id from stripe_checkouts where id = ${checkoutId} and account = ${account}
      )
      and uuid = ${invoiceUuid}
    for update
  `;
  return row;
}

/** A page that may still be paid on, or was, and nothing of it is recorded. */
export type PayablePage = Pick<CheckoutRow, "companyId" | "id"> & {
  session: string;
  invoiceUuid: string;
};

/**
 * Those of an account, whichever company they are in.
 *
 * @param except ids of those that were seen to already
 */
export async function listPayablePages(
  sql: Sql | Tx,
  { account, except, limit }: { account: string; except: readonly number[]; limit: number },
): Promise<PayablePage[]> {
  return await sql<PayablePage[]>`
    select checkouts.company_id, checkouts.id, session, invoices.uuid as invoice_uuid
    from stripe_checkouts checkouts
    join invoices
      on invoices.company_id = checkouts.company_id and invoices.id = checkouts.invoice_id
    where account = ${account} and session is not null and checkouts.status in ('open', 'complete')
      and checkouts.id <> all(${[...except]}::int8[])
    order by checkouts.id desc
    limit ${limit}
  `;
}

/** The kind of the attention items about money that came in and is in nobody's books. */
export const UNRECORDED_PAYMENT = "stripe.unrecorded-payment";

/** Of a page that may still be paid on, or was, while no item of its own tells of that. */
function isUntold(sql: Sql | Tx) {
  return sql`
    checkouts.status in ('asked', 'open', 'complete')
    and not exists (
      select from attention_items told
      where told.company_id = checkouts.company_id and told.kind = ${UNRECORDED_PAYMENT}
        and told.key = 'checkout ' || checkouts.id
    )
  `;
}

/** The invoices whose pages at an account may still be paid on, by the company they are in. */
export async function listUntoldPages(
  sql: Sql | Tx,
  account: string,
): Promise<{ companyId: number; invoiceNumbers: string[] }[]> {
  return await sql<{ companyId: number; invoiceNumbers: string[] }[]>`
    select
      checkouts.company_id,
      array_agg(invoices.invoice_number order by checkouts.id desc) as invoice_numbers
    from stripe_checkouts checkouts
    join invoices
      on invoices.company_id = checkouts.company_id and invoices.id = checkouts.invoice_id
    where account = ${account} and ${isUntold(sql)}
    group by checkouts.company_id
    order by checkouts.company_id
  `;
}

/** Closes the open items of this kind, whose key is an account, once its company has no such page. */
export async function settleUntoldPages(
  sql: Sql | Tx,
  { kind, resolution }: { kind: string; resolution: string },
): Promise<void> {
  await sql`
    update attention_items items
    set resolved_at = now(), resolution = ${resolution}
    where items.kind = ${kind} and items.resolved_at is null
      and not exists (
        select from stripe_checkouts checkouts
        where checkouts.company_id = items.company_id and account = items.key and ${isUntold(sql)}
      )
  `;
}

/** The accounts that these events say were disconnected. */
export async function listDisconnectedAccounts(
  tx: Tx,
  eventIds: readonly number[],
): Promise<{ eventId: number; companyId: number; account: string }[]> {
  return await tx<{ eventId: number; companyId: number; account: string }[]>`
    select id as event_id, company_id, payload ->> 'account' as account
    from events
    where id = any(${[...eventIds]}::int8[])
      and payload @> '{"provider": "stripe"}' and payload ->> 'account' <> ''
    order by id
  `;
}

/** A page by its name at Stripe. */
export async function findCheckoutOfSession(
  sql: Sql | Tx,
  { account, session }: { account: string; session: string },
): Promise<CheckoutRow | undefined> {
  const [row] = await sql<CheckoutRow[]>`
    select ${columns(sql)} from stripe_checkouts
    where account = ${account} and session = ${session}
  `;
  return row;
}

/** In whichever company it is by now. */
export async function findCheckout(sql: Sql | Tx, id: number): Promise<CheckoutRow | undefined> {
  const [row] = await sql<CheckoutRow[]>`
    select ${columns(sql)} from stripe_checkouts where id = ${id}
  `;
  return row;
}

/**
 * The company whose connection reaches the account of a page: its own, else another one, as where it was
 * before it moved. One that works comes before one that has to connect again. Its own when none does.
 */
function reachingCompany(sql: Sql | Tx) {
  return sql`
    coalesce(
      (
        select connections.company_id from connections
        where provider = 'stripe' and external_id = checkouts.account
          and connections.status <> 'disabled'
        order by
          connections.status <> 'connected',
          connections.company_id <> checkouts.company_id,
          connections.company_id
        limit 1
      ),
      checkouts.company_id
    )
  `;
}

/**
 * Open pages of the invoices that these events are about, which ask for something else than what is to
 * be paid now, each with the company that reaches its account.
 */
export async function listStaleCheckouts(
  tx: Tx,
  eventIds: readonly number[],
): Promise<{ eventId: number; companyId: number; checkoutId: number }[]> {
  return await tx<{ eventId: number; companyId: number; checkoutId: number }[]>`
    select
      events.id as event_id, ${reachingCompany(tx)} as company_id, checkouts.id as checkout_id
    from events
    join stripe_checkouts checkouts
      on checkouts.company_id = events.company_id and checkouts.invoice_id = events.subject_id
    join invoices
      on invoices.company_id = checkouts.company_id and invoices.id = checkouts.invoice_id
    where events.id = any(${[...eventIds]}::int8[])
      and events.subject_type = 'invoice'
      and checkouts.status = 'open'
      and (
        invoices.status in ('draft', 'paid', 'cancelled') or invoices.deleted_at is not null
        or invoices.amount_due <> checkouts.amount or invoices.currency <> checkouts.currency
      )
    order by events.id
  `;
}

/**
 * Pages whose turn it is to be looked at, each with the company that reaches its account and the
 * number of the look; the next one comes after twice as long, and after a day at most.
 */
export async function takeDueCheckouts(
  tx: Tx,
  { now, limit }: { now: Date; limit: number },
): Promise<{ companyId: number; checkoutId: number; check: number }[]> {
  return await tx<{ companyId: number; checkoutId: number; check: number }[]>`
    with due as (
      select company_id, id from stripe_checkouts
      where next_check_at <= ${now} and status in ('asked', 'open', 'complete')
      order by next_check_at
      limit ${limit}
      for update skip locked
    )
    update stripe_checkouts checkouts
    set
      checks = checks + 1,
      next_check_at = ${now}::timestamptz
        + least(interval '15 minutes' * 2 ^ least(checks + 1, 10), interval '1 day')
    from due
    where checkouts.company_id = due.company_id and checkouts.id = due.id
    returning
      ${reachingCompany(tx)} as company_id, checkouts.id as checkout_id, checkouts.checks as check
  `;
}
