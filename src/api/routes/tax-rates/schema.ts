import { z } from "zod";
import type { TaxRateRow } from "../../../db/tax-rates.ts";
import { instantJson, presentInstant, type Answer } from "../../answers.ts";
import { basisPoints, requiredText } from "../../inputs.ts";
import { rateJson } from "../../units.ts";

export const taxRateJson = z
  .object({
    id: z.int(),
    name: z.string(),
    rate: rateJson,
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "TaxRate" });

export function presentTaxRate(row: TaxRateRow): z.input<typeof taxRateJson> {
  return {
    id: row.id,
    name: row.name,
    rate: Number(row.rate),
    created_at: presentInstant(row.createdAt),
    updated_at: presentInstant(row.updatedAt),
  };
}

export function answerTaxRate(row: TaxRateRow): Answer {
  return { status: 200, body: { data: presentTaxRate(row) }, version: row };
}

export const createTaxRateBody = z.strictObject({ name: requiredText(50), rate: basisPoints });
export const updateTaxRateBody = createTaxRateBody.partial();
