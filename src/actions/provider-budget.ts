import { blockBudget, takeBudget, type BudgetLimit } from "../db/budgets.ts";
import type { Sql } from "../db/client.ts";
import { RateLimited } from "../errors.ts";
import { wait } from "../platform/wait.ts";

/**
 * One call within what a provider allows an account, shared by all queues and processes: waits for its
 * turn when that is near, else throws. A `Retry-After` of the provider keeps everybody away for so
 * long. In a job neither costs an attempt.
 *
 * @param key names what is limited: "quickbooks/<realm>", "slack/<team>/<channel>"
 * @throws RateLimited when the turn is further away than `limit.waitMsMax`
 */
export async function withBudget<Result>(
  { sql, signal }: { sql: Sql; signal: AbortSignal },
  { key, limit }: { key: string; limit: BudgetLimit },
  work: () => Promise<Result>,
): Promise<Result> {
  const turn = await takeBudget(sql, key, limit);
  if (!turn.isTaken) {
    throw new RateLimited(`the limit of ${key}`, { afterMs: turn.waitMs });
  }
  await wait(turn.waitMs, signal);
  try {
    return await work();
  } catch (error) {
    if (error instanceof RateLimited) await blockBudget(sql, key, error.retry.afterMs);
    throw error;
  }
}
