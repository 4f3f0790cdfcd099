import { recordScheduleEvent, shownFacts } from "../../actions/change-schedule.ts";
import type { CalendarEvent } from "../../connectors/google-calendar/contract.ts";
import { recordLink, type CalendarEventRow } from "../../db/calendar-events.ts";
import type { CalendarSyncRow } from "../../db/calendar-syncs.ts";
import type { Tx } from "../../db/client.ts";
import type { CompanyRow } from "../../db/companies.ts";
import {
  insertScheduleEntry,
  lockScheduleEntry,
  markScheduleEntryDeleted,
  updateScheduleRow,
  type ScheduleEntryRow,
} from "../../db/schedule-entries.ts";
import { decide, factsForCompany } from "./decide.ts";
import { factsOfEntry, fieldsOfFacts } from "./facts.ts";

/** Where and when an event is kept. */
export interface Keeping {
  company: CompanyRow;
  sync: CalendarSyncRow;
  /** On the company's clock. */
  now: Date;
  /** On the machine's. */
  machineNow: Date;
}

/** What became of an event that was looked at. */
export type Kept = "unchanged" | "created" | "updated" | "deleted" | "restored" | "kept";

/** How many events a sync has looked at, by what became of them. */
export type Tally = Partial<Record<Kept, number>>;

export function countKept(tally: Tally, kept: Kept): void {
  tally[kept] = (tally[kept] ?? 0) + 1;
}

/** Where a change comes from, as events tell it. */
const FROM = { changed_by: "google-calendar" };

/** Takes an event over that the schedule does not have. */
export async function takeOver(tx: Tx, keeping: Keeping, event: CalendarEvent): Promise<Kept> {
  const { company, sync, now } = keeping;
  if (event.facts === null || event.isPrivate) return "unchanged";
  const entry = await insertScheduleEntry(
    tx,
    {
      companyId: company.id,
      source: "google-calendar",
      changedAt: event.updatedAt ?? keeping.machineNow,
      now,
    },
    { userId: null, clientId: null, projectId: null, ...fieldsOfFacts(event.facts) },
  );
  await recordLink(tx, sync, {
    eventId: event.id,
    entryId: entry.id,
    seriesId: event.seriesId,
    etag: event.etag,
    entryVersion: entry.version,
    eventUpdatedAt: event.updatedAt ?? null,
  });
  await recordScheduleEvent(tx, byCalendar(keeping), "schedule_entry.created", entry, FROM);
  return "created";
}

/** Brings an event and its entry together. */
export async function meetEntry(
  tx: Tx,
  keeping: Keeping,
  event: CalendarEvent,
  link: CalendarEventRow,
): Promise<Kept> {
  const key = { companyId: keeping.company.id, id: link.entryId };
  const entry = await lockScheduleEntry(tx, key);
  return entry === undefined ? "unchanged" : await meet(tx, keeping, { entry, link, event });
}

/**
 * Brings a locked entry and its event together, by the rule of `decide`. What loses is kept in the
 * activity log. Afterwards the link has the event's etag, so that the same state is looked at once.
 */
export async function meet(
  tx: Tx,
  keeping: Keeping,
  { entry, link, event }: { entry: ScheduleEntryRow; link: CalendarEventRow; event: CalendarEvent },
): Promise<Kept> {
  const { company, sync } = keeping;
  if (event.etag === link.etag || isOldNews(event, link)) return "unchanged";
  const seen = { ...link, etag: event.etag, eventUpdatedAt: event.updatedAt ?? null };
  const { id: companyId } = company;
  const decision = decide({ companyId, direction: sync.direction, entry, link, event });
  switch (decision) {
    case "alike":
      await recordLink(tx, sync, { ...seen, entryVersion: entry.version });
      return "unchanged";
    case "our-own":
      await recordLink(tx, sync, seen);
      return "unchanged";
    case "ours-won":
      await recordLink(tx, sync, seen);
      await recordLoser(tx, keeping, { entry, event, decision });
      return "kept";
    case "theirs":
    case "theirs-won": {
      if (decision === "theirs-won") await recordLoser(tx, keeping, { entry, event, decision });
      const { changed, kept } = await follow(tx, keeping, entry, event);
      await recordLink(tx, sync, { ...seen, entryVersion: changed.version });
      return kept;
    }
  }
}

/** What was read before we changed the event, and comes to be kept after it. */
function isOldNews({ updatedAt }: CalendarEvent, { eventUpdatedAt }: CalendarEventRow): boolean {
  return updatedAt !== undefined && eventUpdatedAt !== null && updatedAt < eventUpdatedAt;
}

/** Makes the entry say what the event does. */
async function follow(
  tx: Tx,
  keeping: Keeping,
  entry: ScheduleEntryRow,
  event: CalendarEvent,
): Promise<{ changed: ScheduleEntryRow; kept: Kept }> {
  const { company, now, machineNow } = keeping;
  const by = byCalendar(keeping);
  const changedAt = event.updatedAt ?? machineNow;
  const key = { companyId: company.id, id: entry.id, changedAt, now };
  const facts = factsForCompany(entry, event);
  if (facts === null) {
    const changed = await markScheduleEntryDeleted(tx, key);
    await recordScheduleEvent(tx, by, "schedule_entry.deleted", changed, FROM);
    return { changed, kept: "deleted" };
  }
  const fields = { ...entry, ...fieldsOfFacts(facts, entry.timezone) };
  const changed = await updateScheduleRow(tx, key, fields);
  const isBack = entry.deletedAt !== null;
  const type = isBack ? "schedule_entry.restored" : "schedule_entry.updated";
  await recordScheduleEvent(tx, by, type, changed, FROM);
  return { changed, kept: isBack ? "restored" : "updated" };
}

/** What somebody said and does not count any more, word for word. */
async function recordLoser(
  tx: Tx,
  keeping: Keeping,
  {
    entry,
    event,
    decision,
  }: { entry: ScheduleEntryRow; event: CalendarEvent; decision: "ours-won" | "theirs-won" },
): Promise<void> {
  const ours = entry.deletedAt === null ? factsOfEntry(entry) : null;
  const lost = decision === "ours-won" ? factsForCompany(entry, event) : ours;
  await recordScheduleEvent(tx, byCalendar(keeping), "schedule_entry.overruled", entry, {
    winner: decision === "ours-won" ? "schedule" : "google-calendar",
    lost:
      lost === null
        ? { is_deleted: true }
        : { ...shownFacts(fieldsOfFacts(lost, entry.timezone)), notes: lost.notes },
    changed_here_at: entry.changedAt.toISOString(),
    changed_there_at: event.updatedAt?.toISOString() ?? null,
  });
}

function byCalendar({ company, now }: Keeping) {
  return { company, causerId: null, now };
}
