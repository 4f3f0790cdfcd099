import type { CalendarEvent } from "../../connectors/google-calendar/contract.ts";
import {
  findLinkOfEntry,
  forgetLink,
  newLink,
  recordLink,
  type CalendarEventRow,
} from "../../db/calendar-events.ts";
import { findCurrentSync, lockSync, type CalendarSyncRow } from "../../db/calendar-syncs.ts";
import { lockScheduleEntry, readScheduleEntry } from "../../db/schedule-entries.ts";
import type { ScheduleEntryRow } from "../../db/schedule-entries.ts";
import { inTransaction } from "../../db/transaction.ts";
import { ProviderRejected, ProviderUnavailable } from "../../errors.ts";
import type { JobContext } from "../define-job.ts";
import type { CallCalendar } from "./calls.ts";
import { eventIdOf, factsOfEntry, goneEvent, stampOf } from "./facts.ts";
import { meet } from "./meet.ts";
import type { KeepingOf } from "./read-changes.ts";
import { firstDayShown } from "./span.ts";

/** Each round is a change by somebody else in between; more than a few is no chance. */
const ROUNDS_MAX = 6;

/** What became of an entry that was to be shown: "shown" when the calendar was changed for it. */
export type Shown = "shown" | "in-step" | "not-wanted";

/**
 * Makes the calendar show an entry as it is now: makes, changes or deletes its event. Whoever is
 * overtaken, by another worker or by somebody in the calendar, looks at both again. An event is made
 * under an id of ours, so that one whose answer was lost is found and not made again.
 */
export async function showEntry(
  ctx: JobContext,
  call: CallCalendar,
  {
    companyId,
    account,
    entryId,
    keepingOf,
  }: { companyId: number; account: string; entryId: number; keepingOf: KeepingOf },
): Promise<Shown> {
  let shown: Shown = "in-step";
  let isRestored = false;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    ctx.signal.throwIfAborted();
    const sync = await findCurrentSync(ctx.sql, { companyId, account });
    const entry = await readScheduleEntry(ctx.sql, { companyId, id: entryId });
    if (sync === undefined || sync.direction === "pull" || entry === undefined) return "not-wanted";
    const link = await findLinkOfEntry(ctx.sql, sync, entryId);
    if (link?.entryVersion === entry.version) return shown;
    if (link === undefined) {
      const { now, company } = keepingOf(sync);
      const isPast = entry.endDate < firstDayShown(now, company.timezone);
      if (entry.deletedAt !== null || isPast) return "not-wanted";
    }
    const at: At = { ctx, call, sync, entry, keepingOf, isRestored };
    const event: Written = link === undefined ? await make(at) : await change(at, link);
    isRestored = event === "restore";
    if (event === "again" || event === "restore") continue;
    await record(ctx, sync, entry, link, event);
    shown = "shown";
  }
  throw new ProviderUnavailable("Google Calendar: the event is changed all the time");
}

interface At {
  ctx: JobContext;
  call: CallCalendar;
  sync: CalendarSyncRow;
  entry: ScheduleEntryRow;
  keepingOf: KeepingOf;
  /** Whether its event is known to have been deleted. */
  isRestored: boolean;
}

/** An event as it was written; or what the next look at both has to know. */
type Written = Pick<CalendarEvent, "id" | "etag" | "updatedAt"> | "again" | "restore";

async function make(at: At): Promise<Written> {
  const { ctx, call, sync, entry } = at;
  const google = ctx.connectors.googleCalendar;
  const id = eventIdOf(sync.companyId, entry);
  const key = { calendarId: sync.calendarId, id };
  const facts = factsOfEntry(entry);
  const stamp = stampOf(sync.companyId, entry.id, facts);
  const made = await call((access) => google.insertEvent(access, { ...key, facts, stamp }));
  if (made !== "taken") return made;
  // We have made it before, and did not hear of it; or it was deleted since.
  const found = await call((access) => google.findEvent(access, key));
  if (found === undefined) {
    throw new ProviderUnavailable("Google Calendar: an event is there and cannot be read");
  }
  const isOurs = found.facts === null || found.stamp?.startsWith(`${sync.companyId}/${entry.id}/`);
  if (isOurs !== true) {
    throw new ProviderRejected("Google Calendar: somebody else has an event of this id", {
      code: "event_id_taken",
    });
  }
  return await meetAgain(at, found, newLink(id, entry.id));
}

async function change(at: At, link: CalendarEventRow): Promise<Written> {
  const { ctx, call, sync, entry, isRestored } = at;
  const google = ctx.connectors.googleCalendar;
  const key = { calendarId: sync.calendarId, id: link.eventId };
  const { etag } = link;
  if (entry.deletedAt !== null) {
    const done = await call((access) => google.deleteEvent(access, { ...key, etag }));
    if (done === "deleted") return { id: link.eventId, etag, updatedAt: undefined };
  } else {
    const facts = factsOfEntry(entry);
    const stamp = stampOf(sync.companyId, entry.id, facts);
    const done = await call((access) =>
      google.changeEvent(access, { ...key, etag, facts, stamp, isRestored }),
    );
    if (done !== "stale" && done !== "gone") return done;
  }
  const found = await call((access) => google.findEvent(access, key));
  if (found !== undefined) return await meetAgain(at, found, link);
  // Not even its id is known any more: deleted, or to be made anew.
  if (entry.deletedAt !== null) return { id: link.eventId, etag, updatedAt: undefined };
  await meetAgain(at, goneEvent(link.eventId), link);
  await inTransaction(ctx.sql, (tx) => forgetLink(tx, sync, link.eventId));
  return "again";
}

/** Looks at both again, as they are by now; afterwards the entry has followed, or is to be shown anew. */
async function meetAgain(
  { ctx, sync, entry, keepingOf }: At,
  event: CalendarEvent,
  link: CalendarEventRow,
): Promise<"again" | "restore"> {
  await inTransaction(ctx.sql, async (tx) => {
    const current = await lockSync(tx, sync);
    const locked = await lockScheduleEntry(tx, { companyId: sync.companyId, id: entry.id });
    if (current === undefined || locked === undefined) return;
    const newest = (await findLinkOfEntry(tx, sync, entry.id)) ?? link;
    await meet(tx, keepingOf(current), { entry: locked, link: newest, event });
  });
  return event.facts === null ? "restore" : "again";
}

async function record(
  { sql }: JobContext,
  sync: CalendarSyncRow,
  entry: ScheduleEntryRow,
  link: CalendarEventRow | undefined,
  { id, etag, updatedAt }: Pick<CalendarEvent, "id" | "etag" | "updatedAt">,
): Promise<void> {
  await inTransaction(sql, async (tx) => {
    // In one order with whoever reads.
    await lockSync(tx, sync);
    await lockScheduleEntry(tx, { companyId: sync.companyId, id: entry.id });
    const newest = await findLinkOfEntry(tx, sync, entry.id);
    // Somebody has shown a newer version meanwhile.
    if (newest !== undefined && newest.entryVersion > entry.version) return;
    await recordLink(tx, sync, {
      eventId: id,
      entryId: entry.id,
      seriesId: link?.seriesId ?? null,
      etag,
      entryVersion: entry.version,
      eventUpdatedAt: updatedAt ?? null,
    });
  });
}
