import { z } from "zod";
import type { TestClockRow } from "../../../db/test-clocks.ts";
import { instantJson, presentInstant } from "../../answers.ts";

export const testClockJson = z.object({
  /** Where the company's clock stands. */
  now: instantJson,
  status: z.enum(["ready", "advancing"]),
  advance_to: instantJson.nullable(),
  run_id: z.string().nullable(),
});

/**
 * Null for a company that lives at the machine's clock. `isAdvancing`: the run that was asked to
 * advance it has not ended; one that died or was cancelled leaves the clock ready where it stands.
 */
export function presentTestClock(
  clock: TestClockRow,
  { isAdvancing }: { isAdvancing: boolean },
): z.input<typeof testClockJson> | null {
  if (clock.testNow === null) return null;
  return {
    now: presentInstant(clock.testNow),
    status: isAdvancing ? "advancing" : "ready",
    advance_to: isAdvancing ? presentInstant(clock.testAdvanceTo) : null,
    run_id: isAdvancing ? clock.testRunId : null,
  };
}
