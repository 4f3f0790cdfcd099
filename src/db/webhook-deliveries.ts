import { NotFound } from "../errors.ts";
import { arrayText } from "./array-text.ts";
import type { Fragment, Sql, Tx } from "./client.ts";
import type { EndpointKey } from "./webhook-endpoints.ts";

export const webhookDeliveryStatuses = ["pending", "delivered", "failed"] as const;
export type WebhookDeliveryStatus = (typeof webhookDeliveryStatuses)[number];

/** One try, as the log keeps it. */
export interface WebhookAttempt {
  /** ISO instant. */
  at: string;
  ms: number;
  /** Of the answer; null when there was none. */
  status: number | null;
  /** Why there was none, or why it does not count. */
  error: string | null;
  /** How the answer's body begins. */
  response: string | null;
}

/** One message to one endpoint, and how far it got. */
export interface WebhookDeliveryRow {
  companyId: number;
  id: number;
  endpointId: number;
  /** A UUID. */
  messageId: string;
  eventId: number | null;
  type: string;
  body: string;
  status: WebhookDeliveryStatus;
  /** Since it was last asked for. */
  attempts: number;
  nextAttemptAt: Date | null;
  /** The latest attempts, oldest first. */
  log: WebhookAttempt[];
  settledAt: Date | null;
  createdAt: Date;
}

/** What it takes to send one. */
export type DueDelivery = Pick<WebhookDeliveryRow, "id" | "messageId" | "body" | "attempts"> & {
  subject: string;
  /** Whether its time has come, and not only that of an earlier one about the same record. */
  isDue: boolean;
};

/** As many attempts as the log of one delivery keeps. */
const LOG_LENGTH = 20;
/** What Standard Webhooks lets a payload be, in bytes. */
const BODY_BYTES = 20_000;

/** The columns of a delivery, to be composed into a statement that reads or returns them. */
export function webhookDeliveryColumns(sql: Sql | Tx) {
  return sql`
    company_id, id, endpoint_id, message_id, event_id, type, body, status, attempts,
    next_attempt_at, log, settled_at, created_at
  `;
}

/** Names of events, side by side. */
export interface EventNames {
  types: readonly string[];
  names: readonly string[];
  isAlias: readonly boolean[];
}

/** An endpoint that is owed something new. */
export interface InformedEndpoint {
  companyId: number;
  endpointId: number;
  /** The newest of the events. */
  eventId: number;
  messages: number;
}

/**
 * Writes down what these events are to be told to whom: one message per event, endpoint and name the
 * endpoint asked for, in the order of the events. Once: what is there already stays as it is. Returns
 * the endpoints that got something.
 *
 * The body is a fact from here on: a later version that would write another one changes nothing about
 * messages that may have been received already. One that would be too long goes without its properties.
 *
 * @param endpoint only this one, for a replay
 */
export async function insertWebhookDeliveries(
  tx: Tx,
  {
    eventIds,
    events,
    endpoint,
  }: { eventIds: readonly number[]; events: EventNames; endpoint?: EndpointKey },
): Promise<InformedEndpoint[]> {
  return await tx<InformedEndpoint[]>`
    with wanted as (
      select
        event.id as event_id, event.company_id, endpoint.id as endpoint_id, known.name as type,
        event.subject_type || '/' || event.subject_id as subject,
        case
          when octet_length(whole.body) <= ${BODY_BYTES} then whole.body
          else ${bodyWith(tx, tx`'null'`)}
        end as body
      from events as event
      join unnest(
        ${[...events.types]}::text[], ${[...events.names]}::text[], ${events.isAlias.map(String)}::text[]::boolean[]
      ) as known (type, name, is_alias) on known.type = event.type
      join webhook_endpoints as endpoint
        on endpoint.company_id = event.company_id
        and endpoint.status = 'enabled'
        and endpoint.deleted_at is null
        and (
          known.name = any(endpoint.event_types)
          or (not known.is_alias and '*' = any(endpoint.event_types))
        )
      -- Nothing is pulled out of what has an offset: the body is made once.
      cross join lateral (select ${bodyWith(tx, tx`event.payload`)} as body offset 0) as whole
      where event.id = any(${[...eventIds]}::bigint[])
        ${
          endpoint === undefined
            ? tx``
            : tx`and endpoint.company_id = ${endpoint.companyId} and endpoint.id = ${endpoint.id}`
        }
    ),
    inserted as (
      insert into webhook_deliveries (
        company_id, endpoint_id, event_id, type, subject, body, status, next_attempt_at, created_at
      )
      select
        company_id, endpoint_id, event_id, type, subject, body, 'pending', now(), now()
      from wanted
      order by event_id, endpoint_id, type
      on conflict (company_id, endpoint_id, event_id, type) where event_id is not null do nothing
      returning company_id, endpoint_id, event_id
    )
    select company_id, endpoint_id, max(event_id) as event_id, count(*)::int as messages
    from inserted
    group by company_id, endpoint_id
    order by company_id, endpoint_id
  `;
}

function bodyWith(tx: Tx, properties: Fragment) {
  // Half the time of building an object, which is felt at thousands a second.
  return tx`
    format(
      '{"type":%s,"timestamp":"%s","data":{"object":%s,"id":%s,"company_id":%s,"event_id":%s,"causer_id":%s,"properties":%s}}',
      to_json(known.name), to_char(event.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      to_json(event.subject_type), event.subject_id, event.company_id, event.id,
      coalesce(event.causer_id::text, 'null'), ${properties}
    )
  `;
}

/** A message that no event is behind. */
export async function insertTestDelivery(
  tx: Tx,
  { companyId, id: endpointId }: EndpointKey,
  { type, body, now }: { type: string; body: string; now: Date },
): Promise<WebhookDeliveryRow> {
  const [row] = await tx<WebhookDeliveryRow[]>`
    insert into webhook_deliveries (
      company_id, endpoint_id, type, subject, body, status, next_attempt_at, created_at
    )
    values (
      ${companyId}, ${endpointId}, ${type}, 'test/' || gen_random_uuid(), ${body}, 'pending', ${now},
      ${now}
    )
    returning ${webhookDeliveryColumns(tx)}
  `;
  return row!;
}

/**
 * What is to be sent now, in the order of the events: messages about records of which the oldest message
 * that waits is due, so that none passes an earlier one about the same record.
 *
 * @param limit so many messages
 * @param bytesMax so many bytes of bodies, and the rest of the message that passes it
 * @param except subjects whose messages somebody is at
 */
export async function listDueDeliveries(
  sql: Sql | Tx,
  {
    companyId,
    id,
    now,
    limit,
    bytesMax,
    except = [],
  }: EndpointKey & {
    now: Date;
    limit: number;
    bytesMax: number;
    except?: readonly string[] | undefined;
  },
): Promise<DueDelivery[]> {
  // One pass over what waits, whatever PostgreSQL thinks of how much that is: right after a large night
  // it has no idea, and would look each record up among all others.
  return await sql<DueDelivery[]>`
    with waiting as (
      select
        company_id, endpoint_id, id, event_id,
        first_value(next_attempt_at) over (partition by subject order by event_id, id) as due_at
      from webhook_deliveries
      where company_id = ${companyId} and endpoint_id = ${id} and status = 'pending'
        -- Kept in a hash table, whatever is thought of how few they are.
        and subject not in (select unnest(${arrayText(except, (subject) => subject)}::text[]))
    ), due as materialized (
      select company_id, endpoint_id, id, event_id from waiting
      where due_at <= ${now}
      order by event_id, id
      limit ${limit}
    ), measured as (
      select
        id, d.message_id, d.body, d.attempts, d.subject, d.next_attempt_at <= ${now} as is_due,
        due.event_id,
        sum(octet_length(d.body)) over (order by due.event_id, id) - octet_length(d.body)
          as bytes_before
      from due
      join webhook_deliveries d using (company_id, endpoint_id, id)
    )
    select id, message_id, body, attempts, subject, is_due
    from measured
    where bytes_before < ${bytesMax}
    order by event_id, id
  `;
}

/** When the next message of an endpoint is to be tried; undefined when none waits. */
export async function findNextAttemptAt(
  sql: Sql | Tx,
  { companyId, id }: EndpointKey,
): Promise<Date | undefined> {
  // A message that waits for an earlier one of its record does not make anybody look sooner.
  const [row] = await sql<{ nextAttemptAt: Date | null }[]>`
    select min(next_attempt_at) as next_attempt_at
    from (
      select distinct on (subject) next_attempt_at
      from webhook_deliveries
      where company_id = ${companyId} and endpoint_id = ${id} and status = 'pending'
      order by subject, event_id, id
    ) as first_of_record
  `;
  return row?.nextAttemptAt ?? undefined;
}

/** What became of one attempt. */
export interface AttemptEnding {
  id: number;
  status: WebhookDeliveryStatus;
  /** Of a pending one. */
  nextAttemptAt: Date | null;
  attempt: WebhookAttempt;
}

/** Writes down attempts at an endpoint, at most one of each delivery. What was settled meanwhile is left. */
export async function recordAttempts(
  tx: Tx,
  { companyId, id: endpointId }: EndpointKey,
  { now, endings }: { now: Date; endings: readonly AttemptEnding[] },
): Promise<void> {
  // Looked up by key, whatever PostgreSQL thinks of how few the company has, or are pending: were the
  // company a constant, it would read all of what waits to find these.
  await tx`
    update webhook_deliveries as delivery
    set
      status = ended.status,
      attempts = delivery.attempts + 1,
      next_attempt_at = ended.next_attempt_at,
      settled_at = case when ended.status = 'pending' then null else ${now}::timestamptz end,
      log = case
        when jsonb_array_length(delivery.log) < ${LOG_LENGTH} then delivery.log
        else delivery.log - 0
      end || ended.attempt::jsonb
    from (
      select
        ${companyId}::bigint as company_id, ${endpointId}::bigint as endpoint_id,
        id, status, next_attempt_at, attempt
      from rows from (
        unnest(
          ${arrayText(endings, ({ id }) => id)}::bigint[],
          ${arrayText(endings, ({ status }) => status)}::text[],
          ${arrayText(endings, ({ nextAttemptAt }) => nextAttemptAt?.toISOString() ?? null)}::timestamptz[]
        ),
        json_array_elements(${JSON.stringify(endings.map(({ attempt }) => attempt))}::text::json)
      ) as given (id, status, next_attempt_at, attempt)
      offset 0
    ) as ended
    where delivery.company_id = ended.company_id and delivery.endpoint_id = ended.endpoint_id
      and delivery.id = ended.id and delivery.next_attempt_at is not null
  `;
}

/** Asks for a delivery again, whatever became of it: its attempts are counted anew. */
export async function requeueWebhookDelivery(
  tx: Tx,
  { companyId, endpointId, id }: Pick<WebhookDeliveryRow, "companyId" | "endpointId" | "id">,
  now: Date,
): Promise<WebhookDeliveryRow> {
  const [row] = await tx<WebhookDeliveryRow[]>`
    update webhook_deliveries
    set status = 'pending', attempts = 0, next_attempt_at = ${now}, settled_at = null
    where company_id = ${companyId} and endpoint_id = ${endpointId} and id = ${id}
    returning ${webhookDeliveryColumns(tx)}
  `;
  if (row === undefined) throw new NotFound("Webhook delivery");
  return row;
}

/** Asks again for what an endpoint was to be told of these events. Returns how many there are. */
export async function requeueDeliveriesOfEvents(
  tx: Tx,
  {
    endpoint,
    eventIds,
    statuses,
    now,
  }: {
    endpoint: EndpointKey;
    eventIds: readonly number[];
    statuses: readonly WebhookDeliveryStatus[];
    now: Date;
  },
): Promise<number> {
  const rows = await tx<{ id: number }[]>`
    update webhook_deliveries
    set status = 'pending', attempts = 0, next_attempt_at = ${now}, settled_at = null
    where company_id = ${endpoint.companyId} and endpoint_id = ${endpoint.id}
      and event_id = any(${[...eventIds]}::bigint[])
      and status = any(${[...statuses]}::text[])
    returning id
  `;
  return rows.length;
}
