import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks until the answer is neither undefined nor false, and returns it; what `probe` throws counts as
 * "not yet". For what another process or server does, where there is no signal to wait for. Throws
 * after `withinMs` with the last error as cause.
 */
export async function eventually<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  { withinMs = 20_000, everyMs = 10 }: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`It did not happen within ${withinMs} ms: ${String(probe)}`, {
        cause: lastError,
      });
    }
    await delay(everyMs);
  }
}
