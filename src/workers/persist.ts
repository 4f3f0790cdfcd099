import { setTimeout as delay } from "node:timers/promises";
import { isDatabaseTrouble } from "../db/transaction.ts";

/**
 * Does a statement until it was done, however often the connection is cut or the server restarts. Only
 * for statements that may be done twice. Gives up, throwing, when `signal` is aborted or when the
 * database refuses the data itself.
 */
export async function persist<Result>(
  signal: AbortSignal,
  statement: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await statement();
    } catch (error) {
      if (!isDatabaseTrouble(error) || signal.aborted) throw error;
      await delay(Math.min(1_000, 10 * 2 ** Math.min(attempt, 10)) * Math.random());
    }
  }
}
