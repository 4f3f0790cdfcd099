import type { Sql } from "../../src/db/client.ts";
import { runNight } from "../../src/jobs/billing/night.ts";
import { NIGHT } from "./seed.ts";

/** Our night of some companies, one after the other, as a run of each would do it. */
export async function generateByOurs(sql: Sql, companyIds: readonly number[]): Promise<void> {
  const deps = { sql, clock: { now: () => NIGHT.at }, signal: new AbortController().signal };
  for (const companyId of companyIds) {
    const outcome = await runNight(deps, { companyId, businessDate: NIGHT.businessDate });
    if (outcome.status !== "completed") throw new Error(`the night of ${companyId} is held`);
  }
}
