import type { CalendarEvent, EventFacts } from "../../connectors/google-calendar/contract.ts";
import type { CalendarEventRow } from "../../db/calendar-events.ts";
import type { CalendarSyncRow } from "../../db/calendar-syncs.ts";
import type { ScheduleEntryRow } from "../../db/schedule-entries.ts";
import { factsOfEntry, isOurOwn, isSame } from "./facts.ts";

/** What follows when an entry and its event, in a state we have not seen, are looked at together. */
export type Decision =
  /** They say the same. */
  | "alike"
  /** The event says what we made it say: what is new is here. */
  | "our-own"
  /** What is new is over there. */
  | "theirs"
  /** Both are new, and theirs came later. */
  | "theirs-won"
  /** Both are new, and ours came later. */
  | "ours-won";

/** What the event says to the company; null when it is gone, or not for everybody's eyes. */
export function factsForCompany(
  { source }: Pick<ScheduleEntryRow, "source">,
  { facts, isPrivate }: CalendarEvent,
): EventFacts | null {
  return isPrivate && source === "google-calendar" ? null : facts;
}

/**
 * The rule of conflicts: of two changes the later one wins, each by the clock of its side, and theirs
 * when they are at one moment. A deletion of which Google does not say when it was loses against a
 * change. A calendar that is only written to never wins, one that is only read always does.
 */
export function decide({
  companyId,
  direction,
  entry,
  link,
  event,
}: {
  companyId: number;
  direction: CalendarSyncRow["direction"];
  entry: ScheduleEntryRow;
  link: Pick<CalendarEventRow, "entryVersion">;
  event: CalendarEvent;
}): Decision {
  const theirs = factsForCompany(entry, event);
  const ours = entry.deletedAt === null ? factsOfEntry(entry) : null;
  if (theirs === null || ours === null ? theirs === ours : isSame(theirs, ours)) return "alike";
  const isNewHere = entry.version !== link.entryVersion;
  // Without anything new here, somebody has put it back to what we wrote.
  if (isNewHere && isOurOwn(companyId, entry.id, event)) return "our-own";
  if (direction === "push") return "ours-won";
  if (!isNewHere) return "theirs";
  if (direction === "pull") return "theirs-won";
  const { updatedAt } = event;
  return updatedAt !== undefined && updatedAt >= entry.changedAt ? "theirs-won" : "ours-won";
}
