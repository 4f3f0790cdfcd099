import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, daysBetween, fromDayNumber } from "../../../src/billing/dates.ts";
import {
  checkRecurrence,
  firstOccurrenceOnOrAfter,
  occurrence,
  period,
  type Frequency,
  type Recurrence,
} from "../../../src/billing/recurrence.ts";

function firstDates(recurrence: Recurrence, count: number): string[] {
  return Array.from({ length: count }, (_, k) => occurrence(recurrence, k));
}

function monthly(anchor: string, interval = 1): Recurrence {
  return { frequency: "monthly", interval, anchor };
}

/** Anchors of four centuries, month ends and leap days often among them. */
const anchors = fc.oneof(
  fc.integer({ min: -62_091, max: 84_005 }).map(fromDayNumber),
  fc.constantFrom("2024-02-29", "2026-01-31", "2026-08-31", "2027-01-29", "2027-01-30"),
);

/** Small enough that 600 occurrences stay before the year 9999. */
const recurrences: fc.Arbitrary<Recurrence> = fc.oneof(
  ...(
    [
      ["weekly", 60],
      ["monthly", 60],
      ["quarterly", 40],
      ["yearly", 12],
      ["custom", 400],
    ] as [Frequency, number][]
  ).map(([frequency, max]) =>
    fc.record({
      frequency: fc.constant(frequency),
      interval: fc.integer({ min: 1, max }),
      anchor: anchors,
    }),
  ),
);

describe("occurrences", () => {
  test("A1: monthly from 31 January gives every month's last day, and the 31st again", () => {
    const dates = ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30"];
    expect(firstDates(monthly("2026-01-31"), 6)).toEqual(dates.map((date) => `2026-${date}`));
  });

  test("A3: monthly from 29 January passes a short February and goes on with the 29th", () => {
    const dates = ["2027-01-29", "2027-02-28", "2027-03-29"];
    expect(firstDates(monthly("2027-01-29"), 3)).toEqual(dates);
  });

  test("A5: monthly from 28 February stays on the 28th", () => {
    const dates = ["2026-02-28", "2026-03-28", "2026-04-28"];
    expect(firstDates(monthly("2026-02-28"), 3)).toEqual(dates);
  });

  test("A7: every six months from 31 August meets February's last day", () => {
    const dates = ["2026-08-31", "2027-02-28", "2027-08-31"];
    expect(firstDates(monthly("2026-08-31", 6), 3)).toEqual(dates);
  });

  test("A9: yearly from 29 February has the 29th again in the next leap year", () => {
    const yearly: Recurrence = { frequency: "yearly", interval: 1, anchor: "2028-02-29" };
    const dates = ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"];
    expect(firstDates(yearly, 5)).toEqual(dates);
  });

  test("A17: every three weeks from a Monday gives Mondays", () => {
    const weekly: Recurrence = { frequency: "weekly", interval: 3, anchor: "2026-01-05" };
    const dates = ["2026-01-05", "2026-01-26", "2026-02-16", "2026-03-09"];
    expect(firstDates(weekly, 4)).toEqual(dates);
  });

  test("A21: any rule's dates strictly increase, and its periods cover every day once", () => {
    fc.assert(
      fc.property(recurrences, fc.integer({ min: 2, max: 600 }), (recurrence, count) => {
        const periods = Array.from({ length: count }, (_, k) => period(recurrence, k));
        expect(periods[0]?.start).toBe(recurrence.anchor);
        let days = 0;
        for (const [k, { start, end }] of periods.entries()) {
          const next = periods[k + 1]?.start ?? occurrence(recurrence, count);
          // Plain throws: a matcher for each of 600 periods would take most of the time.
          if (!(next > start)) throw new Error(`${next} is not after ${start}`);
          if (addDays(end, 1) !== next) throw new Error(`${end} does not touch ${next}`);
          days += daysBetween(start, end) + 1;
        }
        expect(days).toBe(daysBetween(recurrence.anchor, occurrence(recurrence, count)));
      }),
      { numRuns: 300 },
    );
  });

  test("quarters and days are counted from the anchor too", () => {
    const quarterly: Recurrence = { frequency: "quarterly", interval: 1, anchor: "2026-11-30" };
    expect(firstDates(quarterly, 3)).toEqual(["2026-11-30", "2027-02-28", "2027-05-30"]);
    const custom: Recurrence = { frequency: "custom", interval: 10, anchor: "2026-02-25" };
    expect(firstDates(custom, 3)).toEqual(["2026-02-25", "2026-03-07", "2026-03-17"]);
  });

  test("the first occurrence on or after a date is found wherever the date lies", () => {
    fc.assert(
      fc.property(
        recurrences,
        fc.integer({ min: 0, max: 600 }),
        fc.integer({ min: -40, max: 40 }),
        (recurrence, near, offset) => {
          const date = addDays(occurrence(recurrence, near), offset);
          const k = firstOccurrenceOnOrAfter(recurrence, date);
          expect(occurrence(recurrence, k) >= date).toBe(true);
          expect(k === 0 || occurrence(recurrence, k - 1) < date).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("rules no calendar can follow", () => {
  test("an interval must be a whole number from 1", () => {
    for (const interval of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 53]) {
      expect(checkRecurrence(monthly("2026-01-01", interval))).toMatch(/no whole number/);
    }
  });

  test("the anchor must be a date, and the second date before the year 10000", () => {
    expect(checkRecurrence(monthly("2026-02-30"))).toBe('the first date "2026-02-30" is no date');
    const late = "its second date would be after the year 9999";
    expect(checkRecurrence(monthly("9999-12-01"))).toBe(late);
    for (const frequency of ["weekly", "monthly", "quarterly", "yearly", "custom"] as const) {
      const interval = Number.MAX_SAFE_INTEGER;
      expect(checkRecurrence({ frequency, interval, anchor: "2026-01-01" })).toBe(late);
    }
  });

  test("any ordinary rule is possible", () => {
    fc.assert(
      fc.property(recurrences, (recurrence) => {
        expect(checkRecurrence(recurrence)).toBeUndefined();
      }),
    );
  });
});
