import type { Tx } from "../db/client.ts";
import { setNextNight } from "../db/night-companies.ts";
import { isInUse, lockTestClock, setTestNow } from "../db/test-clocks.ts";
import { Conflict, InvalidInput } from "../errors.ts";

/** Within these a calendar, a zone's rules and a driver's dates can be relied on. */
const TEST_CLOCK_FIRST = new Date("1970-01-01T00:00:00Z");
export const TEST_CLOCK_LAST = new Date("2199-12-31T00:00:00Z");

/**
 * Makes a company a test company that lives at `now` from here on, once and for good, while it is
 * not in use for real. Its nights then run only when its clock is advanced.
 *
 * @throws Conflict when it has a test clock already, or is in use
 * @throws InvalidInput when `now` lies before 1970 or after 2199
 */
export async function startTestClock(
  tx: Tx,
  { companyId, now }: { companyId: number; now: Date },
): Promise<void> {
  if (now < TEST_CLOCK_FIRST || now > TEST_CLOCK_LAST) {
    throw new InvalidInput({ now: ["Must be in the years 1970 to 2199."] });
  }
  const clock = await lockTestClock(tx, companyId);
  if (clock.testNow !== null) {
    throw new Conflict(
      `This company already lives at a test clock, now at ${clock.testNow.toISOString()}.`,
      { code: "test_clock_exists" },
    );
  }
  if (await isInUse(tx, companyId)) {
    throw new Conflict(
      "A company that has mailed, billed in a night, or is connected to anything cannot become a test company.",
      { code: "company_in_use" },
    );
  }
  await setTestNow(tx, companyId, now);
  await setNextNight(tx, companyId, null);
}
