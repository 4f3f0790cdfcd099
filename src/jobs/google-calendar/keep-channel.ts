import {
  deleteChannel,
  insertChannel,
  listChannels,
  recordOpened,
  type CalendarChannelRow,
} from "../../db/calendar-channels.ts";
import type { CalendarSyncRow } from "../../db/calendar-syncs.ts";
import { ProviderRejected } from "../../errors.ts";
import { createToken, hashToken } from "../../platform/tokens.ts";
import { uuidV7 } from "../../platform/uuid-v7.ts";
import type { JobContext } from "../define-job.ts";
import type { CallCalendar } from "./calls.ts";

/** Google ends a channel after a week, and renews none: the next one is opened so long before. */
const AHEAD_MS = 86_400_000;

/**
 * Sees to it that we are told of changes: opens the next channel before the one we have ends, and only
 * then closes it and all others. Answers when the channel ends; null when there is none, because nobody
 * could reach us, or Google does not tell of this calendar. Then the poll has to do.
 */
export async function keepChannel(
  ctx: JobContext,
  call: CallCalendar,
  sync: CalendarSyncRow,
): Promise<Date | null> {
  const { companyId } = sync;
  const now = ctx.clock.now().getTime();
  const channels = await listChannels(ctx.sql, companyId);
  const current = channels.find(
    ({ syncId, resourceId, expiresAt }) =>
      syncId === sync.id &&
      resourceId !== null &&
      expiresAt !== null &&
      expiresAt.getTime() - now > AHEAD_MS,
  );
  const isWanted = sync.direction !== "push" && isReachable(ctx, sync);
  const kept = isWanted ? (current ?? (await open(ctx, call, sync))) : undefined;
  for (const channel of channels) {
    if (channel.id !== kept?.id) await close(ctx, call, channel);
  }
  return kept?.expiresAt ?? null;
}

/** Google takes addresses with TLS only. */
function isReachable({ connectors }: JobContext, { address }: CalendarSyncRow): boolean {
  return address.startsWith("https:") || connectors.googleCalendar.isSandbox;
}

async function open(
  ctx: JobContext,
  call: CallCalendar,
  sync: CalendarSyncRow,
): Promise<Pick<CalendarChannelRow, "id" | "expiresAt"> | undefined> {
  const id = uuidV7();
  const token = createToken("nlc");
  await insertChannel(ctx.sql, sync, { id, tokenHash: hashToken(token), now: ctx.clock.now() });
  const { calendarId, address } = sync;
  try {
    const opened = await call((access) =>
      ctx.connectors.googleCalendar.openChannel(access, { calendarId, id, token, address }),
    );
    await recordOpened(ctx.sql, { id, ...opened });
    return { id, expiresAt: opened.expiresAt };
  } catch (error) {
    if (!(error instanceof ProviderRejected)) throw error;
    ctx.log.warn({ code: error.providerCode }, "Google opens no channel for this calendar");
    await deleteChannel(ctx.sql, id);
    return undefined;
  }
}

/** One of which we do not know that it was opened ends by itself. */
async function close(
  ctx: JobContext,
  call: CallCalendar,
  { id, resourceId, expiresAt }: CalendarChannelRow,
): Promise<void> {
  const isOpen = expiresAt !== null && expiresAt > ctx.clock.now();
  if (resourceId !== null && isOpen) {
    await call((access) => ctx.connectors.googleCalendar.closeChannel(access, { id, resourceId }));
  }
  await deleteChannel(ctx.sql, id);
}
