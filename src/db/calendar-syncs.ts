import type { Sql, Tx } from "./client.ts";

export const calendarDirections = ["both", "push", "pull"] as const;
/** push: the schedule is shown in the calendar; pull: the other way round. */
export type CalendarDirection = (typeof calendarDirections)[number];

/** A calendar that a company has chosen, now or before. */
export interface CalendarSyncRow {
  companyId: number;
  id: number;
  /** The connection's account. */
  account: string;
  calendarId: string;
  name: string;
  timezone: string;
  direction: CalendarDirection;
  /** Where we can be told of changes. */
  address: string;
  /** Null: everything has to be read. */
  syncToken: string | null;
  /** Of a reading that is under way. */
  pageToken: string | null;
  /** Grows with everything that is kept of a reading. */
  position: number;
  spanFrom: Date;
  spanTo: Date;
  /** Counts readings of everything. */
  round: number;
  isMissingDue: boolean;
  heldDeletions: number;
  mayDelete: boolean;
  asked: number;
  lastSyncedAt: Date | null;
  lastResult: Record<string, unknown> | null;
}

export interface CalendarSyncKey {
  companyId: number;
  id: number;
}

function columns(sql: Sql | Tx) {
  return sql`
    company_id, id, account, calendar_id, name, timezone, direction, address, sync_token, page_token,
    position, span_from, span_to, round, is_missing_due, held_deletions, may_delete, asked,
    last_synced_at, last_result
  `;
}

/** The calendar a company has chosen in this account. */
export async function findCurrentSync(
  sql: Sql | Tx,
  { companyId, account }: { companyId: number; account: string },
): Promise<CalendarSyncRow | undefined> {
  const [row] = await sql<CalendarSyncRow[]>`
    select ${columns(sql)} from calendar_syncs
    where company_id = ${companyId} and account = ${account} and is_current
  `;
  return row;
}

/** The sync while it is the current one, locked. */
export async function lockSync(
  tx: Tx,
  { companyId, id }: CalendarSyncKey,
): Promise<CalendarSyncRow | undefined> {
  const [row] = await tx<CalendarSyncRow[]>`
    select ${columns(tx)} from calendar_syncs
    where company_id = ${companyId} and id = ${id} and is_current
    for update
  `;
  return row;
}

/** Makes this calendar the company's. One that was chosen before goes on where it was. */
export async function chooseSync(
  tx: Tx,
  values: {
    companyId: number;
    account: string;
    calendarId: string;
    name: string;
    timezone: string;
    direction: CalendarDirection;
    address: string;
    spanFrom: Date;
    spanTo: Date;
    now: Date;
  },
): Promise<CalendarSyncRow> {
  const { companyId, account, calendarId, now } = values;
  await tx`
    update calendar_syncs set is_current = false, updated_at = ${now}
    where company_id = ${companyId} and is_current
      and (account, calendar_id) <> (${account}, ${calendarId})
  `;
  const [row] = await tx<CalendarSyncRow[]>`
    insert into calendar_syncs (
      company_id, account, calendar_id, name, timezone, direction, is_current, address, span_from,
      span_to, next_sync_at, created_at, updated_at
    )
    values (
      ${companyId}, ${account}, ${calendarId}, ${values.name}, ${values.timezone},
      ${values.direction}, true, ${values.address}, ${values.spanFrom}, ${values.spanTo}, ${now},
      ${now}, ${now}
    )
    on conflict (company_id, account, calendar_id) do update
    set name = excluded.name, timezone = excluded.timezone, direction = excluded.direction,
      is_current = true, address = excluded.address, next_sync_at = excluded.next_sync_at,
      updated_at = excluded.updated_at
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error("the calendar was not kept");
  return row;
}

/** Begins a reading of everything in a span. What is linked stays so. */
export async function beginRound(
  tx: Tx,
  { companyId, id }: CalendarSyncKey,
  { spanFrom, spanTo }: { spanFrom: Date; spanTo: Date },
): Promise<void> {
  await tx`
    update calendar_syncs
    set sync_token = null, page_token = null, position = position + 1, round = round + 1,
      span_from = ${spanFrom}, span_to = ${spanTo}, is_missing_due = false
    where company_id = ${companyId} and id = ${id}
  `;
}

/** Keeps how far a reading is: at another page, or at its end with a token. */
export async function advanceSync(
  tx: Tx,
  { companyId, id }: CalendarSyncKey,
  { pageToken, syncToken }: { pageToken: string | null; syncToken: string | null },
): Promise<void> {
  await tx`
    update calendar_syncs
    set position = position + 1, page_token = ${pageToken},
      is_missing_due = is_missing_due or (sync_token is null and ${syncToken}::text is not null),
      sync_token = coalesce(${syncToken}, sync_token)
    where company_id = ${companyId} and id = ${id}
  `;
}

/** What was missing has been looked up, or waits for a person. */
export async function recordMissing(
  tx: Tx,
  { companyId, id }: CalendarSyncKey,
  { held }: { held: number },
): Promise<void> {
  await tx`
    update calendar_syncs
    set held_deletions = ${held}, is_missing_due = ${held > 0}, may_delete = false
    where company_id = ${companyId} and id = ${id}
  `;
}

/** Somebody has seen how many would be deleted, and agrees. */
export async function allowDeletions(tx: Tx, { companyId, id }: CalendarSyncKey): Promise<void> {
  await tx`
    update calendar_syncs set may_delete = true where company_id = ${companyId} and id = ${id}
  `;
}

/**
 * Counts a sync that is asked for, and answers its number. With `unlessWaiting` only when none waits to
 * begin: a hundred messages of changes are one sync.
 */
export async function askForSync(
  tx: Tx,
  { companyId, id }: CalendarSyncKey,
  { unlessWaiting = false }: { unlessWaiting?: boolean } = {},
): Promise<number | undefined> {
  const [row] = await tx<{ asked: number }[]>`
    update calendar_syncs set asked = asked + 1
    where company_id = ${companyId} and id = ${id} and is_current
      ${unlessWaiting ? tx`and asked = begun` : tx``}
    returning asked
  `;
  return row?.asked;
}

/** From here on a change that is told of is for the next sync. */
export async function beginSync(
  sql: Sql | Tx,
  { companyId, id }: CalendarSyncKey,
  asked: number,
): Promise<void> {
  await sql`
    update calendar_syncs set begun = greatest(begun, ${asked})
    where company_id = ${companyId} and id = ${id}
  `;
}

export async function recordSynced(
  tx: Tx,
  { companyId, id }: CalendarSyncKey,
  values: { result: Record<string, unknown>; nextSyncAt: Date; now: Date },
): Promise<void> {
  await tx`
    update calendar_syncs
    set last_synced_at = ${values.now}, last_result = ${JSON.stringify(values.result)}::text::jsonb,
      next_sync_at = ${values.nextSyncAt}
    where company_id = ${companyId} and id = ${id}
  `;
}

/** Syncs of connected companies that are due; each is taken once, and counted as asked for. */
export async function takeDueSyncs(
  tx: Tx,
  { now, againMs, limit }: { now: Date; againMs: number; limit: number },
): Promise<{ companyId: number; syncId: number; asked: number }[]> {
  return await tx<{ companyId: number; syncId: number; asked: number }[]>`
    update calendar_syncs
    set asked = calendar_syncs.asked + 1,
      next_sync_at = ${now}::timestamptz + ${againMs}::float8 * interval '1 ms'
    from (
      select calendar_syncs.company_id, calendar_syncs.id
      from calendar_syncs
      join connections
        on connections.company_id = calendar_syncs.company_id
        and connections.provider = 'google-calendar'
        and connections.external_id = calendar_syncs.account
        and connections.status = 'connected'
      where calendar_syncs.is_current and calendar_syncs.next_sync_at <= ${now}
      order by calendar_syncs.next_sync_at
      limit ${limit}
      for update of calendar_syncs skip locked
    ) as due
    where calendar_syncs.company_id = due.company_id and calendar_syncs.id = due.id
    returning calendar_syncs.company_id, calendar_syncs.id as sync_id, calendar_syncs.asked
  `;
}
