import { z } from "zod";
import type { ServiceFields, ServiceRow } from "../../../db/services.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import { basisPoints, moneyMinor, optionalText, requiredText } from "../../inputs.ts";
import { presentRate, rateText } from "../../rates.ts";
import { minorJson } from "../../units.ts";

const text = z.string().nullable();
const rate = z.number().nullable().meta({ description: "Basis points." });

export const serviceJson = z
  .object({
    id: z.int(),
    type: z.enum(["service", "product"]),
    name: z.string(),
    description: text,
    default_rate: minorJson.nullable(),
    unit: text,
    tax_name_1: text,
    tax_rate_1: rate,
    tax_name_2: text,
    tax_rate_2: rate,
    is_active: z.boolean(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "Service" });

export function presentService(service: ServiceRow): Record<string, unknown> {
  return {
    id: service.id,
    type: service.type,
    name: service.name,
    description: service.description,
    default_rate: service.defaultRate,
    unit: service.unit,
    tax_name_1: service.taxName1,
    tax_rate_1: presentRate(service.taxRate1),
    tax_name_2: service.taxName2,
    tax_rate_2: presentRate(service.taxRate2),
    is_active: service.isActive,
    created_at: presentInstant(service.createdAt),
    updated_at: presentInstant(service.updatedAt),
  };
}

export const serviceBody = z.strictObject({
  name: requiredText(255).optional(),
  description: optionalText(2000),
  default_rate: moneyMinor.nullable().optional(),
  type: z.enum(["service", "product"]).optional(),
  unit: optionalText(20),
  tax_name_1: optionalText(50),
  tax_rate_1: basisPoints.nullable().optional(),
  tax_name_2: optionalText(50),
  tax_rate_2: basisPoints.nullable().optional(),
  is_active: z.boolean().optional(),
});

/** What a request gives, in the names of the row. */
export function serviceFields(body: z.output<typeof serviceBody>): {
  [K in keyof ServiceFields]: ServiceFields[K] | undefined;
} {
  return {
    name: body.name,
    description: body.description,
    defaultRate: body.default_rate,
    type: body.type,
    unit: body.unit,
    taxName1: body.tax_name_1,
    taxRate1: rateText(body.tax_rate_1),
    taxName2: body.tax_name_2,
    taxRate2: rateText(body.tax_rate_2),
    isActive: body.is_active,
  };
}
