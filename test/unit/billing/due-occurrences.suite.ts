import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays } from "../../../src/billing/dates.ts";
import {
  countMissedAtStart,
  decideDue,
  decideResume,
  type DueDecision,
  type DueInput,
} from "../../../src/billing/due-occurrences.ts";
import { firstOccurrenceOnOrAfter, type Recurrence } from "../../../src/billing/recurrence.ts";

function every(frequency: Recurrence["frequency"], anchor: string, interval = 1): Recurrence {
  return { frequency, interval, anchor };
}

/** A series that is due on its anchor and has generated nothing. */
function inputOf(changes: Partial<DueInput> & Pick<DueInput, "recurrence">): DueInput {
  return {
    nextK: 0,
    businessDate: changes.recurrence.anchor,
    endDate: null,
    maxOccurrences: null,
    occurrencesGenerated: 0,
    catchUp: "all",
    catchUpLimit: 3,
    ...changes,
  };
}

function due(input: DueInput): Extract<DueDecision, { kind: "due" }> {
  const decision = decideDue(input);
  if (decision.kind !== "due") throw new Error(`parked: ${decision.reason}`);
  return decision;
}

/** Monthly on the 1st, done until December 2025, then down until 15 April 2026. */
const downSinceDecember = inputOf({
  recurrence: every("monthly", "2025-01-01"),
  nextK: 12,
  businessDate: "2026-04-15",
  catchUpLimit: 12,
});

const periodsJanuaryToApril = [
  { periodStart: "2026-01-01", periodEnd: "2026-01-31" },
  { periodStart: "2026-02-01", periodEnd: "2026-02-28" },
  { periodStart: "2026-03-01", periodEnd: "2026-03-31" },
  { periodStart: "2026-04-01", periodEnd: "2026-04-30" },
];

describe("catching up", () => {
  test("C1: all missed occurrences are made up, each for its own period", () => {
    const decision = due(downSinceDecember);
    expect(decision.generate).toMatchObject(periodsJanuaryToApril);
    expect(decision.generate.every(({ isMissed }) => isMissed)).toBe(true);
    expect(decision).toMatchObject({ skip: [], nextK: 16, nextDate: "2026-05-01" });
    expect(decision.completed).toBe(false);
  });

  test("C3: with catch_up none they are skipped as missed", () => {
    const decision = due({ ...downSinceDecember, catchUp: "none" });
    expect(decision.generate).toEqual([]);
    expect(decision.skip).toMatchObject(
      periodsJanuaryToApril.map((period) => ({ ...period, reason: "missed" })),
    );
    expect(decision).toMatchObject({ nextK: 16, nextDate: "2026-05-01" });
  });

  test("with catch_up latest only the newest is made up", () => {
    const decision = due({ ...downSinceDecember, catchUp: "latest", catchUpLimit: 0 });
    expect(decision.generate).toMatchObject([{ date: "2026-04-01", isMissed: true }]);
    expect(decision.skip.map(({ date }) => date)).toEqual([
      "2026-01-01",
      "2026-02-01",
      "2026-03-01",
    ]);
    expect(decision.nextDate).toBe("2026-05-01");
  });

  test("the occurrence of the business date itself is not missed, whatever the policy", () => {
    for (const catchUp of ["all", "latest", "none"] as const) {
      const input = { ...downSinceDecember, businessDate: "2026-04-01", catchUp };
      expect(due(input).generate.at(-1)).toMatchObject({ date: "2026-04-01", isMissed: false });
    }
  });

  test("more missed than the limit parks the series with a preview", () => {
    const decision = decideDue({ ...downSinceDecember, catchUpLimit: 3 });
    expect(decision).toEqual({
      kind: "parked",
      code: "catch_up_limit",
      reason: "it missed 4 dates, 2026-01-01 to 2026-04-01, more than the limit of 3",
      preview: periodsJanuaryToApril.map((period) => ({ date: period.periodStart, ...period })),
    });
  });

  test("the occurrence of the business date does not count towards the limit", () => {
    const onTheDay = { ...downSinceDecember, businessDate: "2026-04-01", catchUpLimit: 3 };
    expect(due(onTheDay).generate).toHaveLength(4);
    const limitZero = inputOf({ recurrence: every("monthly", "2026-04-01"), catchUpLimit: 0 });
    expect(due(limitZero).generate).toHaveLength(1);
  });

  test("what was released is not counted again; what was missed since is", () => {
    const limited = { ...downSinceDecember, catchUpLimit: 1 };
    expect(due({ ...limited, releasedThrough: "2026-04-15" }).generate).toHaveLength(4);
    expect(due({ ...limited, releasedThrough: "2026-04-01" }).generate).toHaveLength(4);
    // Only 1 April came after the release: no more than the limit.
    expect(due({ ...limited, releasedThrough: "2026-03-31" }).generate).toHaveLength(4);
    expect(decideDue({ ...limited, releasedThrough: "2026-02-28" })).toMatchObject({
      kind: "parked",
      reason: "it missed 2 dates, 2026-03-01 to 2026-04-01, more than the limit of 1",
      preview: periodsJanuaryToApril,
    });
    expect(decideDue({ ...limited, releasedThrough: "2025-06-01" }).kind).toBe("parked");
  });

  test("a maximum or an end date that leaves few to make up is not over the limit", () => {
    const max = { ...downSinceDecember, catchUpLimit: 3, maxOccurrences: 15 };
    expect(due({ ...max, occurrencesGenerated: 12 }).generate).toHaveLength(3);
    const ended = { ...downSinceDecember, catchUpLimit: 3, endDate: "2026-03-15" };
    expect(due(ended).generate).toHaveLength(3);
  });

  test("the preview of a long gap stops at 366 periods", () => {
    const daily = inputOf({
      recurrence: every("custom", "2020-01-01"),
      businessDate: "2026-01-01",
    });
    const decision = decideDue(daily);
    if (decision.kind !== "parked") throw new Error("should be parked");
    expect(decision.preview).toHaveLength(366);
    expect(decision.reason).toMatch(/^it missed 2192 dates, 2020-01-01 to 2025-12-31,/);
  });
});

describe("the end of a series", () => {
  test("C11: completed as soon as no occurrence can come before the end date", () => {
    const series = inputOf({
      recurrence: every("monthly", "2026-01-31"),
      endDate: "2026-03-30",
    });
    expect(due(series)).toMatchObject({ nextDate: "2026-02-28", completed: false });
    const last = due({ ...series, nextK: 1, businessDate: "2026-02-28", occurrencesGenerated: 1 });
    expect(last.generate).toMatchObject([{ date: "2026-02-28" }]);
    expect(last).toMatchObject({ nextDate: null, completed: true });
  });

  test("the end date itself still gets its invoice", () => {
    const series = inputOf({ recurrence: every("monthly", "2026-01-31"), endDate: "2026-03-31" });
    const beforeLast = due({ ...series, nextK: 1, businessDate: "2026-02-28" });
    expect(beforeLast).toMatchObject({ nextDate: "2026-03-31", completed: false });
    const last = due({ ...series, nextK: 2, businessDate: "2026-03-31" });
    expect(last).toMatchObject({ generate: [{ date: "2026-03-31" }], completed: true });
  });

  test("nothing after the end date is generated or recorded, however late the night", () => {
    const series = { ...downSinceDecember, endDate: "2026-02-15" };
    expect(due(series).generate.map(({ date }) => date)).toEqual(["2026-01-01", "2026-02-01"]);
    for (const catchUp of ["latest", "none"] as const) {
      const { generate, skip, completed } = due({ ...series, catchUp });
      expect([...skip, ...generate].map(({ date }) => date)).toEqual(["2026-01-01", "2026-02-01"]);
      expect(completed).toBe(true);
    }
  });

  test("an end date of the last day there is means none", () => {
    const series = { ...downSinceDecember, endDate: "9999-12-31" };
    expect(due(series)).toMatchObject({ nextDate: "2026-05-01", completed: false });
  });

  test("the maximum counts generated invoices, not skipped dates", () => {
    const limits = { maxOccurrences: 13, occurrencesGenerated: 12 };
    const all = due({ ...downSinceDecember, ...limits });
    expect(all.generate.map(({ date }) => date)).toEqual(["2026-01-01"]);
    expect(all).toMatchObject({ nextDate: null, completed: true });
    const latest = due({ ...downSinceDecember, ...limits, catchUp: "latest" });
    expect(latest.generate.map(({ date }) => date)).toEqual(["2026-04-01"]);
    expect(latest).toMatchObject({ completed: true });
    const none = due({ ...downSinceDecember, ...limits, catchUp: "none" });
    expect(none).toMatchObject({ generate: [], nextDate: "2026-05-01", completed: false });
  });

  test("a series that reached its maximum makes and skips nothing", () => {
    for (const catchUp of ["all", "latest", "none"] as const) {
      const decision = due({
        ...downSinceDecember,
        catchUp,
        maxOccurrences: 12,
        occurrencesGenerated: 12,
      });
      expect(decision).toMatchObject({ generate: [], skip: [], nextK: 12, completed: true });
    }
  });
});

describe("rules that cannot go on", () => {
  test("an impossible rule parks the series with its reason", () => {
    const noStep = inputOf({ recurrence: every("monthly", "2026-01-01", 0) });
    expect(decideDue(noStep)).toEqual({
      kind: "parked",
      code: "impossible_rule",
      reason: "the interval 0 is no whole number from 1",
      preview: [],
    });
    const noSuchK = inputOf({ recurrence: every("monthly", "2026-01-01"), nextK: -1 });
    expect(decideDue(noSuchK)).toMatchObject({ kind: "parked", code: "impossible_rule" });
  });

  test("a period that would end after the year 9999 parks the series", () => {
    const input = inputOf({
      recurrence: every("yearly", "2026-01-01", 7000),
      nextK: 1,
      businessDate: "9026-01-01",
    });
    expect(decideDue(input)).toMatchObject({
      kind: "parked",
      code: "impossible_rule",
      reason: "its next period would end after the year 9999",
    });
  });
});

const grids = fc.record({
  frequency: fc.constantFrom("weekly", "monthly", "quarterly", "custom"),
  interval: fc.integer({ min: 1, max: 9 }),
  anchor: fc.constantFrom("2025-11-30", "2025-12-31", "2026-01-05", "2026-01-31"),
}) satisfies fc.Arbitrary<Recurrence>;

const series = fc.record({
  recurrence: grids,
  nights: fc.integer({ min: 1, max: 150 }),
  endDate: fc.option(fc.integer({ min: 0, max: 200 }).map((days) => addDays("2026-01-01", days))),
  maxOccurrences: fc.option(fc.integer({ min: 1, max: 20 })),
});

describe("in all cases", () => {
  test("one night after a gap makes the same invoices as every night would have", () => {
    fc.assert(
      fc.property(series, ({ recurrence, nights, endDate, maxOccurrences }) => {
        const first = "2026-01-31";
        const last = addDays(first, nights);
        const limits = { endDate, maxOccurrences, catchUpLimit: Infinity };
        const atOnce = due(inputOf({ recurrence, ...limits, businessDate: last }));

        const oneByOne: string[] = [];
        let state = { nextK: 0, nextDate: recurrence.anchor as string | null };
        for (let day = 0; day <= nights && state.nextDate !== null; day += 1) {
          const businessDate = addDays(first, day);
          const { nextK } = state;
          const occurrencesGenerated = oneByOne.length;
          const night = due(
            inputOf({ recurrence, ...limits, businessDate, nextK, occurrencesGenerated }),
          );
          oneByOne.push(...night.generate.map(({ date }) => date));
          state = night;
        }
        expect(oneByOne).toEqual(atOnce.generate.map(({ date }) => date));
        expect(state).toMatchObject({ nextK: atOnce.nextK, nextDate: atOnce.nextDate });
      }),
    );
  });

  test("every date up to the business date is generated or skipped once, and then nothing is due", () => {
    const policy = fc.constantFrom("all", "latest", "none");
    fc.assert(
      fc.property(series, policy, ({ recurrence, nights, endDate }, catchUp) => {
        const businessDate = addDays("2026-01-31", nights);
        const input = inputOf({
          recurrence,
          businessDate,
          endDate,
          catchUp,
          catchUpLimit: Infinity,
        });
        const { generate, skip, nextK, completed } = due(input);
        const ks = [...skip, ...generate].map(({ k }) => k);
        expect(ks).toEqual(Array.from({ length: nextK }, (_, k) => k));
        const through = endDate !== null && endDate < businessDate ? endDate : businessDate;
        expect(nextK).toBe(firstOccurrenceOnOrAfter(recurrence, addDays(through, 1)));
        const again = due({ ...input, nextK });
        expect(again).toMatchObject({ generate: [], skip: [], nextK, completed });
      }),
    );
  });
});

describe("pausing and editing", () => {
  test("C7: a resumed series goes on with its own grid and skips what passed", () => {
    const onThe15th = every("monthly", "2026-01-15");
    expect(decideResume(onThe15th, 1, "2026-03-05")).toEqual({
      nextK: 2,
      nextDate: "2026-03-15",
      skipped: [{ k: 1, date: "2026-02-15", periodStart: "2026-02-15", periodEnd: "2026-03-14" }],
    });
  });

  test("an occurrence of the very day of resuming is not skipped", () => {
    const resumed = decideResume(every("monthly", "2026-01-31"), 1, "2026-02-28");
    expect(resumed).toEqual({ nextK: 1, nextDate: "2026-02-28", skipped: [] });
  });

  test("a pause that passes no occurrence changes nothing", () => {
    const resumed = decideResume(every("monthly", "2026-01-31"), 5, "2026-02-10");
    expect(resumed).toEqual({ nextK: 5, nextDate: "2026-06-30", skipped: [] });
  });

  test("C9: every second Monday stays on its Mondays whenever it is looked at", () => {
    const mondays = every("weekly", "2026-01-05", 2);
    const onWednesday = due(inputOf({ recurrence: mondays, nextK: 1, businessDate: "2026-01-07" }));
    expect(onWednesday).toMatchObject({ generate: [], nextK: 1, nextDate: "2026-01-19" });
  });

  test("C15: a start eight months back would have missed eight occurrences", () => {
    expect(countMissedAtStart(every("monthly", "2025-07-20"), "2026-03-20")).toBe(8);
    expect(countMissedAtStart(every("monthly", "2026-03-20"), "2026-03-20")).toBe(0);
    expect(countMissedAtStart(every("monthly", "2027-03-20"), "2026-03-20")).toBe(0);
  });
});
