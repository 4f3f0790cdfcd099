import type { Sql } from "../../src/db/client.ts";
import { eventually } from "./eventually.ts";

/** Waits until somebody, or so many, wait for a row or a lock that somebody else has. */
export async function untilBlocked(sql: Sql, count = 1): Promise<void> {
  await eventually(async () => {
    const [row] = await sql<{ waiting: number }[]>`
      select count(*)::int as waiting
      from pg_stat_activity
      where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0
    `;
    return row !== undefined && row.waiting >= count;
  });
}
