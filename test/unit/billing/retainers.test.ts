import { expect, test } from "vitest";
import { listPeriods, periodOf } from "../../../src/billing/periods.ts";
import { assessBudget, daysWithin, type BudgetUse } from "../../../src/billing/retainers.ts";

test("a period of the calendar is the one that a day lies in; weeks begin on Monday", () => {
  expect(periodOf("day", "2026-03-01")).toEqual({ start: "2026-03-01", end: "2026-03-01" });
  expect(periodOf("week", "2026-03-01")).toEqual({ start: "2026-02-23", end: "2026-03-01" });
  expect(periodOf("week", "2026-03-02")).toEqual({ start: "2026-03-02", end: "2026-03-08" });
  expect(periodOf("week", "1969-12-31")).toEqual({ start: "1969-12-29", end: "1970-01-04" });
  expect(periodOf("month", "2024-02-29")).toEqual({ start: "2024-02-01", end: "2024-02-29" });
  expect(periodOf("quarter", "2026-06-30")).toEqual({ start: "2026-04-01", end: "2026-06-30" });
  expect(periodOf("quarter", "2026-10-01")).toEqual({ start: "2026-10-01", end: "2026-12-31" });
  expect(periodOf("year", "2026-07-15")).toEqual({ start: "2026-01-01", end: "2026-12-31" });
  // Neither end of the calendar is passed.
  expect(periodOf("week", "9999-12-31").end).toBe("9999-12-31");
  expect(periodOf("week", "0001-01-01").start).toBe("0001-01-01");

  const days = { start: "2025-12-31", end: "2026-02-01" };
  expect(listPeriods("month", days, 12).map(({ start }) => start)).toEqual([
    "2025-12-01",
    "2026-01-01",
    "2026-02-01",
  ]);
  expect(listPeriods("day", days, 12)).toHaveLength(13);
  expect(listPeriods("year", { start: "9999-01-01", end: "9999-12-31" }, 12)).toHaveLength(1);
});

const HOUR = 3600n;
const april = { start: "2026-04-01", end: "2026-04-30" };

/** Ten hours of April, looked at on the 15th, half way. */
function use(hours: bigint, more: Partial<BudgetUse> = {}): BudgetUse {
  return {
    budgetSeconds: 10n * HOUR,
    budgetAmount: null,
    usedSeconds: hours * HOUR,
    usedAmount: hours * 10_000n,
    days: april,
    asOf: "2026-04-15",
    isRetainer: true,
    ...more,
  };
}

function riskOf(budget: BudgetUse) {
  return assessBudget(budget).risk;
}

test("a budget is over when it is exceeded, and at risk when it will be at the pace so far", () => {
  expect(riskOf(use(11n))).toBe("over");
  expect(riskOf(use(10n))).toBe("at_risk");
  expect(riskOf(use(6n))).toBe("at_risk");
  expect(riskOf(use(5n))).toBe("on_track");
  expect(riskOf(use(10n, { asOf: "2026-04-30" }))).toBe("on_track");
  // On the first day nearly anything is a fast pace: it counts from a quarter on.
  expect(riskOf(use(2n, { asOf: "2026-04-01" }))).toBe("on_track");
  expect(riskOf(use(3n, { asOf: "2026-04-01" }))).toBe("at_risk");
  // Half of what the pace allows is little, from half of the time on, where the rest is lost.
  expect(riskOf(use(2n))).toBe("underused");
  expect(riskOf(use(2n, { asOf: "2026-04-14" }))).toBe("on_track");
  expect(riskOf(use(2n, { isRetainer: false }))).toBe("on_track");
  // Without both days there is no pace; after the last one, nothing more will be used.
  expect(riskOf(use(8n, { days: null }))).toBe("at_risk");
  expect(riskOf(use(7n, { days: null }))).toBe("on_track");
  expect(riskOf(use(10n, { asOf: "2026-06-01" }))).toBe("on_track");
  expect(riskOf(use(1n, { asOf: "2026-03-31" }))).toBe("on_track");
});

test("what is beyond a budget counts at the average of what was worked; the tighter limit decides", () => {
  expect(assessBudget(use(12n))).toEqual({
    risk: "over",
    usedPercent: 120,
    overSeconds: 2n * HOUR,
    overAmount: 20_000n,
  });
  // 3 of 13 hours of 1,000.00: 230.769.
  expect(assessBudget(use(13n, { usedAmount: 100_000n })).overAmount).toBe(23_077n);
  const both = assessBudget(use(9n, { budgetAmount: 80_000n }));
  expect(both).toEqual({ risk: "over", usedPercent: 112.5, overSeconds: 0n, overAmount: 10_000n });
});

test("a retainer's period is the part of it in which its project is there", () => {
  const from = { start: "2026-04-10", end: null };
  expect(daysWithin(april, from)).toEqual({ start: "2026-04-10", end: "2026-04-30" });
  expect(daysWithin(april, { start: null, end: "2026-04-20" })).toEqual({
    start: "2026-04-01",
    end: "2026-04-20",
  });
  expect(daysWithin(april, { start: "2026-05-01", end: null })).toBeNull();
});
