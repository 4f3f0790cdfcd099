import { z } from "zod";
import type { DiscountInput } from "../../../actions/discounts.ts";
import { decimal } from "../../inputs.ts";
import { units } from "../../units.ts";

/** A discount in a body, of an invoice, a quote, a series or a line. */
export const discountInBody = {
  discount_type: z
    .enum(["percentage", "fixed", "none"])
    .transform((type) => (type === "none" ? null : type))
    .nullable()
    .optional(),
  discount_value: decimal({
    places: 3,
    min: 0n,
    max: 999_999_999_999_999_000n,
    text: "Must be a percentage from 0 to 100 with at most 3 decimals, or minor units from 0 to below 10^15.",
  })
    .nullable()
    .optional()
    .meta({ description: units.discount }),
};

/** What a body says of a discount, as the actions take it; undefined when it says nothing. */
export function toDiscount(body: {
  discount_type?: "percentage" | "fixed" | null | undefined;
  discount_value?: bigint | null | undefined;
}): DiscountInput | undefined {
  const { discount_type: type, discount_value: value } = body;
  return type === undefined && value === undefined ? undefined : { type, value };
}
