import { z } from "zod";
import { withConnection, type OpenConnection } from "../../actions/use-connection.ts";
import { raiseAttention, settleAttention } from "../../db/attention.ts";
import { listOutOfStep } from "../../db/calendar-events.ts";
import {
  beginSync,
  findCurrentSync,
  recordSynced,
  type CalendarSyncRow,
} from "../../db/calendar-syncs.ts";
import { inTransaction } from "../../db/transaction.ts";
import { ProviderRejected } from "../../errors.ts";
import { defineJob, done, skipped, type JobContext, type Outcome } from "../define-job.ts";
import { callerOf, type CallCalendar } from "./calls.ts";
import { findMissing } from "./find-missing.ts";
import { keepChannel } from "./keep-channel.ts";
import { loadKeeping } from "./load-keeping.ts";
import { readChanges, type KeepingOf } from "./read-changes.ts";
import { showEntry } from "./show-entry.ts";
import { firstDayShown } from "./span.ts";

const ENTRIES_PER_CHUNK = 100;
/** Messages of changes may get lost, so the calendar is asked all the same. */
const POLL_MS = 3_600_000;
/** Where nobody tells us. */
const POLL_ALONE_MS = 300_000;

/**
 * Brings schedule and calendar together: reads what has changed over there, shows what has not been
 * shown yet, and sees to the channel that tells of changes. Killed anywhere it goes on where it was; two
 * at once do nothing twice.
 */
export const syncCalendar = defineJob({
  name: "calendar.sync",
  provider: "google-calendar",
  queue: "default",
  payload: z.object({ companyId: z.int(), syncId: z.int(), asked: z.int() }),
  retry: { attempts: 10, delayMsFirst: 5_000, delayMsMax: 3_600_000 },
  timeoutMs: 1_800_000,
  idempotencyKey: ({ companyId, syncId, asked }) => `${companyId}/${syncId}/${asked}`,

  async run(ctx, { companyId, syncId, asked }) {
    await beginSync(ctx.sql, { companyId, id: syncId }, asked);
    return await withConnection(
      ctx,
      { companyId, provider: "google-calendar" },
      async (connection) => {
        const keepingOf = await loadKeeping(ctx, companyId);
        return await syncBoth(ctx, connection, { syncId, keepingOf });
      },
    );
  },
});

async function syncBoth(
  ctx: JobContext,
  connection: OpenConnection,
  { syncId, keepingOf }: { syncId: number; keepingOf: KeepingOf },
): Promise<Outcome> {
  const { companyId, externalId: account } = connection;
  const call = callerOf(ctx, connection);
  const find = async (): Promise<CalendarSyncRow | undefined> => {
    const sync = await findCurrentSync(ctx.sql, { companyId, account });
    return sync?.id === syncId ? sync : undefined;
  };
  const first = await find();
  if (first === undefined) return skipped("another calendar was chosen");
  try {
    const { tally, rounds } = await readChanges(ctx, call, { companyId, account, keepingOf });
    const read = (await find()) ?? first;
    const held = await findMissing(ctx, call, { sync: read, keepingOf, tally });
    const pushed = await showAll(ctx, call, { sync: read, account, keepingOf });
    const channelEndsAt = await keepChannel(ctx, call, read);
    const result = { ...tally, ...pushed, full_readings: rounds, held };
    await finish(ctx, read, { result, channelEndsAt, refused: pushed.refused });
    return done({ ...result, channel_ends_at: channelEndsAt?.toISOString() ?? null });
  } catch (error) {
    if (!(error instanceof ProviderRejected) || error.code !== "provider_not_found") throw error;
    await raiseGone(ctx, first);
    return skipped("the calendar is not there any more");
  }
}

/** One that Google refuses is told of, and keeps no other from being shown. */
async function showAll(
  ctx: JobContext,
  call: CallCalendar,
  { sync, account, keepingOf }: { sync: CalendarSyncRow; account: string; keepingOf: KeepingOf },
): Promise<{ shown: number; refused: number }> {
  const { companyId } = sync;
  const counts = { shown: 0, refused: 0 };
  if (sync.direction === "pull") return counts;
  const { now, company } = keepingOf(sync);
  const since = firstDayShown(now, company.timezone);
  for (let afterId = 0; ;) {
    const ids = await listOutOfStep(ctx.sql, sync, { since, afterId, limit: ENTRIES_PER_CHUNK });
    for (const entryId of ids) {
      ctx.signal.throwIfAborted();
      afterId = entryId;
      try {
        const shown = await showEntry(ctx, call, { companyId, account, entryId, keepingOf });
        if (shown === "shown") counts.shown += 1;
      } catch (error) {
        if (!(error instanceof ProviderRejected)) throw error;
        ctx.log.warn({ entryId, code: error.providerCode }, "Google refuses to show an entry");
        counts.refused += 1;
      }
      ctx.progress(counts);
    }
    if (ids.length < ENTRIES_PER_CHUNK) return counts;
  }
}

async function finish(
  ctx: JobContext,
  sync: CalendarSyncRow,
  {
    result,
    channelEndsAt,
    refused,
  }: { result: Record<string, unknown>; channelEndsAt: Date | null; refused: number },
): Promise<void> {
  const now = ctx.clock.now();
  const pollMs = channelEndsAt === null ? POLL_ALONE_MS : POLL_MS;
  const { companyId, id, name } = sync;
  const key = String(id);
  await inTransaction(ctx.sql, async (tx) => {
    const nextSyncAt = new Date(now.getTime() + pollMs);
    await recordSynced(tx, sync, { result, nextSyncAt, now });
    await settleAttention(tx, {
      companyId,
      kind: "calendar.not-found",
      key,
      resolution: "it was found",
    });
    const item = { companyId, kind: "calendar.entries-refused", key };
    if (refused === 0) {
      await settleAttention(tx, { ...item, resolution: "all were taken" });
      return;
    }
    await raiseAttention(tx, {
      ...item,
      title: `Google refuses ${refused} entries of the schedule for the calendar ${name}`,
      runId: ctx.run.id,
    });
  });
}

/** The schedule stays as it is: a calendar that is gone has deleted nothing. */
async function raiseGone(ctx: JobContext, { companyId, id, name }: CalendarSyncRow): Promise<void> {
  await raiseAttention(ctx.sql, {
    companyId,
    kind: "calendar.not-found",
    key: String(id),
    title: `The calendar ${name} cannot be found at Google`,
    detail:
      "Nothing was changed in the schedule. Choose another calendar, or share this one again.",
    runId: ctx.run.id,
  });
}
