import type { LocalDate } from "./dates.ts";
import { lineAmount } from "./totals.ts";
import { shortHours, quantityOfTime } from "./worked-time.ts";

// How worked time becomes what an invoice says. docs/rules.md has the rules with worked examples.

/** Seconds and minor units. The first three change how much time is billed, the others what it costs. */
export type TimeTerms =
  | { type: "rounding"; increment: number; mode: RoundingMode }
  | { type: "minimum"; seconds: number }
  | { type: "retainer"; seconds: number }
  | { type: "cap"; amount: number; period: CapPeriod };

export const timeTermTypes = ["rounding", "minimum", "retainer", "cap"] as const;
export const roundingModes = ["up", "nearest", "down"] as const;
export const capPeriods = ["invoice", "month", "total"] as const;
type RoundingMode = (typeof roundingModes)[number];
type CapPeriod = (typeof capPeriods)[number];

export interface TimeRule {
  id: number;
  name: string;
  terms: TimeTerms;
}

/** Time to be billed. */
export interface WorkedTime {
  id: number;
  date: LocalDate;
  /** Seconds. */
  duration: number;
  /** Minor units an hour. */
  hourlyRate: bigint;
  /** Of the invoice that it is billed on. */
  currency: string;
}

/** What of a rule's time or money in one of its periods is used up. */
export interface RuleUse {
  ruleId: number;
  /** "2026-03", "total", or "invoice" for the one that is billed on. */
  period: string;
  /** Covered by a retainer. */
  seconds: number;
  /** Billed under a cap, in minor units of `currency`; a cap counts each currency by itself. */
  amount: bigint;
  currency: string;
}

/** What of a rule can matter to these entries, beside what is on the same invoice. */
export function periodsOf(entries: readonly Pick<WorkedTime, "date">[]): string[] {
  return ["total", ...new Set(entries.map(monthOf))];
}

function monthOf({ date }: Pick<WorkedTime, "date">): string {
  return date.slice(0, 7);
}

/** What is used up, by rule and period, and of money by currency. */
class Spent {
  readonly #seconds = new Map<string, number>();
  readonly #amounts = new Map<string, bigint>();

  add({ ruleId, period, seconds, amount, currency }: RuleUse): void {
    this.#seconds.set(`${ruleId}/${period}`, this.seconds(ruleId, period) + seconds);
    const before = this.amount(ruleId, period, currency);
    this.#amounts.set(`${ruleId}/${period}/${currency}`, before + amount);
  }

  seconds(ruleId: number, period: string): number {
    return this.#seconds.get(`${ruleId}/${period}`) ?? 0;
  }

  amount(ruleId: number, period: string, currency: string): bigint {
    return this.#amounts.get(`${ruleId}/${period}/${currency}`) ?? 0n;
  }
}

/** An entry as its line bills it. The line's amount is `quantity` × rate − `credit`. */
export interface BilledTime {
  id: number;
  /** Seconds, once rounded and raised. */
  seconds: number;
  /** Hours scaled by 10⁴. */
  quantity: bigint;
  /** Minor units that retainer and cap take off, never more than the amount. */
  credit: bigint;
  /** What the rules did, in words for the client. */
  remarks: string[];
  uses: RuleUse[];
  /** The rules that changed anything about it. */
  changedBy: number[];
}

/**
 * Bills time by rules, in the order of day and id. Of each type the first rule that `rulesOf` gives for
 * an entry counts. Rounding comes before the minimum, both before the retainer, and the cap is last, so
 * that it sees what the client would pay. `used` is what other invoices, and earlier imports of this
 * one, have used of each rule's periods.
 */
export function billTime(
  entries: readonly WorkedTime[],
  rulesOf: (entry: WorkedTime) => readonly TimeRule[],
  used: readonly RuleUse[],
): Map<number, BilledTime> {
  const spent = new Spent();
  for (const use of used) spent.add(use);
  const inOrder = entries.toSorted((a, b) =>
    a.date === b.date ? a.id - b.id : a.date < b.date ? -1 : 1,
  );
  const billed = new Map<number, BilledTime>();
  for (const entry of inOrder) {
    const rules = rulesOf(entry);
    const line = roundTime(entry, rules);
    const full = amountOf(line.seconds, entry.hourlyRate);
    const covered = cover(entry, line, rules, spent);
    const capped = limit(entry, line, { rules, left: full - covered, spent });
    line.credit = covered + capped;
    for (const use of line.uses) spent.add(use);
    billed.set(entry.id, line);
  }
  return billed;
}

function roundTime(entry: WorkedTime, rules: readonly TimeRule[]): BilledTime {
  const line: BilledTime = {
    id: entry.id,
    seconds: entry.duration,
    quantity: 0n,
    credit: 0n,
    remarks: [],
    uses: [],
    changedBy: [],
  };
  const rounding = firstOf(rules, "rounding");
  if (rounding !== undefined) {
    const seconds = roundSeconds(line.seconds, rounding.terms);
    if (seconds !== line.seconds) line.changedBy.push(rounding.id);
    line.seconds = seconds;
  }
  const minimum = firstOf(rules, "minimum");
  if (minimum !== undefined && line.seconds < minimum.terms.seconds) {
    line.seconds = minimum.terms.seconds;
    line.changedBy.push(minimum.id);
  }
  line.quantity = quantityOfTime(line.seconds);
  return line;
}

/** Whole increments: up, down, or to the nearest one, half of one up. */
export function roundSeconds(
  seconds: number,
  { increment, mode }: { increment: number; mode: RoundingMode },
): number {
  const rest = seconds % increment;
  if (rest === 0) return seconds;
  const isUp = mode === "up" || (mode === "nearest" && rest * 2 >= increment);
  return seconds - rest + (isUp ? increment : 0);
}

/** What a retainer of the entry's month takes over, in minor units. */
function cover(
  entry: WorkedTime,
  line: BilledTime,
  rules: readonly TimeRule[],
  spent: Spent,
): bigint {
  const retainer = firstOf(rules, "retainer");
  if (retainer === undefined) return 0n;
  const period = monthOf(entry);
  const { currency } = entry;
  const left = retainer.terms.seconds - spent.seconds(retainer.id, period);
  const seconds = Math.max(0, Math.min(left, line.seconds));
  if (seconds === 0) return 0n;
  line.uses.push({ ruleId: retainer.id, period, seconds, amount: 0n, currency });
  line.remarks.push(`${retainer.name}: ${shortHours(seconds)} of ${shortHours(line.seconds)} h`);
  line.changedBy.push(retainer.id);
  return amountOf(seconds, entry.hourlyRate);
}

/** What is over the cap, in minor units. */
function limit(
  entry: WorkedTime,
  line: BilledTime,
  input: { rules: readonly TimeRule[]; left: bigint; spent: Spent },
): bigint {
  const cap = firstOf(input.rules, "cap");
  if (cap === undefined) return 0n;
  const { period: kind, amount } = cap.terms;
  const { currency } = entry;
  const period = kind === "month" ? monthOf(entry) : kind;
  const room = BigInt(amount) - input.spent.amount(cap.id, period, currency);
  const billed = room <= 0n ? 0n : room < input.left ? room : input.left;
  line.uses.push({ ruleId: cap.id, period, seconds: 0, amount: billed, currency });
  if (billed === input.left) return 0n;
  line.remarks.push(`${cap.name}: the cap is reached`);
  line.changedBy.push(cap.id);
  return input.left - billed;
}

function amountOf(seconds: number, hourlyRate: bigint): bigint {
  return lineAmount(quantityOfTime(seconds), hourlyRate * 1_000_000n);
}

function firstOf<Type extends TimeTerms["type"]>(
  rules: readonly TimeRule[],
  type: Type,
): { id: number; name: string; terms: Extract<TimeTerms, { type: Type }> } | undefined {
  for (const { id, name, terms } of rules) {
    if (isOf(terms, type)) return { id, name, terms };
  }
  return undefined;
}

function isOf<Type extends TimeTerms["type"]>(
  terms: TimeTerms,
  type: Type,
): terms is Extract<TimeTerms, { type: Type }> {
  return terms.type === type;
}
