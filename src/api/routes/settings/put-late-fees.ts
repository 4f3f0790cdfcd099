import { z } from "zod";
import { saveLateFees } from "../../../actions/save-late-fees.ts";
import { recordAudit } from "../../../db/audit.ts";
import { lockCompany } from "../../../db/companies.ts";
import { NotFound } from "../../../errors.ts";
import { changerOf } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { basisPoints, decimal, optionalText, unsetOrWhole } from "../../inputs.ts";
import { units } from "../../units.ts";
import { lateFeesJson, lateFeeTypes, presentLateFees } from "./schema.ts";

const value = decimal({
  places: 3,
  min: 0n,
  max: 1_000_000_000_000_000n,
  text: "Must be minor units (flat) or basis points with at most 3 decimals (percentage), from 0.",
}).meta({ description: units.lateFee });

const lateFeesBody = z.strictObject({
  late_fee_type: z.enum(lateFeeTypes).nullable().optional(),
  late_fee_value: value.nullable().optional(),
  late_fee_days: unsetOrWhole(0, 90),
  late_fee_tax_name: optionalText(50),
  late_fee_tax_rate: basisPoints.nullable().optional(),
  late_fee_repeats: z.boolean().optional(),
  late_fee_max_count: unsetOrWhole(1, 1_000),
  late_fee_cap_rate: basisPoints
    .refine((scaled) => scaled > 0n, "Must be greater than 0; null for no cap.")
    .nullable()
    .optional(),
});

/** PUT and PATCH /settings/late-fees — a null type switches them off; fees charged stay. */
export const putLateFeesRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/settings/late-fees",
  summary: "Update late fee settings",
  description:
    "Keys left out stay as they are. `late_fee_value` is minor units (flat) or basis points of the " +
    "outstanding principal (percentage); it must be given anew when the type changes. A null " +
    "`late_fee_type` switches fees off. Fees already charged stay as they are.",
  tag: "Settings",
  access: { scope: "settings:write" },
  body: lateFeesBody,
  answers: { 200: z.object({ data: lateFeesJson }) },

  async run(context, { body }) {
    const { tx, company, now } = context;
    const locked = await lockCompany(tx, company.id);
    if (locked === undefined) throw new NotFound("Company");
    const changed = await saveLateFees(tx, {
      companyId: company.id,
      now,
      type: body.late_fee_type,
      value: body.late_fee_value,
      days: body.late_fee_days,
      taxName: body.late_fee_tax_name,
      taxRate: body.late_fee_tax_rate,
      repeats: body.late_fee_repeats,
      maxCount: body.late_fee_max_count,
      capRate: body.late_fee_cap_rate,
    });
    await recordAudit(tx, {
      companyId: company.id,
      ...changerOf(context),
      action: "late-fees.updated",
      subjectType: "company",
      subjectId: company.id,
      details: { before: JSON.stringify(presentLateFees(locked)), fields: Object.keys(body) },
    });
    return { status: 200, body: { data: presentLateFees(changed) }, version: changed };
  },
});
