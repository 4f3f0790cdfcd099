import { randomUUID } from "node:crypto";
import type { Sql } from "./client.ts";

const EXPIRES_AFTER_MS = 60_000;
const RENEWED_EVERY_MS = 20_000;

/**
 * Calls `onChange` whenever the run starts, goes on or ends, and when the connection came back and
 * something may have been missed. Look at the run after the call resolved, and then after each change.
 * Returns how to end it.
 */
export async function watchRun(
  sql: Sql,
  runId: string,
  onChange: () => void,
  onError: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const watcher = randomUUID();
  const listening = await sql.listen(
    "run_changed",
    (changed) => {
      if (changed === runId) onChange();
    },
    onChange,
  );
  await renewWatch(sql, { runId, watcher });
  const timer = setInterval(() => {
    renewWatch(sql, { runId, watcher }).catch(onError);
  }, RENEWED_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await listening.unlisten();
    await sql`delete from run_watches where run_id = ${runId} and watcher = ${watcher}`;
  };
}

async function renewWatch(sql: Sql, watch: { runId: string; watcher: string }): Promise<void> {
  await sql`
    insert into run_watches (run_id, watcher, expires_at)
    values (
      ${watch.runId}, ${watch.watcher},
      clock_timestamp() + ${EXPIRES_AFTER_MS}::float8 * interval '1 ms'
    )
    on conflict (run_id, watcher) do update set expires_at = excluded.expires_at
  `;
}

/** Forgets watches of processes that ended without a word. */
export async function pruneRunWatches(sql: Sql): Promise<void> {
  await sql`delete from run_watches where expires_at < clock_timestamp()`;
}
