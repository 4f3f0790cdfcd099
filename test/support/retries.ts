import type { Sql } from "../../src/db/client.ts";
import { eventually } from "./eventually.ts";

/**
 * Waits until so many runs wait for another attempt, and keeps them waiting. The rest between two attempts
 * may be as short as nothing: whatever makes them fail must go on until they are held.
 */
export async function holdRetries(sql: Sql, count = 1): Promise<void> {
  await eventually(async () => {
    const held = await sql`
      update run_feed set available_at = now() + interval '1 hour'
      from job_runs
      where job_runs.id = run_feed.run_id and job_runs.status = 'retrying' and state = 'later'
      returning run_id
    `;
    return held.length === count;
  });
}

/** What waits for its time is tried at once, as with a run's retry. */
export async function hurryRetries(sql: Sql): Promise<void> {
  await sql`update run_feed set available_at = now(), state = 'waiting' where state = 'later'`;
  await sql`select pg_notify('run_feed', '')`;
}
