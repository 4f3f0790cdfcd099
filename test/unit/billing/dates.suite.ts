import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addDays,
  daysBetween,
  findTimezone,
  fromDayNumber,
  isLocalDate,
  localDateOf,
  nightInstant,
  toDayNumber,
} from "../../../src/billing/dates.ts";
import { decideDue } from "../../../src/billing/due-occurrences.ts";
import { decideLateFee } from "../../../src/billing/late-fees.ts";
import { latestNight, nextNight } from "../../../src/billing/nights.ts";
import { decideReminders } from "../../../src/billing/reminders.ts";
import { isOverdue } from "../../../src/billing/statuses.ts";

/** What the platform's own calendar says, by way of an instant in UTC. */
function dayByUtcClock(dayNumber: number): string {
  return new Date(dayNumber * 86_400_000).toISOString().slice(0, 10);
}

function night(date: string, hour: number, minute: number, timezone: string): string {
  return nightInstant({ date, hour, minute, timezone }).toISOString();
}

describe("nights", () => {
  test("B1: the night keeps its wall-clock time, and moves forward by a gap", () => {
    const nights = ["2026-03-07", "2026-03-08", "2026-03-09"].map((date) =>
      night(date, 2, 30, "America/New_York"),
    );
    expect(nights).toEqual([
      "2026-03-07T07:30:00.000Z",
      "2026-03-08T07:30:00.000Z",
      "2026-03-09T06:30:00.000Z",
    ]);
  });

  test("B3: a time that comes twice gives one night, the earlier", () => {
    const hour = { timezone: "America/New_York", billingHour: 1, billingMinute: 30 };
    const first = nextNight(hour, new Date("2026-11-01T00:00:00Z"));
    expect(first).toEqual({ businessDate: "2026-11-01", at: new Date("2026-11-01T05:30:00Z") });
    expect(nextNight(hour, first.at)).toEqual({
      businessDate: "2026-11-02",
      at: new Date("2026-11-02T06:30:00Z"),
    });
  });

  test("B5: hour 0 in Auckland is still the day before in UTC, and bills the local day", () => {
    const instant = nightInstant({
      date: "2026-03-01",
      hour: 0,
      minute: 0,
      timezone: "Pacific/Auckland",
    });
    expect(instant.toISOString()).toBe("2026-02-28T11:00:00.000Z");
    const businessDate = localDateOf(instant, "Pacific/Auckland");
    expect(businessDate).toBe("2026-03-01");
    const decision = decideDue({
      recurrence: { frequency: "monthly", interval: 1, anchor: "2026-03-01" },
      nextK: 0,
      businessDate,
      endDate: null,
      maxOccurrences: null,
      occurrencesGenerated: 0,
      catchUp: "all",
      catchUpLimit: 0,
    });
    expect(decision).toMatchObject({
      generate: [{ periodStart: "2026-03-01", periodEnd: "2026-03-31", isMissed: false }],
    });
  });

  test("B7: a gap of half an hour moves the time by half an hour", () => {
    expect(night("2026-10-04", 2, 15, "Australia/Lord_Howe")).toBe("2026-10-03T15:45:00.000Z");
  });

  test("B11: on the due date of the company's own zone nothing is late yet", () => {
    const now = new Date("2026-03-11T05:00:00Z");
    const businessDate = localDateOf(now, "America/Los_Angeles");
    const dueDate = "2026-03-10";
    expect(businessDate).toBe("2026-03-10");
    expect(isOverdue(dueDate, businessDate)).toBe(false);
    const fee = decideLateFee({
      rule: { type: "flat", value: 2500n, days: 0, taxRate: null, repeat: null },
      businessDate,
      dueDate,
      principalTotal: 100_000n,
      amountPaid: 0n,
      feesCharged: 0n,
      occurrence: 0,
    });
    expect(fee).toEqual({ none: "it is not late before 2026-03-11" });
    const reminders = decideReminders({
      stages: [{ id: 1, number: 1, daysOffset: 1, createdDate: "2026-01-01" }],
      recorded: [],
      dueDate,
      sentDate: "2026-02-01",
      businessDate,
      lastReminderAt: null,
      now,
      timezone: "America/Los_Angeles",
    });
    expect(reminders).toEqual({ send: null, superseded: [], notApplicable: [], wait: false });
  });

  test("every local day has one night, also where a zone skipped a whole day", () => {
    const hour = { timezone: "Pacific/Apia", billingHour: 2, billingMinute: 0 };
    const before = new Date("2011-12-29T00:00:00Z");
    const dates: string[] = [];
    for (let at = before; dates.length < 4;) {
      const next = nextNight(hour, at);
      expect(next.at.getTime()).toBeGreaterThan(at.getTime());
      dates.push(next.businessDate);
      at = next.at;
    }
    // Samoa had no 30 December 2011; its night falls together with that of the 31st.
    expect(dates).toEqual(["2011-12-29", "2011-12-30", "2012-01-01", "2012-01-02"]);
  });

  test("the latest night is the one before the next, at every hour of a year", () => {
    const hour = { timezone: "America/St_Johns", billingHour: 2, billingMinute: 30 };
    const start = Date.parse("2026-01-01T00:00:00Z");
    for (let hours = 0; hours < 365 * 24; hours += 7) {
      const at = new Date(start + hours * 3_600_000);
      const latest = latestNight(hour, at);
      expect(latest.at.getTime()).toBeLessThanOrEqual(at.getTime());
      expect(nextNight(hour, latest.at).at.getTime()).toBeGreaterThan(at.getTime());
    }
  });
});

describe("local dates", () => {
  test("only real days of the calendar are dates", () => {
    expect(
      ["0001-01-01", "2024-02-29", "2000-02-29", "2026-12-31", "9999-12-31"].filter(isLocalDate),
    ).toHaveLength(5);
    const wrong = [
      "0000-12-31",
      "1900-02-29",
      "2026-02-29",
      "2026-04-31",
      "2026-13-01",
      "2026-00-10",
      "2026-01-00",
      "2026-1-1",
      "2026-01-01T00:00",
      "2026-01-01\n",
      "２０２６-01-01",
      "20260101",
      "",
    ];
    expect(wrong.filter(isLocalDate)).toEqual([]);
  });

  test("day numbers agree with the platform's calendar for all years 1 to 9999", () => {
    const first = toDayNumber("0001-01-01");
    const last = toDayNumber("9999-12-31");
    fc.assert(
      fc.property(fc.integer({ min: first, max: last }), (dayNumber) => {
        const date = dayByUtcClock(dayNumber);
        expect(fromDayNumber(dayNumber)).toBe(date);
        expect(toDayNumber(date)).toBe(dayNumber);
        expect(isLocalDate(date)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(fromDayNumber(first)).toBe("0001-01-01");
    expect(fromDayNumber(last)).toBe("9999-12-31");
  });

  test("days are added and counted across months, leap days and clock changes", () => {
    expect(addDays("2024-02-28", 1)).toBe("2024-02-29");
    expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
    expect(addDays("2026-03-07", 365)).toBe("2027-03-07");
    expect(daysBetween("2026-03-07", "2026-03-09")).toBe(2);
    expect(daysBetween("2027-01-01", "2026-01-01")).toBe(-365);
  });

  test("a date that is none, or a result beyond the years 1 to 9999, is refused", () => {
    expect(() => addDays("2026-02-29", 1)).toThrow(RangeError);
    expect(() => addDays("tomorrow", 1)).toThrow(RangeError);
    expect(() => addDays("2026-01-01", Number.NaN)).toThrow(RangeError);
    expect(() => addDays("9999-12-31", 1)).toThrow(RangeError);
    expect(() => addDays("0001-01-01", -1)).toThrow(RangeError);
  });

  test("the local day of an instant depends on the company's zone only", () => {
    const instant = new Date("2026-06-30T23:30:00Z");
    expect(localDateOf(instant, "America/St_Johns")).toBe("2026-06-30");
    expect(localDateOf(instant, "UTC")).toBe("2026-06-30");
    expect(localDateOf(instant, "Pacific/Auckland")).toBe("2026-07-01");
    expect(localDateOf(new Date("1999-12-31T10:00:00Z"), "Pacific/Kiritimati")).toBe("2000-01-01");
  });
});

test("zones are names of the IANA database, not offsets", () => {
  const known = ["UTC", "America/St_Johns", "Asia/Kolkata", "Etc/GMT+5", "America/Argentina/Salta"];
  expect(known.map(findTimezone)).toEqual(known);
  // Read in any letters, and kept under the name that was given, not another one of the same zone.
  expect(["america/st_johns", "ASIA/KOLKATA", "us/pacific", "nz-chat"].map(findTimezone)).toEqual([
    "America/St_Johns",
    "Asia/Kolkata",
    "US/Pacific",
    "NZ-CHAT",
  ]);
  const unknown = [
    "",
    "+05:00",
    "-08:00",
    "Mars/Olympus",
    "America/New York",
    "UTC\0",
    "05:00",
    "Z",
  ];
  // Names of machines' own lists: of several zones, or of none that PostgreSQL has.
  unknown.push("IST", "CST", "AST", "SystemV/PST8", "us/pacific-new", "Canada/East-Saskatchewan");
  expect(unknown.filter((text) => findTimezone(text) !== undefined)).toEqual([]);
});
