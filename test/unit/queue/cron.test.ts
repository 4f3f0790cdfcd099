import { expect, test } from "vitest";
import { nextTick } from "../../../src/queue/cron.ts";

test.each([
  [{ everyMs: 60_000 }, "2026-03-02T09:00:00.000Z", "2026-03-02T09:01:00.000Z"],
  [{ everyMs: 60_000 }, "2026-03-02T09:00:59.999Z", "2026-03-02T09:01:00.000Z"],
  [{ cron: "0 3 * * *" }, "2026-03-02T03:00:00.000Z", "2026-03-03T03:00:00.000Z"],
  [{ cron: "0 3 * * *" }, "2026-03-02T02:59:59.999Z", "2026-03-02T03:00:00.000Z"],
  // In New York the clock jumps at 02:00 that day; a rule in UTC does not care.
  [{ cron: "30 7 * * *" }, "2026-03-08T00:00:00.000Z", "2026-03-08T07:30:00.000Z"],
  [{ cron: "0 0 29 2 *" }, "2026-03-01T00:00:00.000Z", "2028-02-29T00:00:00.000Z"],
])("%j after %s ticks at %s", (rhythm, after, expected) => {
  expect(nextTick(rhythm, new Date(after)).toISOString()).toBe(expected);
});

test("a rule that cannot be read is refused", () => {
  expect(() => nextTick({ cron: "61 * * * *" }, new Date(0))).toThrow("61");
});
