import { expect, test } from "vitest";
import { decideDue } from "../../../src/billing/due-occurrences.ts";
import {
  fillPlaceholders,
  findUnknownPlaceholder,
  hasPlaceholder,
} from "../../../src/billing/placeholders.ts";

const facts = {
  periodStart: "2026-01-31",
  periodEnd: "2026-02-27",
  invoiceNumber: "INV-00042",
};

test("C5: each made-up invoice speaks of its own month", () => {
  const decision = decideDue({
    recurrence: { frequency: "monthly", interval: 1, anchor: "2025-01-01" },
    nextK: 12,
    businessDate: "2026-04-15",
    endDate: null,
    maxOccurrences: null,
    occurrencesGenerated: 12,
    catchUp: "all",
    catchUpLimit: 12,
  });
  if (decision.kind !== "due") throw new Error(decision.reason);
  const texts = decision.generate.map((period) =>
    fillPlaceholders("Hosting {{period.month}} {{period.year}}", { ...facts, ...period }),
  );
  expect(texts).toEqual([
    "Hosting January 2026",
    "Hosting February 2026",
    "Hosting March 2026",
    "Hosting April 2026",
  ]);
});

test("dates, month, year and number are put in wherever they stand, with or without spaces", () => {
  const text = "{{invoice.number}}: {{ period.start }} to {{period.end}}, {{period.end}}";
  expect(fillPlaceholders(text, facts)).toBe("INV-00042: 2026-01-31 to 2026-02-27, 2026-02-27");
});

test("what is put in is taken as it is", () => {
  const odd = { ...facts, invoiceNumber: "$&{{period.year}}" };
  expect(fillPlaceholders("No. {{invoice.number}}", odd)).toBe("No. $&{{period.year}}");
});

test("the first placeholder that means nothing is named", () => {
  expect(findUnknownPlaceholder("{{period.month}} {{client.name}} {{x}}")).toBe("{{client.name}}");
  expect(findUnknownPlaceholder("{{}}")).toBe("{{}}");
  expect(findUnknownPlaceholder("{{toString}}")).toBe("{{toString}}");
  expect(findUnknownPlaceholder("{{ period.start }} {one} { or two")).toBeUndefined();
  expect(findUnknownPlaceholder("{{amount_due}}", new Map([["amount_due", 1]]))).toBeUndefined();
  expect(() => fillPlaceholders("{{client.name}}", facts)).toThrow("{{client.name}}");
});

test("double braces that lack their other half are as wrong", () => {
  expect(findUnknownPlaceholder("For {{period.start")).toBe("{{period.start");
  expect(findUnknownPlaceholder("For {{period.start} on")).toBe("{{period.start} on");
  expect(findUnknownPlaceholder("{{period.end}} {period.start}}")).toBe("{period.start}}");
  // What is filled in does not join two halves.
  expect(findUnknownPlaceholder("{{{period.end}}} x")).toBeUndefined();
  expect(findUnknownPlaceholder("{{ {{period.end}} }}")).toBe("{{");
});

test("text without placeholders is left alone", () => {
  expect(hasPlaceholder("Hosting {{period.month}}")).toBe(true);
  expect(hasPlaceholder("{{whatever}}")).toBe(true);
  expect(hasPlaceholder("{{period.start")).toBe(true);
  expect(hasPlaceholder("Hosting {January}")).toBe(false);
  expect(fillPlaceholders("Hosting {January}", facts)).toBe("Hosting {January}");
});

test("asking twice gives the same answer", () => {
  const answers = [1, 2, 3].map(() => hasPlaceholder("{{period.month}}"));
  expect(answers).toEqual([true, true, true]);
});
