import { NotFound } from "../errors.ts";
import { arrayText } from "./array-text.ts";
import type { Sql, Tx } from "./client.ts";
import { wantsMail } from "./notification-preferences.ts";

export const disabledReasons = ["by_hand", "gone", "failing", "refused"] as const;
export type DisabledReason = (typeof disabledReasons)[number];

/** Where a company wants to be told of its events. */
export interface WebhookEndpointRow {
  companyId: number;
  id: number;
  url: string;
  description: string | null;
  /** Names of events, or `*`. */
  eventTypes: string[];
  status: "enabled" | "disabled";
  disabledReason: DisabledReason | null;
  disabledAt: Date | null;
  /** Sealed; none of a deleted one. */
  secret: string | null;
  /** Sealed; signs as well until `previousSecretUntil`. */
  previousSecret: string | null;
  previousSecretUntil: Date | null;
  /** How often it was disabled by us. */
  disablings: number;
  /** The first failure since the last success. */
  failingSince: Date | null;
  /** Rounds of deliveries in a row that ended in failures alone. */
  failedRounds: number;
  restsUntil: Date | null;
  lastSuccessAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface EndpointKey {
  companyId: number;
  id: number;
}

function columns(sql: Sql | Tx) {
  return sql`
    company_id, id, url, description, event_types, status, disabled_reason, disabled_at, secret,
    previous_secret, previous_secret_until, disablings, failing_since, failed_rounds, rests_until,
    last_success_at, created_at, updated_at
  `;
}

/** A deleted one is not found. */
export async function getWebhookEndpoint(
  sql: Sql | Tx,
  { companyId, id }: EndpointKey,
): Promise<WebhookEndpointRow> {
  const [row] = await sql<WebhookEndpointRow[]>`
    select ${columns(sql)} from webhook_endpoints
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  if (row === undefined) throw new NotFound("Webhook");
  return row;
}

/**
 * Nobody else changes it until the transaction ends. Undefined when it was deleted.
 *
 * @param isShared with others that, as a rule, change nothing about it either: who does waits for them
 */
export async function lockWebhookEndpoint(
  tx: Tx,
  { companyId, id }: EndpointKey,
  { isShared = false }: { isShared?: boolean } = {},
): Promise<WebhookEndpointRow | undefined> {
  const [row] = await tx<WebhookEndpointRow[]>`
    select ${columns(tx)} from webhook_endpoints
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    for ${isShared ? tx`share` : tx`no key update`}
  `;
  return row;
}

export async function listWebhookEndpoints(
  sql: Sql | Tx,
  { companyId, limit, offset }: { companyId: number; limit: number; offset: number },
): Promise<WebhookEndpointRow[]> {
  return await sql<WebhookEndpointRow[]>`
    select ${columns(sql)} from webhook_endpoints
    where company_id = ${companyId} and deleted_at is null
    order by id
    limit ${limit} offset ${offset}
  `;
}

export async function countWebhookEndpoints(sql: Sql | Tx, companyId: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from webhook_endpoints
    where company_id = ${companyId} and deleted_at is null
  `;
  return row?.count ?? 0;
}

/** The id of an endpoint to be: what is sealed for it is bound to it. */
export async function takeWebhookEndpointId(tx: Tx): Promise<number> {
  const [row] = await tx<{ id: number }[]>`
    select nextval(pg_get_serial_sequence('webhook_endpoints', 'id')) as id
  `;
  return row!.id;
}

export async function insertWebhookEndpoint(
  tx: Tx,
  endpoint: EndpointKey & {
    url: string;
    description: string | null;
    eventTypes: readonly string[];
    /** Sealed. */
    secret: string;
    userId: number;
    now: Date;
  },
): Promise<WebhookEndpointRow> {
  const [row] = await tx<WebhookEndpointRow[]>`
    insert into webhook_endpoints (
      company_id, id, url, description, event_types, status, secret, created_by, created_at, updated_at
    )
    overriding system value
    values (
      ${endpoint.companyId}, ${endpoint.id}, ${endpoint.url}, ${endpoint.description},
      ${[...endpoint.eventTypes]}::text[], 'enabled', ${endpoint.secret}, ${endpoint.userId},
      ${endpoint.now}, ${endpoint.now}
    )
    returning ${columns(tx)}
  `;
  return row!;
}

/** What of an endpoint can be written; what is left out stays. */
export type WebhookEndpointChanges = Partial<
  Omit<WebhookEndpointRow, "companyId" | "id" | "createdAt" | "eventTypes">
> & { eventTypes?: string[]; deletedAt?: Date };

/** Writes one that the transaction has locked. */
export async function updateWebhookEndpoint(
  tx: Tx,
  { companyId, id }: EndpointKey,
  changes: WebhookEndpointChanges,
): Promise<WebhookEndpointRow> {
  const [row] = await tx<WebhookEndpointRow[]>`
    update webhook_endpoints set ${tx(changes)}
    where company_id = ${companyId} and id = ${id}
    returning ${columns(tx)}
  `;
  return row!;
}

/** Who delivers to a locked endpoint, and when somebody looks again. */
export async function findWebhookTurn(
  tx: Tx,
  { companyId, id }: EndpointKey,
): Promise<{ claimedBy: string | null; claimedUntil: Date | null; wakesAt: Date | null }> {
  const [row] = await tx<
    { claimedBy: string | null; claimedUntil: Date | null; wakesAt: Date | null }[]
  >`
    select claimed_by, claimed_until, wakes_at from webhook_endpoints
    where company_id = ${companyId} and id = ${id}
  `;
  return row!;
}

/**
 * Those of these endpoints at which a run has its turn, which will see what this transaction leaves: its turn
 * does not end before the transaction does. One that is being written at the moment is left out, for waiting
 * for it could end in a deadlock.
 */
export async function lockServedEndpoints(
  tx: Tx,
  endpoints: readonly EndpointKey[],
): Promise<EndpointKey[]> {
  return await tx<EndpointKey[]>`
    select company_id, id
    from webhook_endpoints
    where (company_id, id) in (
      select * from unnest(
        ${arrayText(endpoints, ({ companyId }) => companyId)}::bigint[],
        ${arrayText(endpoints, ({ id }) => id)}::bigint[]
      )
    )
      and claimed_until > clock_timestamp()
    for share skip locked
  `;
}

/** Which run delivers to an endpoint, and until when no other does. */
export interface WebhookClaim {
  claimedBy: string;
  claimedUntil: Date;
}

/** Says who delivers to a locked endpoint from here on; null for nobody. */
export async function setWebhookTurn(
  tx: Tx,
  { companyId, id }: EndpointKey,
  turn: WebhookClaim | { claimedBy: null; wakesAt: Date | null },
): Promise<void> {
  await tx`
    update webhook_endpoints
    set ${tx(turn.claimedBy === null ? { ...turn, claimedUntil: null } : turn)}
    where company_id = ${companyId} and id = ${id}
  `;
}

/**
 * Enabled endpoints for which something is due although nobody is at it, nor about to be: a retry, or
 * what a run left behind that died.
 */
export async function listWaitingEndpoints(
  sql: Sql | Tx,
  { now, after, limit }: { now: Date; after: EndpointKey; limit: number },
): Promise<EndpointKey[]> {
  return await sql<EndpointKey[]>`
    select company_id, id
    from webhook_endpoints as endpoint
    where status = 'enabled' and deleted_at is null
      and (company_id, id) > (${after.companyId}, ${after.id})
      and (rests_until is null or rests_until <= ${now})
      and (claimed_until is null or claimed_until <= ${now})
      and (wakes_at is null or wakes_at <= ${now})
      and exists (
        select from webhook_deliveries
        where webhook_deliveries.company_id = endpoint.company_id
          and webhook_deliveries.endpoint_id = endpoint.id
          and webhook_deliveries.status = 'pending'
          and webhook_deliveries.next_attempt_at <= ${now}
      )
    order by company_id, id
    limit ${limit}
  `;
}

/** What decides whether the mail about an endpoint we disabled may still go out. */
export interface WebhookMailRow {
  about: "webhook";
  endpointId: number;
  url: string;
  status: WebhookEndpointRow["status"];
  disabledReason: DisabledReason | null;
  disablings: number;
  isDeleted: boolean;
  /** Whether whom it goes to wants such mails. */
  isWanted: boolean;
  /** Another one after every change of the endpoint's row. */
  version: string;
  testNow: Date | null;
}

/** Locks the endpoint that a mail is about. */
export async function lockWebhookMail(
  tx: Tx,
  { companyId, deliveryId }: { companyId: number; deliveryId: number },
): Promise<WebhookMailRow | undefined> {
  const [row] = await tx<WebhookMailRow[]>`
    select
      'webhook' as about, w.id as endpoint_id, w.url, w.status, w.disabled_reason, w.disablings,
      (w.deleted_at is not null) as is_deleted, w.xmin::text as version, co.test_now,
      ${wantsMail(tx, "webhook_disabled", {
        companyId: tx`d.company_id`,
        userId: tx`split_part(d.key, '/', 3)::int8`,
      })} as is_wanted
    from deliveries d
    join webhook_endpoints w on w.company_id = d.company_id and w.id = d.webhook_endpoint_id
    join companies co on co.id = d.company_id
    where d.company_id = ${companyId} and d.id = ${deliveryId}
    for no key update of w
  `;
  return row;
}
