import type { CalendarSyncKey } from "./calendar-syncs.ts";
import type { Sql, Tx } from "./client.ts";

/** A channel that we are told of changes through. */
export interface CalendarChannelRow {
  id: string;
  companyId: number;
  syncId: number;
  /** Null until it was opened. */
  resourceId: string | null;
  expiresAt: Date | null;
}

function columns(sql: Sql | Tx) {
  return sql`id, company_id, sync_id, resource_id, expires_at`;
}

/** Of a company's calendars, those chosen before included; the one that lasts longest first. */
export async function listChannels(
  sql: Sql | Tx,
  companyId: number,
): Promise<CalendarChannelRow[]> {
  return await sql<CalendarChannelRow[]>`
    select ${columns(sql)} from calendar_channels
    where company_id = ${companyId}
    order by expires_at desc nulls last, id
  `;
}

/** Whose channel a message comes through; undefined for any other id or token. */
export async function findChannel(
  sql: Sql | Tx,
  { id, tokenHash }: { id: string; tokenHash: Buffer },
): Promise<CalendarChannelRow | undefined> {
  const [row] = await sql<CalendarChannelRow[]>`
    select ${columns(sql)} from calendar_channels
    where id = ${id} and token_hash = ${tokenHash}
  `;
  return row;
}

/** Written down before it is opened, so that its first message finds it. */
export async function insertChannel(
  sql: Sql | Tx,
  { companyId, id: syncId }: CalendarSyncKey,
  channel: { id: string; tokenHash: Buffer; now: Date },
): Promise<void> {
  await sql`
    insert into calendar_channels (id, company_id, sync_id, token_hash, created_at)
    values (${channel.id}, ${companyId}, ${syncId}, ${channel.tokenHash}, ${channel.now})
  `;
}

export async function recordOpened(
  sql: Sql | Tx,
  { id, resourceId, expiresAt }: { id: string; resourceId: string; expiresAt: Date },
): Promise<void> {
  await sql`
    update calendar_channels set resource_id = ${resourceId}, expires_at = ${expiresAt}
    where id = ${id}
  `;
}

export async function deleteChannel(sql: Sql | Tx, id: string): Promise<void> {
  await sql`delete from calendar_channels where id = ${id}`;
}
