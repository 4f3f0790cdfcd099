import { addDays, type LocalDate } from "../billing/dates.ts";
import { decideLateFee, type LateFeeRule } from "../billing/late-fees.ts";
import { parseScaled } from "../billing/money.ts";
import type { Tx } from "../db/client.ts";
import type { NightCompanyRow } from "../db/night-companies.ts";
import { chargeFees, lockFeeCandidates, type ChargedFee } from "../db/night-fees.ts";

/** Where a step that walks through invoices by due date has come to. */
export interface DueDateCursor {
  dueDate: LocalDate;
  id: number;
}

/**
 * One chunk of the night's late fees, in one transaction: reads each invoice under lock and charges
 * what BILLING.md section 6 says, once per occurrence. Returns where to go on, or null at the end.
 */
export async function chargeLateFees(
  tx: Tx,
  input: {
    company: NightCompanyRow;
    businessDate: LocalDate;
    now: Date;
    after: DueDateCursor | null;
    limit: number;
  },
): Promise<DueDateCursor | null> {
  const { company, businessDate, now, after, limit } = input;
  const rule = lateFeeRuleOf(company);
  if (rule === null) return null;

  const candidates = await lockFeeCandidates(tx, {
    companyId: company.id,
    // Charged when the business date is after due date + days: due date < business date − days.
    dueBefore: addDays(businessDate, -rule.days),
    businessDate,
    repeats: rule.repeat !== null,
    after,
    limit,
  });
  const fees: ChargedFee[] = [];
  for (const invoice of candidates) {
    const decision = decideLateFee({
      rule,
      businessDate,
      dueDate: invoice.dueDate,
      principalTotal: invoice.principal,
      amountPaid: invoice.amountPaid,
      feesCharged: invoice.feesCharged,
      occurrence: invoice.feeCount,
      ...(invoice.firstFeeDate === null ? {} : { firstFeeDate: invoice.firstFeeDate }),
      ...(invoice.lastFeeDate === null ? {} : { lastFeeDate: invoice.lastFeeDate }),
    });
    if ("none" in decision) continue;
    fees.push({ invoiceId: invoice.id, ...decision });
  }
  if (fees.length > 0) {
    await chargeFees(tx, {
      companyId: company.id,
      businessDate,
      now,
      description: "Late fee",
      taxName: company.lateFeeTaxName,
      taxRate: company.lateFeeTaxRate,
      fees,
    });
  }
  const last = candidates.at(-1);
  return last === undefined || candidates.length < limit
    ? null
    : { dueDate: last.dueDate, id: last.id };
}

/** The company's rule, or null while late fees are switched off. */
function lateFeeRuleOf(company: NightCompanyRow): LateFeeRule | null {
  if (company.lateFeeType === null || company.lateFeeValue === null) return null;
  const value = rateOf(company.lateFeeValue)!;
  return {
    type: company.lateFeeType,
    value: company.lateFeeType === "flat" ? value / 1000n : value,
    days: company.lateFeeDays ?? 0,
    taxRate: rateOf(company.lateFeeTaxRate),
    repeat: company.lateFeeRepeats
      ? { maxCount: company.lateFeeMaxCount ?? 12, capRate: rateOf(company.lateFeeCapRate) }
      : null,
  };
}

/** Three decimals, as the column has them, scaled to a whole number. */
function rateOf(text: string | null): bigint | null {
  return text === null ? null : parseScaled(text, 3)!;
}
