import type { CalendarEvent, EventPage } from "../../connectors/google-calendar/contract.ts";
import {
  findLinkOfEntry,
  listLinksOfEvents,
  markSeen,
  newLink,
  type CalendarEventRow,
} from "../../db/calendar-events.ts";
import {
  advanceSync,
  beginRound,
  findCurrentSync,
  lockSync,
  type CalendarSyncRow,
} from "../../db/calendar-syncs.ts";
import type { Tx } from "../../db/client.ts";
import { lockScheduleEntry } from "../../db/schedule-entries.ts";
import { inTransaction } from "../../db/transaction.ts";
import { ProviderRejected, ProviderUnavailable } from "../../errors.ts";
import type { JobContext } from "../define-job.ts";
import type { CallCalendar } from "./calls.ts";
import { entryIdOfStamp, eventIdOf } from "./facts.ts";
import { countKept, meetEntry, takeOver, type Keeping, type Kept, type Tally } from "./meet.ts";
import { isSpanOld, spanAt } from "./span.ts";

/** A second one may follow when another worker reads at the same time. */
const ROUNDS_MAX = 3;

export type KeepingOf = (sync: CalendarSyncRow) => Keeping;

/**
 * Reads what has changed in the calendar, or everything when there is no token, the token has expired
 * (410) or the span has become old. Each page is kept together with the place of the next one, so that
 * a reading goes on where it was killed. Of two that read at once, one keeps the page.
 */
export async function readChanges(
  ctx: JobContext,
  call: CallCalendar,
  { companyId, account, keepingOf }: { companyId: number; account: string; keepingOf: KeepingOf },
): Promise<{ tally: Tally; rounds: number }> {
  const tally: Tally = {};
  let rounds = 0;
  let mayBeginAnew = true;
  for (;;) {
    ctx.signal.throwIfAborted();
    const sync = await findSync();
    if (sync === undefined || sync.direction === "push") return { tally, rounds };
    const { now } = keepingOf(sync);
    const isOld = sync.syncToken !== null && isSpanOld(sync, now);
    const page = isOld ? "expired" : await readPage(sync);
    if (page === "expired") {
      rounds += 1;
      if (rounds > ROUNDS_MAX) {
        throw new ProviderUnavailable("Google Calendar: each token it gives has expired");
      }
      await keepAt(ctx, sync, (tx) => beginRound(tx, sync, spanAt(now)));
      continue;
    }
    if (page === "lost") {
      // The place is not known over there any more: the reading begins anew, once.
      if (!mayBeginAnew) throw new ProviderUnavailable("Google Calendar: no page can be read");
      mayBeginAnew = false;
      await keepAt(ctx, sync, (tx) => advanceSync(tx, sync, { pageToken: null, syncToken: null }));
      continue;
    }
    const isKept = await keepAt(ctx, sync, async (tx) => {
      await keepEvents(tx, keepingOf(sync), page.events, tally);
      if (sync.syncToken === null) {
        const eventIds = page.events.map(({ id }) => id);
        await markSeen(tx, sync, { eventIds, round: sync.round });
      }
      await advanceSync(tx, sync, page);
    });
    if (isKept && page.syncToken !== null) return { tally, rounds };
  }

  async function findSync(): Promise<CalendarSyncRow | undefined> {
    return await findCurrentSync(ctx.sql, { companyId, account });
  }

  async function readPage(sync: CalendarSyncRow): Promise<EventPage | "expired" | "lost"> {
    const { calendarId, pageToken, syncToken } = sync;
    const from = syncToken === null ? { from: sync.spanFrom, to: sync.spanTo } : { syncToken };
    try {
      const page = await call((access) =>
        ctx.connectors.googleCalendar.listEvents(access, { calendarId, from, pageToken }),
      );
      if (page === "expired" || page.pageToken !== null || page.syncToken !== null) return page;
    } catch (error) {
      const isRefused = error instanceof ProviderRejected && error.code === "provider_rejected";
      if (isRefused && pageToken !== null) return "lost";
      throw error;
    }
    throw new ProviderUnavailable("Google Calendar: a list that does not go on and does not end");
  }
}

/** Keeps something of a reading, unless somebody else has kept it meanwhile. */
async function keepAt(
  { sql }: JobContext,
  sync: CalendarSyncRow,
  keep: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  return await inTransaction(sql, async (tx) => {
    const current = await lockSync(tx, sync);
    if (current?.position !== sync.position) return false;
    await keep(tx);
    return true;
  });
}

async function keepEvents(
  tx: Tx,
  keeping: Keeping,
  events: readonly CalendarEvent[],
  tally: Tally,
): Promise<void> {
  const { sync } = keeping;
  const ids = events.map(({ id }) => id);
  const links = await listLinksOfEvents(tx, sync, ids);
  const linkOf = new Map(links.map((link) => [link.eventId, link]));
  const count = (kept: Kept): void => countKept(tally, kept);
  for (const event of events.filter(({ isRegular }) => isRegular)) {
    const link = linkOf.get(event.id);
    if (link !== undefined) {
      count(await meetEntry(tx, keeping, event, link));
    } else if (event.facts === null) {
      // A series that is gone takes its instances along, whether or not each is told of.
      for (const instance of links.filter(({ seriesId }) => seriesId === event.id)) {
        if (ids.includes(instance.eventId)) continue;
        count(await meetEntry(tx, keeping, { ...event, id: instance.eventId }, instance));
      }
    } else {
      const own = await findOwnEntry(tx, keeping, event);
      count(
        own === undefined
          ? await takeOver(tx, keeping, event)
          : await meetEntry(tx, keeping, event, own),
      );
    }
  }
}

/** The entry of an event that we have made, and were killed before we could write that down. */
async function findOwnEntry(
  tx: Tx,
  { company, sync }: Keeping,
  event: CalendarEvent,
): Promise<CalendarEventRow | undefined> {
  const entryId = entryIdOfStamp(company.id, event);
  if (entryId === undefined) return undefined;
  const entry = await lockScheduleEntry(tx, { companyId: company.id, id: entryId });
  // A copy that somebody made over there has our stamp, and another id.
  if (entry === undefined || eventIdOf(company.id, entry) !== event.id) return undefined;
  const known = await findLinkOfEntry(tx, sync, entryId);
  return known ?? newLink(event.id, entryId);
}
