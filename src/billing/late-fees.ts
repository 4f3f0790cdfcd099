import { addDays, type LocalDate } from "./dates.ts";
import { roundHalfAway } from "./money.ts";
import { firstOccurrenceOnOrAfter, occurrence as monthlyDate } from "./recurrence.ts";

/** A company's late-fee settings (BILLING.md section 6). Rates are basis points ×10³. */
export interface LateFeeRule {
  type: "flat" | "percentage";
  /** Minor units when flat, a rate when percentage. */
  value: bigint;
  /** Days of grace after the due date. */
  days: number;
  /** The tax on the fee, null when fees are not taxed. */
  taxRate: bigint | null;
  /** Once only when null; else monthly, at most so often, and up to a share of the principal in all. */
  repeat: null | { maxCount: number; capRate: bigint | null };
}

export interface LateFeeInput {
  rule: LateFeeRule;
  businessDate: LocalDate;
  dueDate: LocalDate;
  /** The invoice's total without its fees, minor units. */
  principalTotal: bigint;
  /** Payments count towards the principal first. */
  amountPaid: bigint;
  /** Fees so far without their tax, waived ones included. */
  feesCharged: bigint;
  /** How many fees so far, waived ones included: a waived fee is not charged again. */
  occurrence: number;
  /** The business date of the first fee, from which the months are counted. */
  firstFeeDate?: LocalDate;
  /** The business date of the last fee: there is one in a month at most, also after a long silence. */
  lastFeeDate?: LocalDate;
}

/** The fee to charge with its tax, in minor units, as the occurrence-th; or why there is none. */
export type LateFeeDecision = { fee: bigint; tax: bigint; occurrence: number } | { none: string };

/** Basis points ×10³ in a whole. */
const WHOLE = 10_000_000n;

/** Which late fee an open invoice gets on a business date, if any (BILLING.md section 6). */
export function decideLateFee(input: LateFeeInput): LateFeeDecision {
  const { rule, principalTotal, amountPaid } = input;
  const outstanding = principalTotal - amountPaid;
  if (outstanding <= 0n) return { none: "nothing of the principal is outstanding" };
  const notYet = findReasonToWait(input);
  if (notYet !== undefined) return { none: notYet };

  const full = rule.type === "flat" ? rule.value : roundHalfAway(outstanding * rule.value, WHOLE);
  const room = roomUnderCap(input);
  const fee = room !== null && room < full ? room : full;
  if (fee <= 0n) return { none: full <= 0n ? "it rounds to zero" : "the cap is reached" };

  const tax = rule.taxRate === null ? 0n : roundHalfAway(fee * rule.taxRate, WHOLE);
  return { fee, tax, occurrence: input.occurrence + 1 };
}

function findReasonToWait(input: LateFeeInput): string | undefined {
  const { rule, businessDate, dueDate, occurrence: charged } = input;
  const lastDayOfGrace = addDays(dueDate, rule.days);
  if (businessDate <= lastDayOfGrace) return `it is not late before ${addDays(lastDayOfGrace, 1)}`;
  if (charged === 0) return undefined;
  if (rule.repeat === null) return "it is already charged";
  if (charged >= rule.repeat.maxCount) return `it is already charged ${charged} times`;

  const anchor = input.firstFeeDate ?? addDays(lastDayOfGrace, 1);
  const months = { frequency: "monthly", interval: 1, anchor } as const;
  const afterLast = firstOccurrenceOnOrAfter(months, addDays(input.lastFeeDate ?? anchor, 1));
  const next = monthlyDate(months, Math.max(charged, afterLast));
  return businessDate < next ? `the next one is due on ${next}` : undefined;
}

/** Minor units left under the cap, or null without a cap. Cut, not rounded: a cap is never passed. */
function roomUnderCap({ rule, principalTotal, feesCharged }: LateFeeInput): bigint | null {
  const capRate = rule.repeat?.capRate ?? null;
  if (capRate === null) return null;
  return (principalTotal * capRate) / WHOLE - feesCharged;
}
