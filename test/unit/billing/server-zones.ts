import { expect, test } from "vitest";

/**
 * Runs every date test in a process that believes to stand in the given zone. The suites, and with
 * them all code under test, are loaded only after the zone is set.
 */
export async function testDatesUnder(zone: string, winterOffsetMinutes: number): Promise<void> {
  process.env.TZ = zone;

  test(`this process stands in ${zone}`, () => {
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
    expect(new Date("2026-01-15T00:00:00Z").getTimezoneOffset()).toBe(winterOffsetMinutes);
  });
  await import("./dates.suite.ts");
  await import("./recurrence.suite.ts");
  await import("./due-occurrences.suite.ts");
  await import("./reminders.suite.ts");
}
