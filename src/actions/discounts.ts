import type { Discount } from "../billing/totals.ts";
import { InvalidInput } from "../errors.ts";

/** What a request says about a discount; what it leaves out is undefined. */
export interface DiscountInput {
  type?: "percentage" | "fixed" | null | undefined;
  /** ×10³: per cent for a percentage, minor units for a fixed one. */
  value?: bigint | null | undefined;
}

/**
 * The discount a request leaves a record with. A type without a value, or the other way round, takes
 * the missing half from the present discount if it has the same type; null for either ends it.
 * Throws `InvalidInput` naming what is missing or out of range.
 */
export function mergeDiscount(current: Discount | null, input: DiscountInput): Discount | null {
  if (input.type === undefined && input.value === undefined) return current;
  if (input.type === null || input.value === null) {
    if (input.type !== undefined && input.type !== null) {
      throw new InvalidInput({ discount_value: ["This field is required with discount_type."] });
    }
    return null;
  }
  const type = input.type ?? current?.type;
  if (type === undefined) {
    // Forms that know no discount send a plain zero.
    if (input.value === 0n) return null;
    throw new InvalidInput({ discount_type: ["This field is required with discount_value."] });
  }
  if (input.value === undefined) {
    if (current?.type === type) return current;
    throw new InvalidInput({ discount_value: ["This field is required with discount_type."] });
  }
  return type === "percentage" ? percentageOf(input.value) : fixedOf(input.value);
}

function percentageOf(value: bigint): Discount {
  if (value < 0n || value > 100_000n) {
    throw new InvalidInput({ discount_value: ["A percentage must be between 0 and 100."] });
  }
  return { type: "percentage", rate: value * 100n };
}

function fixedOf(value: bigint): Discount {
  if (value < 0n || value % 1000n !== 0n || value >= 10n ** 18n) {
    const text = "A fixed discount must be a whole number of minor units, from 0 to below 10^15.";
    throw new InvalidInput({ discount_value: [text] });
  }
  return { type: "fixed", amount: value / 1000n };
}
