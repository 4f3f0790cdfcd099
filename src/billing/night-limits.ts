import { formatMoney } from "./money.ts";

/** A company's limits for one night, each off while null (BILLING.md section 11). Minor units. */
export interface NightLimits {
  nightMaxInvoices: number | null;
  nightMaxAmount: bigint | null;
  nightMaxFees: bigint | null;
}

interface StepTotals {
  count: number;
  /** By currency, minor units. */
  amounts: Readonly<Record<string, number>>;
}

/**
 * The first limit a night would pass, in words, or undefined. Limits on money are read in the minor
 * unit of each currency by itself: amounts in different currencies are never added up.
 */
export function findPassedLimit(
  limits: NightLimits,
  night: { generated: StepTotals; fees: StepTotals },
): string | undefined {
  const { nightMaxInvoices, nightMaxAmount, nightMaxFees } = limits;
  if (nightMaxInvoices !== null && night.generated.count > nightMaxInvoices) {
    return `it would make ${night.generated.count} invoices, more than the limit of ${nightMaxInvoices}`;
  }
  return (
    passed("bill", night.generated.amounts, nightMaxAmount) ??
    passed("charge late fees of", night.fees.amounts, nightMaxFees)
  );
}

function passed(
  verb: string,
  amounts: Readonly<Record<string, number>>,
  limit: bigint | null,
): string | undefined {
  if (limit === null) return undefined;
  const over = Object.entries(amounts).find(([, amount]) => BigInt(amount) > limit);
  if (over === undefined) return undefined;
  const [currency, amount] = over;
  const [would, may] = [formatMoney(BigInt(amount), currency), formatMoney(limit, currency)];
  return `it would ${verb} ${would}, more than the limit of ${may}, which is ${limit} minor units of each currency by itself`;
}
