import { z } from "zod";
import type { AdjustmentRow } from "../../../db/invoice-adjustments.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import { moneyJson, presentMinor } from "../../units.ts";

export const adjustmentJson = z
  .object({
    id: z.int(),
    description: z.string().nullable(),
    amount: moneyJson("Negative when it takes something off."),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "InvoiceAdjustment" });

export function presentAdjustment(adjustment: AdjustmentRow) {
  return {
    id: adjustment.id,
    description: adjustment.description,
    amount: presentMinor(adjustment.amount),
    created_at: presentInstant(adjustment.createdAt),
    updated_at: presentInstant(adjustment.updatedAt),
  };
}
