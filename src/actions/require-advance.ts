import type { Tx } from "../db/client.ts";
import { isRunSettled } from "../db/run-settling.ts";
import { lockTestClock } from "../db/test-clocks.ts";
import { Conflict, InvalidInput } from "../errors.ts";
import { TEST_CLOCK_LAST } from "./start-test-clock.ts";

/** Ten years of nights at a time are plenty, and keep a slip of the keyboard harmless. */
const ADVANCE_DAYS_MAX = 3_700;

/**
 * Checks that a test clock may be advanced to an instant, and keeps others from doing so meanwhile.
 *
 * @throws Conflict when the company has no test clock or it is on its way already
 * @throws InvalidInput when `to` lies in the clock's past, or absurdly far ahead
 */
export async function requireAdvance(
  tx: Tx,
  { companyId, to }: { companyId: number; to: Date },
): Promise<void> {
  const clock = await lockTestClock(tx, companyId);
  if (clock.testNow === null) {
    throw new Conflict("This company has no test clock. Start one with POST /test-clock.", {
      code: "no_test_clock",
    });
  }
  if (clock.testRunId !== null && !(await isRunSettled(tx, clock.testRunId))) {
    throw new Conflict("The test clock is being advanced already.", { code: "clock_advancing" });
  }
  const days = (to.getTime() - clock.testNow.getTime()) / 86_400_000;
  if (days < 0) {
    const now = clock.testNow.toISOString();
    throw new InvalidInput({ to: [`Must not be before the clock's present time, ${now}.`] });
  }
  if (days > ADVANCE_DAYS_MAX) {
    throw new InvalidInput({ to: [`Must be at most ${ADVANCE_DAYS_MAX} days ahead.`] });
  }
  if (to > TEST_CLOCK_LAST) throw new InvalidInput({ to: ["Must be before the year 2200."] });
}
