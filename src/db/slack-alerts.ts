import type { Sql, Tx } from "./client.ts";

/**
 * Writes down, in the transaction that follows these events, which of them are owed to which routes.
 * Answers each route once, with the newest of its events: whoever tells that one tells them all.
 */
export async function oweAlerts(
  tx: Tx,
  eventIds: readonly number[],
): Promise<{ companyId: number; routeId: number; eventId: number }[]> {
  return await tx<{ companyId: number; routeId: number; eventId: number }[]>`
    with owed as (
      insert into slack_alerts (company_id, route_id, event_id)
      select e.company_id, r.id, e.id
      from events e
      join slack_routes r
        on r.company_id = e.company_id and r.event_type = e.type and r.is_enabled
      join connections c
        on c.company_id = e.company_id and c.provider = 'slack' and c.status <> 'disabled'
      where e.id = any(${eventIds}::bigint[])
        -- Slack cannot be told that it cannot be told.
        and not (e.type = 'connection.needs_reauth' and e.payload @> '{"provider": "slack"}')
        and not (
          e.type = 'attention.raised'
          and e.payload @> '{"kind": "connection.needs-reauth", "key": "slack"}'
        )
      on conflict do nothing
      returning company_id, route_id, event_id
    )
    select company_id, route_id, max(event_id) as event_id
    from owed
    group by company_id, route_id
    order by event_id
  `;
}

/** How much each route of a company is owed. */
export async function countOwedByRoute(
  sql: Sql | Tx,
  companyId: number,
): Promise<Map<number, number>> {
  const rows = await sql<{ routeId: number; count: number }[]>`
    select route_id, count(*)::int as count
    from slack_alerts
    where company_id = ${companyId}
    group by route_id
  `;
  return new Map(rows.map(({ routeId, count }) => [routeId, count]));
}

/** Whether a route is still owed an event, or one before it. */
export async function isOwed(
  sql: Sql | Tx,
  { companyId, routeId, eventId }: { companyId: number; routeId: number; eventId: number },
): Promise<boolean> {
  const rows = await sql`
    select 1 from slack_alerts
    where company_id = ${companyId} and route_id = ${routeId} and event_id <= ${eventId}
    limit 1
  `;
  return rows.length > 0;
}

/**
 * Whose turn it is in a channel: the route of the oldest event that is owed there and may be told now,
 * and how many of that route wait with it. Undefined when there is none. What a night makes many of
 * waits until the night is over, so that it can be told in one message.
 *
 * @param waitsMsMax a night that takes longer is not waited for
 */
export async function findNextOwed(
  tx: Tx,
  {
    companyId,
    channel,
    nightTypes,
    waitsMsMax,
  }: { companyId: number; channel: string; nightTypes: readonly string[]; waitsMsMax: number },
): Promise<
  { routeId: number; eventType: string; firstEventId: number; count: number } | undefined
> {
  const [row] = await tx<
    { routeId: number; eventType: string; firstEventId: number; count: number }[]
  >`
    select
      r.id as route_id, r.event_type, min(a.event_id) as first_event_id, count(*)::int as count
    from slack_routes r
    join slack_alerts a on a.company_id = r.company_id and a.route_id = r.id
    where r.company_id = ${companyId} and r.channel = ${channel} and r.is_enabled
      and a.message_id is null
      and (
        r.event_type <> all(${nightTypes}::text[])
        or a.created_at <= now() - ${waitsMsMax}::float8 * interval '1 ms'
        or not exists (
          select 1 from billing_nights n
          where n.company_id = r.company_id and n.status = 'running'
        )
      )
    group by r.id, r.event_type
    order by first_event_id
    limit 1
  `;
  return row;
}

/** Gives alerts of a route to a message: one event, or all that wait. Says how many. */
export async function takeOwed(
  tx: Tx,
  {
    companyId,
    routeId,
    messageId,
    onlyEventId,
  }: { companyId: number; routeId: number; messageId: number; onlyEventId: number | undefined },
): Promise<number> {
  const only = onlyEventId === undefined ? tx`` : tx`and event_id = ${onlyEventId}`;
  const { count } = await tx`
    update slack_alerts set message_id = ${messageId}
    where company_id = ${companyId} and route_id = ${routeId} and message_id is null ${only}
  `;
  return count;
}

interface MessageRef {
  companyId: number;
  messageId: number;
}

/** The open message that alerts of a route go out with, if there is one. */
export async function findMessageOfRoute(
  tx: Tx,
  { companyId, routeId }: { companyId: number; routeId: number },
): Promise<(MessageRef & { isDoubtful: boolean }) | undefined> {
  const [row] = await tx<(MessageRef & { isDoubtful: boolean })[]>`
    select m.company_id, m.id as message_id, m.is_doubtful
    from slack_alerts a
    join slack_messages m on m.company_id = a.company_id and m.id = a.message_id
    where a.company_id = ${companyId} and a.route_id = ${routeId} and m.status = 'open'
    limit 1
  `;
  return row;
}

/** They were told. */
export async function forgetAlerts(tx: Tx, { companyId, messageId }: MessageRef): Promise<void> {
  await tx`
    delete from slack_alerts where company_id = ${companyId} and message_id = ${messageId}
  `;
}

/** They were not, and wait for another message. */
export async function releaseAlerts(tx: Tx, { companyId, messageId }: MessageRef): Promise<void> {
  await tx`
    update slack_alerts set message_id = null
    where company_id = ${companyId} and message_id = ${messageId}
  `;
}

/** An event, with what a reader wants to know of the record it is about. */
export interface AlertEventRow {
  eventId: number;
  subjectType: string;
  subjectId: number;
  payload: Record<string, unknown>;
  occurredAt: Date;
  /** Of the invoice or quote. */
  number: string | null;
  clientName: string | null;
  dueDate: string | null;
  currency: string | null;
  /** What `amountOf` asked for, in minor units. */
  amount: bigint | null;
}

/** Which amount of an event is told. */
export type AlertAmount = "total" | "amount_due" | "amount" | "fee";

/** The events of a message with their records, as an `alerted` to select from. */
function alerted(sql: Sql | Tx, { companyId, messageId }: MessageRef, amount: AlertAmount | null) {
  return sql`
    with alerted as (
      select
        e.id as event_id, e.subject_type, e.subject_id, e.payload, e.occurred_at,
        coalesce(
          e.payload ->> 'invoice_number', e.payload ->> 'quote_number', i.invoice_number,
          q.quote_number
        ) as number,
        c.name as client_name,
        coalesce((e.payload ->> 'due_date')::date, i.due_date) as due_date,
        coalesce(e.payload ->> 'currency', i.currency, q.currency) as currency,
        case ${amount}::text
          when 'total' then coalesce((e.payload ->> 'total')::bigint, i.total, q.total)
          when 'amount_due' then coalesce((e.payload ->> 'amount_due')::bigint, i.amount_due)
          when 'amount' then (e.payload ->> 'amount')::bigint
          when 'fee' then
            (e.payload ->> 'fee')::bigint + coalesce((e.payload ->> 'tax')::bigint, 0)
        end as amount
      from slack_alerts a
      join events e on e.id = a.event_id and e.company_id = a.company_id
      left join invoices i
        on e.subject_type = 'invoice' and i.company_id = e.company_id and i.id = e.subject_id
      left join quotes q
        on e.subject_type = 'quote' and q.company_id = e.company_id and q.id = e.subject_id
      left join clients c
        on c.company_id = e.company_id
        and c.id = coalesce(
          i.client_id, q.client_id, case when e.subject_type = 'client' then e.subject_id end
        )
      where a.company_id = ${companyId} and a.message_id = ${messageId}
    )
  `;
}

/** The first events of a message. */
export async function listAlertEvents(
  sql: Sql | Tx,
  ref: MessageRef & { amount: AlertAmount | null; limit: number },
): Promise<AlertEventRow[]> {
  return await sql<AlertEventRow[]>`
    ${alerted(sql, ref, ref.amount)}
    select * from alerted order by event_id limit ${ref.limit}
  `;
}

/** What all events of a message come to, by currency. */
export async function sumAlertEvents(
  sql: Sql | Tx,
  ref: MessageRef & { amount: AlertAmount },
): Promise<{ currency: string; amount: bigint }[]> {
  return await sql<{ currency: string; amount: bigint }[]>`
    ${alerted(sql, ref, ref.amount)}
    select currency, sum(amount)::bigint as amount
    from alerted
    where currency is not null and amount is not null
    group by currency
    order by currency
  `;
}
