import type { LocalDate } from "../billing/dates.ts";
import type { CalendarSyncKey } from "./calendar-syncs.ts";
import type { Sql, Tx } from "./client.ts";

/** An entry of the schedule and the event that is the same thing in a calendar. */
export interface CalendarEventRow {
  eventId: string;
  entryId: number;
  /** The series over there that it is an instance of. */
  seriesId: string | null;
  /** The state over there in which both were alike last. */
  etag: string;
  /** The same of the entry. */
  entryVersion: number;
  /** When the event was changed to that state, by Google's clock, as far as it has said. */
  eventUpdatedAt: Date | null;
}

/** Of an event that we have made and never noted: no state of it is known. */
export function newLink(eventId: string, entryId: number): CalendarEventRow {
  return { eventId, entryId, seriesId: null, etag: "", entryVersion: 0, eventUpdatedAt: null };
}

function columns(sql: Sql | Tx) {
  return sql`event_id, entry_id, series_id, etag, entry_version, event_updated_at`;
}

/** The links of these events, and of the instances of those that are series. */
export async function listLinksOfEvents(
  sql: Sql | Tx,
  { companyId, id }: CalendarSyncKey,
  eventIds: readonly string[],
): Promise<CalendarEventRow[]> {
  return await sql<CalendarEventRow[]>`
    select ${columns(sql)} from calendar_events
    where company_id = ${companyId} and sync_id = ${id}
      and (event_id = any(${[...eventIds]}::text[]) or series_id = any(${[...eventIds]}::text[]))
  `;
}

export async function findLinkOfEntry(
  sql: Sql | Tx,
  { companyId, id }: CalendarSyncKey,
  entryId: number,
): Promise<CalendarEventRow | undefined> {
  const [row] = await sql<CalendarEventRow[]>`
    select ${columns(sql)} from calendar_events
    where company_id = ${companyId} and sync_id = ${id} and entry_id = ${entryId}
  `;
  return row;
}

/** Links an entry with its event, or keeps the states in which both are alike. */
export async function recordLink(
  tx: Tx,
  { companyId, id }: CalendarSyncKey,
  link: CalendarEventRow,
): Promise<void> {
  await tx`
    insert into calendar_events (
      company_id, sync_id, event_id, entry_id, series_id, etag, entry_version, event_updated_at
    )
    values (
      ${companyId}, ${id}, ${link.eventId}, ${link.entryId}, ${link.seriesId}, ${link.etag},
      ${link.entryVersion}, ${link.eventUpdatedAt}
    )
    on conflict (company_id, sync_id, event_id) do update
    set etag = excluded.etag, entry_version = excluded.entry_version,
      event_updated_at = coalesce(excluded.event_updated_at, calendar_events.event_updated_at)
  `;
}

/** An event that is not even known to have been deleted. */
export async function forgetLink(
  tx: Tx,
  { companyId, id }: CalendarSyncKey,
  eventId: string,
): Promise<void> {
  await tx`
    delete from calendar_events
    where company_id = ${companyId} and sync_id = ${id} and event_id = ${eventId}
  `;
}

/** These events were found by a reading of everything. */
export async function markSeen(
  tx: Tx,
  { companyId, id }: CalendarSyncKey,
  { eventIds, round }: { eventIds: readonly string[]; round: number },
): Promise<void> {
  await tx`
    update calendar_events set seen_round = ${round}
    where company_id = ${companyId} and sync_id = ${id} and event_id = any(${[...eventIds]}::text[])
  `;
}

/** Events that a reading of a span should have found and did not, although their entries stand. */
export async function listMissing(
  sql: Sql | Tx,
  { companyId, id }: CalendarSyncKey,
  { round, from, to }: { round: number; from: LocalDate; to: LocalDate },
): Promise<{ missing: CalendarEventRow[]; linked: number }> {
  const rows = await sql<(CalendarEventRow & { isSeen: boolean })[]>`
    select
      calendar_events.event_id, calendar_events.entry_id, calendar_events.series_id,
      calendar_events.etag, calendar_events.entry_version, calendar_events.event_updated_at,
      calendar_events.seen_round >= ${round} as is_seen
    from calendar_events
    join schedule_entries
      on schedule_entries.company_id = calendar_events.company_id
      and schedule_entries.id = calendar_events.entry_id
    where calendar_events.company_id = ${companyId} and calendar_events.sync_id = ${id}
      and schedule_entries.deleted_at is null
      and schedule_entries.start_date > ${from} and schedule_entries.end_date < ${to}
    order by calendar_events.entry_id
  `;
  return { missing: rows.filter(({ isSeen }) => !isSeen), linked: rows.length };
}

/** Entries that the calendar has to be told of, from an id on: new ones since a day, and changed ones. */
export async function listOutOfStep(
  sql: Sql | Tx,
  { companyId, id }: CalendarSyncKey,
  { since, afterId, limit }: { since: LocalDate; afterId: number; limit: number },
): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select schedule_entries.id
    from schedule_entries
    left join calendar_events
      on calendar_events.company_id = schedule_entries.company_id
      and calendar_events.entry_id = schedule_entries.id
      and calendar_events.sync_id = ${id}
    where schedule_entries.company_id = ${companyId} and schedule_entries.id > ${afterId}
      and case
        when calendar_events.entry_id is null then
          schedule_entries.deleted_at is null and schedule_entries.end_date >= ${since}
        else calendar_events.entry_version <> schedule_entries.version
      end
    order by schedule_entries.id
    limit ${limit}
  `;
  return rows.map((row) => row.id);
}

/** An entry that a calendar is to be told of, because of an event. */
interface PushTarget {
  eventId: number;
  companyId: number;
  syncId: number;
  entryId: number;
  /** Of the entry, now. */
  version: number;
}

/** Which of some events are about entries that a chosen calendar is to be told of. */
export async function listPushTargets(
  sql: Sql | Tx,
  eventIds: readonly number[],
): Promise<PushTarget[]> {
  return await sql<PushTarget[]>`
    select events.id as event_id, events.company_id, calendar_syncs.id as sync_id,
      schedule_entries.id as entry_id, schedule_entries.version
    from events
    join schedule_entries
      on schedule_entries.company_id = events.company_id
      and schedule_entries.id = events.subject_id
    join calendar_syncs
      on calendar_syncs.company_id = events.company_id
      and calendar_syncs.is_current
      and calendar_syncs.direction <> 'pull'
    join connections
      on connections.company_id = events.company_id
      and connections.provider = 'google-calendar'
      and connections.external_id = calendar_syncs.account
      and connections.status <> 'disabled'
    left join calendar_events
      on calendar_events.company_id = events.company_id
      and calendar_events.entry_id = schedule_entries.id
      and calendar_events.sync_id = calendar_syncs.id
    where events.id = any(${[...eventIds]}::bigint[])
      and events.subject_type = 'schedule-entry'
      and calendar_events.entry_version is distinct from schedule_entries.version
  `;
}
