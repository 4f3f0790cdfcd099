import type { Sql } from "../../src/db/client.ts";
import { eventually } from "./eventually.ts";

/** Waits until somebody waits for a row or a lock that somebody else has. */
export async function untilBlocked(sql: Sql): Promise<void> {
  await eventually(async () => {
    const [row] = await sql<{ found: boolean }[]>`
      select exists (
        select from pg_stat_activity
        where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0
      ) as found
    `;
    return row?.found;
  });
}
