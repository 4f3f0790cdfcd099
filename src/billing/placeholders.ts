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

const MEANINGS = new Map<string, (facts: PlaceholderFacts) => string>([
  ["period.start", ({ periodStart }) => periodStart],
  ["period.end", ({ periodEnd }) => periodEnd],
  ["period.month", ({ periodStart }) => MONTHS[parseDay(periodStart).month - 1] ?? ""],
  ["period.year", ({ periodStart }) => `${parseDay(periodStart).year}`],
  ["invoice.number", ({ invoiceNumber }) => invoiceNumber],
]);

/** Whether the text holds anything in double braces, known or not. */
export function hasPlaceholder(text: string): boolean {
  return text.search(PLACEHOLDER) !== -1;
}

/** The first placeholder that means nothing to us, with its braces. */
export function findUnknownPlaceholder(text: string): string | undefined {
  for (const [whole, name = ""] of text.matchAll(PLACEHOLDER)) {
    if (!MEANINGS.has(name.trim())) return whole;
  }
  return undefined;
}

/**
 * Puts in what each placeholder stands for; month and year are those of the period's first day.
 * Throws on an unknown one: callers look for it first, with `findUnknownPlaceholder`.
 */
export function fillPlaceholders(text: string, facts: PlaceholderFacts): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => {
    const meaning = MEANINGS.get(name.trim());
    if (meaning === undefined) throw new Error(`unknown placeholder ${whole}`);
    return meaning(facts);
  });
}
