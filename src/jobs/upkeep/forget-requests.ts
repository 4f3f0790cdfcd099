import { z } from "zod";
import type { Sql } from "../../db/client.ts";
import { deleteAppAccessBefore } from "../../db/app-access.ts";
import { deleteExportsBefore } from "../../db/exports.ts";
import { deleteExpiredAnswers } from "../../db/idempotency.ts";
import { deleteOAuthAttemptsBefore } from "../../db/oauth-attempts.ts";
import { deleteOAuthTokensBefore } from "../../db/oauth-tokens.ts";
import { deletePasswordResetsBefore } from "../../db/password-resets.ts";
import { deleteAttemptsBefore, deleteWindowsBefore } from "../../db/rate-limits.ts";
import { deleteSessionsEndedBefore } from "../../db/sessions.ts";
import { deleteStripeEventsBefore } from "../../db/stripe-events.ts";
import { defineJob, done } from "../define-job.ts";

/** Rows deleted in one statement, so that none holds locks for long. */
const rowsPerStatement = 5_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What the API keeps about requests, and how long after it stopped to matter. */
const tables = [
  { name: "answers", keptMs: 0, forget: deleteExpiredAnswers },
  { name: "rateLimits", keptMs: 2 * hourMs, forget: deleteWindowsBefore },
  { name: "signInAttempts", keptMs: dayMs, forget: deleteAttemptsBefore },
  // Before the sessions they name.
  { name: "oauthAttempts", keptMs: hourMs, forget: deleteOAuthAttemptsBefore },
  // As long as one that was used can still come a second time, and be known for it.
  { name: "oauthTokens", keptMs: dayMs, forget: deleteOAuthTokensBefore },
  // After its tokens.
  { name: "appAccesses", keptMs: 365 * dayMs, forget: deleteAppAccessBefore },
  { name: "passwordResets", keptMs: 7 * dayMs, forget: deletePasswordResetsBefore },
  { name: "sessions", keptMs: 30 * dayMs, forget: deleteSessionsEndedBefore },
  { name: "stripeEvents", keptMs: 90 * dayMs, forget: deleteStripeEventsBefore },
  { name: "exports", keptMs: 365 * dayMs, forget: deleteExportsBefore },
] as const;

/** Deletes in small statements what the API noted about requests long over. */
export const forgetRequests = defineJob({
  name: "requests.forget-old",
  queue: "default",
  payload: z.object({}),
  retry: { attempts: 3, delayMsFirst: 60_000, delayMsMax: 600_000 },
  timeoutMs: 600_000,
  schedule: { everyMs: hourMs },

  async run({ sql, clock, signal }) {
    return done(await forgetOldRequests(sql, { now: clock.now(), signal }));
  },
});

/** Returns how many rows of each kind are gone. Stops between two statements when aborted. */
export async function forgetOldRequests(
  sql: Sql,
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<Record<string, number>> {
  const forgotten: Record<string, number> = {};
  for (const { name, keptMs, forget } of tables) {
    const before = new Date(now.getTime() - keptMs);
    let count: number;
    do {
      signal.throwIfAborted();
      count = await forget(sql, { before, limit: rowsPerStatement });
      forgotten[name] = (forgotten[name] ?? 0) + count;
    } while (count === rowsPerStatement);
  }
  return forgotten;
}
