import type { Sql, Tx } from "./client.ts";

/** A webhook as it came. */
export interface StripeEventKey {
  /** "" for the platform's own. */
  account: string;
  id: string;
}

/** Keeps a webhook. False when it was kept before: Stripe sends some twice. */
export async function insertStripeEvent(
  tx: Tx,
  event: StripeEventKey & {
    type: string;
    isLive: boolean;
    text: string;
    /** Why nothing is to be done about it; null when a run will see to it. */
    ignoredBecause: string | null;
    now: Date;
  },
): Promise<boolean> {
  const rows = await tx`
    insert into stripe_events (
      account, id, type, livemode, payload, status, reason, received_at, handled_at
    )
    values (
      ${event.account}, ${event.id}, ${event.type}, ${event.isLive}, ${event.text},
      ${event.ignoredBecause === null ? "received" : "ignored"}, ${event.ignoredBecause},
      ${event.now}, ${event.ignoredBecause === null ? null : event.now}
    )
    on conflict (account, id) do nothing
    returning id
  `;
  return rows.length > 0;
}

/** What became of it, for people who look. */
export async function settleStripeEvent(
  sql: Sql | Tx,
  { account, id }: StripeEventKey,
  { status, reason, now }: { status: "done" | "ignored"; reason: string; now: Date },
): Promise<void> {
  await sql`
    update stripe_events set status = ${status}, reason = ${reason}, handled_at = ${now}
    where account = ${account} and id = ${id}
  `;
}

/** Stripe sends none again after three days. Those that wait for their run stay. */
export async function deleteStripeEventsBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql`
    delete from stripe_events
    where (account, id) in (
      select account, id from stripe_events
      where received_at < ${before} and status <> 'received'
      order by received_at
      limit ${limit}
    )
  `;
  return rows.count;
}
