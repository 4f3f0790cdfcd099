import { expect, test } from "vitest";
import { formatMonth, lastMonths, listMonths, monthOf } from "../../../src/billing/months.ts";

test("months are counted across the turn of the year, by the days they hold", () => {
  expect(listMonths("2025-11-30", "2026-02-01")).toEqual([
    "2025-11",
    "2025-12",
    "2026-01",
    "2026-02",
  ]);
  expect(listMonths("2026-03-31", "2026-03-31")).toEqual(["2026-03"]);
  expect(lastMonths("2026-04-30", 12)).toEqual({ from: "2025-05-01", to: "2026-04-30" });
  expect(lastMonths("2026-12-01", 12)).toEqual({ from: "2026-01-01", to: "2026-12-31" });
  expect(lastMonths("2024-02-10", 1)).toEqual({ from: "2024-02-01", to: "2024-02-29" });
  expect(monthOf("0999-12-31")).toBe("0999-12");
  expect(formatMonth("2026-04")).toBe("Apr 2026");
});
