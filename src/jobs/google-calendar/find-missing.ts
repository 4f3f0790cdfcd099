import { raiseAttention, settleAttention } from "../../db/attention.ts";
import { listMissing } from "../../db/calendar-events.ts";
import { lockSync, recordMissing, type CalendarSyncRow } from "../../db/calendar-syncs.ts";
import { inTransaction } from "../../db/transaction.ts";
import { localDateOf } from "../../billing/dates.ts";
import type { JobContext } from "../define-job.ts";
import type { CallCalendar } from "./calls.ts";
import { goneEvent } from "./facts.ts";
import { countKept, meetEntry, type Kept, type Tally } from "./meet.ts";
import type { KeepingOf } from "./read-changes.ts";

/** So many may be gone after a reading of everything, or a fifth of all: more wait for a person. */
const DELETIONS_MAX = 10;
const SHARE_MAX = 0.2;

/**
 * What a reading of everything did not find is looked up one by one, and is deleted here only when
 * Google says that it is. When too much is missing, nothing is: a calendar that was emptied by mistake
 * empties no schedule. Answers how many wait for a person.
 */
export async function findMissing(
  ctx: JobContext,
  call: CallCalendar,
  { sync, keepingOf, tally }: { sync: CalendarSyncRow; keepingOf: KeepingOf; tally: Tally },
): Promise<number> {
  if (!sync.isMissingDue) return 0;
  const { missing, linked } = await listMissing(ctx.sql, sync, {
    round: sync.round,
    from: localDateOf(sync.spanFrom, "UTC"),
    to: localDateOf(sync.spanTo, "UTC"),
  });
  const most = Math.max(DELETIONS_MAX, Math.floor(linked * SHARE_MAX));
  if (missing.length > most && !sync.mayDelete) {
    await hold(ctx, sync, missing.length);
    return missing.length;
  }
  for (const link of missing) {
    ctx.signal.throwIfAborted();
    const key = { calendarId: sync.calendarId, id: link.eventId };
    const found = await call((access) => ctx.connectors.googleCalendar.findEvent(access, key));
    const kept = await inTransaction(ctx.sql, async (tx): Promise<Kept> => {
      const current = await lockSync(tx, sync);
      if (current === undefined) return "unchanged";
      return await meetEntry(tx, keepingOf(current), found ?? goneEvent(key.id), link);
    });
    countKept(tally, kept);
  }
  await inTransaction(ctx.sql, async (tx) => {
    await recordMissing(tx, sync, { held: 0 });
    await settleAttention(tx, { ...itemOf(sync), resolution: "the events were looked up" });
  });
  return 0;
}

async function hold(ctx: JobContext, sync: CalendarSyncRow, held: number): Promise<void> {
  await inTransaction(ctx.sql, async (tx) => {
    await recordMissing(tx, sync, { held });
    await raiseAttention(tx, {
      ...itemOf(sync),
      title: `${held} events are missing in the calendar ${sync.name}`,
      detail: "Their entries stand until somebody agrees that they are deleted.",
      runId: ctx.run.id,
    });
  });
}

function itemOf({ companyId, id }: CalendarSyncRow) {
  return { companyId, kind: "calendar.deletions-held", key: String(id) };
}
