import type { ConnectionKey } from "./connections.ts";
import type { Sql, Tx } from "./client.ts";

/** Keeps which invoices somebody asked for; returns the push's id. */
export async function insertPush(
  tx: Tx,
  { companyId, invoiceIds, now }: { companyId: number; invoiceIds: readonly number[]; now: Date },
): Promise<number> {
  const [row] = await tx<{ id: number }[]>`
    insert into quickbooks_pushes (company_id, invoice_ids, created_at)
    values (${companyId}, ${[...invoiceIds]}::bigint[], ${now})
    returning id
  `;
  return row!.id;
}

export async function listPushedIds(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<number[]> {
  const rows = await sql<{ invoiceId: number }[]>`
    select unnest(invoice_ids) as invoice_id
    from quickbooks_pushes
    where company_id = ${companyId} and id = ${id}
  `;
  return rows.map(({ invoiceId }) => invoiceId);
}

/** Done with. */
export async function deletePush(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<void> {
  await tx`delete from quickbooks_pushes where company_id = ${companyId} and id = ${id}`;
}

/** Whether the company has deleted an invoice; one that has moved to another company it has not. */
export async function isInvoiceDeleted(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<boolean> {
  const rows = await sql`
    select 1 from invoices
    where company_id = ${companyId} and id = ${id} and deleted_at is not null
  `;
  return rows.length > 0;
}

/** Why an invoice is not at QuickBooks as it is here. */
export interface WaitingRow {
  invoiceId: number;
  /** What is missing; null when QuickBooks refused it. */
  setting: string | null;
  reason: string;
}

export async function recordWaiting(
  tx: Tx,
  { companyId, invoiceId, setting, reason, now }: WaitingRow & { companyId: number; now: Date },
): Promise<void> {
  await tx`
    insert into quickbooks_waiting (company_id, record_id, setting, reason, created_at)
    values (${companyId}, ${invoiceId}, ${setting}, ${reason}, ${now})
    on conflict (company_id, record_id) do update
    set setting = excluded.setting, reason = excluded.reason
  `;
}

/** False when it did not wait. */
export async function deleteWaiting(
  tx: Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Promise<boolean> {
  const rows = await tx`
    delete from quickbooks_waiting
    where company_id = ${companyId} and record_id = ${invoiceId}
    returning 1
  `;
  return rows.length > 0;
}

/** Invoices that wait for a setting, oldest first. */
export async function listWaitingForSettings(sql: Sql | Tx, companyId: number): Promise<number[]> {
  const rows = await sql<{ recordId: number }[]>`
    select record_id
    from quickbooks_waiting
    where company_id = ${companyId} and setting is not null
    order by created_at, record_id
  `;
  return rows.map(({ recordId }) => recordId);
}

/** Settings that some invoice waits for. */
export async function listMissingSettings(sql: Sql | Tx, companyId: number): Promise<string[]> {
  const rows = await sql<{ setting: string }[]>`
    select distinct setting
    from quickbooks_waiting
    where company_id = ${companyId} and setting is not null
  `;
  return rows.map(({ setting }) => setting);
}

/** An event that an automatic push follows, and the record it is about. */
export interface FollowedEvent {
  eventId: number;
  companyId: number;
  recordId: number;
}

const PROVIDER = "quickbooks" satisfies ConnectionKey["provider"];

/**
 * Which of these events about invoices are of companies that push by themselves. A draft concerns
 * nobody over there, unless it was pushed before it was deleted.
 */
export async function listEventsToPush(
  tx: Tx,
  eventIds: readonly number[],
): Promise<FollowedEvent[]> {
  return await tx<FollowedEvent[]>`
    select events.id as event_id, events.company_id, events.subject_id as record_id
    from events
    join connections on connections.company_id = events.company_id
    join invoices on invoices.company_id = events.company_id and invoices.id = events.subject_id
    where events.id = any(${[...eventIds]}::int8[])
      and events.subject_type = 'invoice'
      and ${pushesByItself(tx)}
      and (invoices.status <> 'draft' or ${isThere(tx, "invoice")})
  `;
}

/** Which of these events about clients are of companies that push by themselves, and have pushed the client. */
export async function listClientEventsToPush(
  tx: Tx,
  eventIds: readonly number[],
): Promise<FollowedEvent[]> {
  return await tx<FollowedEvent[]>`
    select events.id as event_id, events.company_id, events.subject_id as record_id
    from events
    join connections on connections.company_id = events.company_id
    where events.id = any(${[...eventIds]}::int8[])
      and events.subject_type = 'client'
      and ${pushesByItself(tx)}
      and ${isThere(tx, "customer/")}
  `;
}

function pushesByItself(tx: Tx) {
  return tx`
    connections.provider = ${PROVIDER}
    and connections.status <> 'disabled'
    and connections.settings @> '{"auto_push": true}'
    and connections.settings->>'settings_of' = connections.external_id
  `;
}

/** @param kind how the kind of ref begins */
function isThere(tx: Tx, kind: string) {
  return tx`
    exists (
      select from external_refs
      where external_refs.company_id = events.company_id
        and external_refs.provider = ${PROVIDER}
        and external_refs.account = connections.external_id
        and starts_with(external_refs.kind, ${kind})
        and external_refs.record_id = events.subject_id
    )
  `;
}

/** The currencies in which a client was pushed: there is a customer for each. */
export async function listPushedCurrencies(
  sql: Sql | Tx,
  { companyId, account, clientId }: { companyId: number; account: string; clientId: number },
): Promise<string[]> {
  const rows = await sql<{ currency: string }[]>`
    select split_part(kind, '/', 2) as currency
    from external_refs
    where company_id = ${companyId} and provider = ${PROVIDER} and account = ${account}
      and starts_with(kind, 'customer/') and record_id = ${clientId}
    order by kind
  `;
  return rows.map(({ currency }) => currency);
}
