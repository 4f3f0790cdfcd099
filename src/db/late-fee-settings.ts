import type { Tx } from "./client.ts";
import type { CompanyRow } from "./companies.ts";

/** A company's late-fee settings (BILLING.md section 6). Numerics as decimal text with three places. */
export type LateFeeSettings = Pick<
  CompanyRow,
  | "lateFeeType"
  | "lateFeeValue"
  | "lateFeeDays"
  | "lateFeeTaxName"
  | "lateFeeTaxRate"
  | "lateFeeRepeats"
  | "lateFeeMaxCount"
  | "lateFeeCapRate"
>;

/** Writes all of them. Fees already charged stay as they are. */
export async function updateLateFeeSettings(
  tx: Tx,
  companyId: number,
  settings: LateFeeSettings & { now: Date },
): Promise<void> {
  await tx`
    update companies
    set late_fee_type = ${settings.lateFeeType},
      late_fee_value = ${settings.lateFeeValue},
      late_fee_days = ${settings.lateFeeDays},
      late_fee_tax_name = ${settings.lateFeeTaxName},
      late_fee_tax_rate = ${settings.lateFeeTaxRate},
      late_fee_repeats = ${settings.lateFeeRepeats},
      late_fee_max_count = ${settings.lateFeeMaxCount},
      late_fee_cap_rate = ${settings.lateFeeCapRate},
      updated_at = ${settings.now}
    where id = ${companyId} and deleted_at is null
  `;
}
