import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { formatScaled } from "../../../src/billing/money.ts";
import { lineAmount } from "../../../src/billing/totals.ts";
import { billTime, roundSeconds, type TimeTerms } from "../../../src/billing/time-rules.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/rules.md"), "utf8");

const Example = z.strictObject({
  rules: z.array(
    z.strictObject({
      id: z.int(),
      terms: z.custom<TimeTerms>(),
      /** Those that meet its conditions; all when left out. */
      entries: z.array(z.int()).optional(),
    }),
  ),
  used: z
    .array(
      z.strictObject({
        ruleId: z.int(),
        period: z.string(),
        seconds: z.int(),
        amount: z.int().transform(BigInt),
        currency: z.string().default("USD"),
      }),
    )
    .default([]),
  entries: z.array(
    z.strictObject({
      id: z.int(),
      date: z.string(),
      duration: z.int(),
      hourlyRate: z.int().transform(BigInt),
      currency: z.string().default("USD"),
    }),
  ),
  lines: z.array(z.record(z.string(), z.unknown())),
});

const examples = [...page.matchAll(/\*\*([^*]+)\*\*[^`]*```json\n([^`]+)```/g)].map(
  ([, title = "", json = ""]) => [title, Example.parse(JSON.parse(json))] as const,
);

test("the page has examples of every type of terms", () => {
  const types = examples.flatMap(([, { rules }]) => rules.map(({ terms }) => terms.type));
  expect(new Set(types)).toEqual(new Set(["rounding", "minimum", "retainer", "cap"]));
});

test.each(examples)("%s", (_title, { rules, used, entries, lines }) => {
  const billed = billTime(
    entries,
    ({ id }) =>
      rules
        .filter((rule) => rule.entries === undefined || rule.entries.includes(id))
        .map((rule) => ({ ...rule, name: "Rule" })),
    used,
  );
  const rates = new Map(entries.map(({ id, hourlyRate }) => [id, hourlyRate]));
  const shown = [...billed.values()].map(({ id, seconds, quantity, credit }) => ({
    id,
    seconds,
    quantity: formatScaled(quantity, 4),
    amount: Number(lineAmount(quantity, rates.get(id)! * 1_000_000n)),
    credit: Number(credit),
  }));
  expect(shown).toEqual(lines);
});

test("no rules bill what was worked, and rounding never leaves a whole increment", () => {
  const entry = { id: 1, date: "2026-03-02", duration: 1234, hourlyRate: 7_777n, currency: "USD" };
  expect(billTime([entry], () => [], []).get(1)).toEqual({
    id: 1,
    seconds: 1234,
    quantity: 3428n,
    credit: 0n,
    remarks: [],
    uses: [],
    changedBy: [],
  });
  for (const mode of ["up", "nearest", "down"] as const) {
    for (let seconds = 0; seconds < 4_000; seconds += 7) {
      const rounded = roundSeconds(seconds, { increment: 900, mode });
      expect(rounded % 900).toBe(0);
      const [least, most] = { up: [0, 899], nearest: [-449, 450], down: [-899, 0] }[mode];
      expect(rounded - seconds).toBeGreaterThanOrEqual(least!);
      expect(rounded - seconds).toBeLessThanOrEqual(most!);
    }
  }
});

test("over any retainer and cap nothing is taken off twice, whatever the imports", () => {
  const terms: TimeTerms[] = [
    { type: "retainer", seconds: 10_000 },
    { type: "cap", amount: 30_000, period: "total" },
  ];
  const rules = terms.map((each, index) => ({ id: index + 1, name: "Rule", terms: each }));
  const entries = Array.from({ length: 40 }, (_, index) => ({
    id: index + 1,
    date: "2026-03-02",
    duration: 100 + ((index * 977) % 2_000),
    hourlyRate: BigInt(5_000 + ((index * 331) % 9_000)),
    currency: "USD",
  }));
  const whole = [...billTime(entries, () => rules, []).values()];
  // The same time, in imports of seven entries each.
  const parts: typeof whole = [];
  for (let at = 0; at < entries.length; at += 7) {
    const used = parts.flatMap(({ uses }) => uses);
    parts.push(...billTime(entries.slice(at, at + 7), () => rules, used).values());
  }
  expect(parts).toEqual(whole);
  const covered = whole.flatMap(({ uses }) => uses).filter(({ ruleId }) => ruleId === 1);
  expect(covered.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(10_000);
  const paid = whole.reduce(
    (sum, { id, quantity, credit }) =>
      sum + lineAmount(quantity, entries[id - 1]!.hourlyRate * 1_000_000n) - credit,
    0n,
  );
  expect(paid).toBe(30_000n);
});
