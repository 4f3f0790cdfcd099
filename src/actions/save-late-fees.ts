import { formatScaled } from "../billing/money.ts";
import type { Tx } from "../db/client.ts";
import { findCompany, lockCompany, type CompanyRow } from "../db/companies.ts";
import { updateLateFeeSettings, type LateFeeSettings } from "../db/late-fee-settings.ts";
import { InvalidInput, NotFound } from "../errors.ts";

/** What is left out stays as it is. Rates are basis points scaled by 10³. */
export interface LateFeeInput {
  /** Null switches fees off. */
  type?: "flat" | "percentage" | null | undefined;
  /** ×10³: minor units when flat, basis points when a percentage. */
  value?: bigint | null | undefined;
  days?: number | null | undefined;
  taxName?: string | null | undefined;
  taxRate?: bigint | null | undefined;
  repeats?: boolean | undefined;
  maxCount?: number | null | undefined;
  capRate?: bigint | null | undefined;
}

/** A hundred per cent of the principal, in basis points ×10³. */
const wholePrincipal = 10_000_000n;

/**
 * Changes how a company charges late fees (BILLING.md section 6). Fees already charged stay as they
 * are (case G23). Throws `InvalidInput` for settings that a night could not charge by.
 */
export async function saveLateFees(
  tx: Tx,
  { companyId, now, ...input }: LateFeeInput & { companyId: number; now: Date },
): Promise<CompanyRow> {
  const company = await lockCompany(tx, companyId);
  if (company === undefined) throw new NotFound("Company");
  const settings = merged(company, input);
  check(company, settings, input);
  await updateLateFeeSettings(tx, companyId, { ...settings, now });
  const changed = await findCompany(tx, companyId);
  if (changed === undefined) throw new NotFound("Company");
  return changed;
}

function merged(company: CompanyRow, input: LateFeeInput): LateFeeSettings {
  return {
    lateFeeType: given(input.type, company.lateFeeType),
    lateFeeValue: given(text(input.value), company.lateFeeValue),
    lateFeeDays: given(input.days, company.lateFeeDays),
    lateFeeTaxName: given(input.taxName, company.lateFeeTaxName),
    lateFeeTaxRate: given(text(input.taxRate), company.lateFeeTaxRate),
    lateFeeRepeats: given(input.repeats, company.lateFeeRepeats),
    lateFeeMaxCount: given(input.maxCount, company.lateFeeMaxCount),
    lateFeeCapRate: given(text(input.capRate), company.lateFeeCapRate),
  };
}

function check(company: CompanyRow, settings: LateFeeSettings, input: LateFeeInput): void {
  const errors: Record<string, string[]> = {};
  const isOtherType = settings.lateFeeType !== company.lateFeeType;
  if (settings.lateFeeType !== null) {
    if (settings.lateFeeValue === null) {
      errors["late_fee_value"] = ["This field is required while late fees are on."];
    } else if (isOtherType && input.value === undefined) {
      // A value is minor units or basis points by its type: 25.00 flat must not turn into 25 per cent,
      // neither directly nor by switching fees off and on again.
      errors["late_fee_value"] = ["This field is required when late_fee_type changes."];
    }
    if (settings.lateFeeDays === null) {
      errors["late_fee_days"] = ["This field is required while late fees are on."];
    }
  }
  if (typeof input.value === "bigint") {
    if (settings.lateFeeType === "percentage" && input.value > wholePrincipal) {
      errors["late_fee_value"] = ["Must not be greater than 10000 basis points."];
    }
    if (settings.lateFeeType === "flat" && input.value % 1000n !== 0n) {
      errors["late_fee_value"] = ["Must be a whole number of minor units."];
    }
  }
  if (settings.lateFeeRepeats && settings.lateFeeMaxCount === null) {
    errors["late_fee_max_count"] = ["This field is required while late fees repeat."];
  }
  if (Object.keys(errors).length > 0) throw new InvalidInput(errors);
}

function given<T>(value: T | undefined, stored: T): T {
  return value === undefined ? stored : value;
}

function text(scaled: bigint | null | undefined): string | null | undefined {
  return typeof scaled === "bigint" ? formatScaled(scaled, 3) : scaled;
}
