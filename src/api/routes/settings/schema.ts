import { z } from "zod";
import type { CompanyRow } from "../../../db/companies.ts";
import type { PaymentReminderRow } from "../../../db/payment-reminders.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import { presentRate } from "../../rates.ts";

export const lateFeeTypes = ["percentage", "flat"] as const;

export const lateFeesJson = z
  .object({
    late_fee_type: z.enum(lateFeeTypes).nullable().meta({ description: "Null: no late fees." }),
    late_fee_value: z.number().nullable().meta({
      description: "Minor units when flat, basis points of the outstanding principal otherwise.",
    }),
    late_fee_days: z.int().nullable().meta({
      description: "Charged once this many days have passed since the due date.",
    }),
    late_fee_tax_name: z.string().nullable(),
    late_fee_tax_rate: z.number().nullable().meta({
      description: "Basis points on top of the fee; null for no tax.",
    }),
    late_fee_repeats: z.boolean().meta({ description: "Charged again every month." }),
    late_fee_max_count: z.int().nullable(),
    late_fee_cap_rate: z.number().nullable().meta({
      description: "Fees together stay within so many basis points of the principal.",
    }),
  })
  .meta({ id: "LateFeeSettings" });

export function presentLateFees(company: CompanyRow) {
  return {
    late_fee_type: company.lateFeeType,
    late_fee_value: presentRate(company.lateFeeValue),
    late_fee_days: company.lateFeeDays,
    late_fee_tax_name: company.lateFeeTaxName,
    late_fee_tax_rate: presentRate(company.lateFeeTaxRate),
    late_fee_repeats: company.lateFeeRepeats,
    late_fee_max_count: company.lateFeeMaxCount,
    late_fee_cap_rate: presentRate(company.lateFeeCapRate),
  };
}

export const reminderJson = z
  .object({
    id: z.int(),
    reminder_number: z.int(),
    days_offset: z.int().meta({ description: "Days from the due date; negative before it." }),
    subject: z.string().nullable(),
    body: z.string().nullable(),
    is_active: z.boolean(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "PaymentReminder" });

export function presentReminder(reminder: PaymentReminderRow) {
  return {
    id: reminder.id,
    reminder_number: reminder.reminderNumber,
    days_offset: reminder.daysOffset,
    subject: reminder.subject,
    body: reminder.body,
    is_active: reminder.isActive,
    created_at: presentInstant(reminder.createdAt),
    updated_at: presentInstant(reminder.updatedAt),
  };
}
