import { daysBetween, type LocalDate } from "./dates.ts";
import { roundHalfAway } from "./money.ts";
import { periodOf, type Days } from "./periods.ts";
import { percentOf } from "./worked-time.ts";

/** How often a budget may begin anew. */
export const budgetPeriods = ["weekly", "monthly", "quarterly", "yearly"] as const;
export type BudgetPeriod = (typeof budgetPeriods)[number];

/** From the most pressing on. */
export const retainerRisks = ["over", "at_risk", "underused", "on_track"] as const;
export type RetainerRisk = (typeof retainerRisks)[number];

const CALENDAR = {
  weekly: "week",
  monthly: "month",
  quarterly: "quarter",
  yearly: "year",
} as const;

/** The days of the budget that the day lies in: the calendar's. */
export function budgetPeriodOf(period: BudgetPeriod, day: LocalDate): Days {
  return periodOf(CALENDAR[period], day);
}

/** A part of the budget that has to be used before a pace is taken for one. */
const PACE_FROM_PERCENT = 25n;
/** What is used of a budget without known days, from which it is at risk. */
const NEARLY_PERCENT = 80n;

/** A budget and what is used of it. At least one of its two limits is there, and above 0. */
export interface BudgetUse {
  budgetSeconds: bigint | null;
  /** Minor units, like `usedAmount`. */
  budgetAmount: bigint | null;
  usedSeconds: bigint;
  usedAmount: bigint;
  /** The days it is for; null when the first or the last is not known. */
  days: Days | null;
  /** The day on which it is looked at: it is used until then. */
  asOf: LocalDate;
  /** Whether the budget begins anew, so that what is not used is lost. */
  isRetainer: boolean;
}

export interface AssessedBudget {
  risk: RetainerRisk;
  /** Of the limit of which more is used, in per cent with two decimals. */
  usedPercent: number;
  overSeconds: bigint;
  /** What was worked beyond the budget: beyond its hours at the average of all that was worked. */
  overAmount: bigint;
}

/** How a budget stands; of one with two limits, the one that presses more. */
export function assessBudget(use: BudgetUse): AssessedBudget {
  const { budgetSeconds, budgetAmount, usedSeconds, usedAmount } = use;
  const limits = [
    { used: usedSeconds, budget: budgetSeconds },
    { used: usedAmount, budget: budgetAmount },
  ].flatMap(({ used, budget }) => (budget === null ? [] : [{ used, budget }]));
  const risks = limits.map((limit) => riskOf(limit, use));
  const overSeconds = beyond(usedSeconds, budgetSeconds);
  const overByHours =
    overSeconds === 0n ? 0n : roundHalfAway(usedAmount * overSeconds, usedSeconds);
  const overByAmount = beyond(usedAmount, budgetAmount);
  return {
    risk: retainerRisks.find((risk) => risks.includes(risk)) ?? "on_track",
    usedPercent: Math.max(...limits.map(({ used, budget }) => percentOf(used, budget))),
    overSeconds,
    overAmount: overByHours > overByAmount ? overByHours : overByAmount,
  };
}

function riskOf(
  { used, budget }: { used: bigint; budget: bigint },
  { days, asOf, isRetainer }: Pick<BudgetUse, "days" | "asOf" | "isRetainer">,
): RetainerRisk {
  if (used > budget) return "over";
  if (days === null) return used * 100n >= budget * NEARLY_PERCENT ? "at_risk" : "on_track";
  const count = daysBetween(days.start, days.end) + 1;
  const begun = Math.min(count, daysBetween(days.start, asOf) + 1);
  if (begun < 1) return "on_track";
  // What will be used by the end at the pace so far, and the budget, both times the days begun.
  const byTheEnd = used * BigInt(count);
  const allowed = budget * BigInt(begun);
  if (used * 100n >= budget * PACE_FROM_PERCENT && byTheEnd > allowed) return "at_risk";
  const isHalfOver = begun * 2 >= count;
  return isRetainer && isHalfOver && byTheEnd * 2n < allowed ? "underused" : "on_track";
}

function beyond(used: bigint, budget: bigint | null): bigint {
  return budget === null || used <= budget ? 0n : used - budget;
}

/** The days of a budget that begins anew on which its project is there; null for none. */
export function daysWithin(
  period: Days,
  project: { [K in keyof Days]: LocalDate | null },
): Days | null {
  const start =
    project.start !== null && project.start > period.start ? project.start : period.start;
  const end = project.end !== null && project.end < period.end ? project.end : period.end;
  return start <= end ? { start, end } : null;
}
