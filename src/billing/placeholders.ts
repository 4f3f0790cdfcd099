import { parseDay, type LocalDate } from "./dates.ts";

/** What the placeholders of one generated invoice stand for (BILLING.md 3.4). */
export interface PlaceholderFacts {
  periodStart: LocalDate;
  /** Inclusive. */
  periodEnd: LocalDate;
  invoiceNumber: string;
}

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** What texts of a series may say in double braces. */
export const PERIOD_PLACEHOLDERS: ReadonlyMap<string, (facts: PlaceholderFacts) => string> =
  new Map([
    ["period.start", ({ periodStart }: PlaceholderFacts) => periodStart],
    ["period.end", ({ periodEnd }: PlaceholderFacts) => periodEnd],
    [
      "period.month",
      ({ periodStart }: PlaceholderFacts) => MONTHS[parseDay(periodStart).month - 1] ?? "",
    ],
    ["period.year", ({ periodStart }: PlaceholderFacts) => `${parseDay(periodStart).year}`],
    ["invoice.number", ({ invoiceNumber }: PlaceholderFacts) => invoiceNumber],
  ]);

/** Whether the text holds a placeholder, known or not, or the beginning of one. */
export function hasPlaceholder(text: string): boolean {
  return text.includes("{{");
}

/**
 * The first thing in double braces that is none of the known placeholders, or double braces that
 * lack their other half; undefined when all is well.
 */
export function findUnknownPlaceholder(
  text: string,
  known: { has: (name: string) => boolean } = PERIOD_PLACEHOLDERS,
): string | undefined {
  for (const [whole, name = ""] of text.matchAll(PLACEHOLDER)) {
    if (!known.has(name.trim())) return whole;
  }
  // Between two halves a line break stands for what was filled in, so that it joins nothing.
  return /\{\{.*|.*\}\}/.exec(text.replaceAll(PLACEHOLDER, "\n"))?.[0].trim();
}

/**
 * Puts in what each placeholder stands for; month and year are those of the period's first day.
 * Throws on an unknown one: callers look for it first, with `findUnknownPlaceholder`.
 */
export function fillPlaceholders(text: string, facts: PlaceholderFacts): string {
  return text.replaceAll(PLACEHOLDER, (whole, name: string) => {
    const meaning = PERIOD_PLACEHOLDERS.get(name.trim());
    if (meaning === undefined) throw new Error(`unknown placeholder ${whole}`);
    return meaning(facts);
  });
}
