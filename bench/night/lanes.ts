import { openDatabase, type Sql } from "../../src/db/client.ts";
import { COMPANIES } from "./seed.ts";

/**
 * Splits the companies between lanes, each with one connection of its own, and does all of them.
 * Returns the seconds from the first statement to the last commit.
 */
export async function inLanes(
  url: string,
  lanes: number,
  generate: (sql: Sql, companyIds: readonly number[]) => Promise<void>,
): Promise<number> {
  const connections = Array.from({ length: lanes }, () =>
    openDatabase({ url, connectionsMax: 1, applicationName: "bench-lane" }),
  );
  try {
    // Connecting is nobody's achievement.
    for (const sql of connections) await sql`select 1`;
    const startedAt = performance.now();
    await Promise.all(
      connections.map(async (sql, lane) => {
        const companyIds = Array.from({ length: COMPANIES }, (_, index) => index + 1);
        await generate(
          sql,
          companyIds.filter((id) => id % lanes === lane),
        );
      }),
    );
    return (performance.now() - startedAt) / 1000;
  } finally {
    await Promise.all(connections.map((sql) => sql.end()));
  }
}

/** The same, so many companies in one call. */
export function inGroups(
  size: number,
  generate: (sql: Sql, companyIds: readonly number[]) => Promise<void>,
): (sql: Sql, companyIds: readonly number[]) => Promise<void> {
  return async (sql, companyIds) => {
    for (let at = 0; at < companyIds.length; at += size) {
      await generate(sql, companyIds.slice(at, at + size));
    }
  };
}
