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
 * Throws `InvalidInput` naming what is missing or out of range; `fieldOf` says how the caller knows it.
 */
export function mergeDiscount(
  current: Discount | null,
  input: DiscountInput,
  fieldOf: (field: string) => string = (field) => field,
): Discount | null {
  if (input.type === undefined && input.value === undefined) return current;
  if (input.type === null || input.value === null) {
    if (input.type !== undefined && input.type !== null) {
      throw fault(fieldOf("discount_value"), "This field is required with discount_type.");
    }
    return null;
  }
  const type = input.type ?? current?.type;
  if (type === undefined) {
    // Forms that know no discount send a plain zero.
    if (input.value === 0n) return null;
    throw fault(fieldOf("discount_type"), "This field is required with discount_value.");
  }
  if (input.value === undefined) {
    if (current?.type === type) return current;
    throw fault(fieldOf("discount_value"), "This field is required with discount_type.");
  }
  const read = type === "percentage" ? percentageOf : fixedOf;
  return read(input.value, fieldOf("discount_value"));
}

function percentageOf(value: bigint, field: string): Discount {
  if (value < 0n || value > 100_000n) {
    throw fault(field, "A percentage must be between 0 and 100.");
  }
  return { type: "percentage", rate: value * 100n };
}

function fixedOf(value: bigint, field: string): Discount {
  if (value < 0n || value % 1000n !== 0n || value >= 10n ** 18n) {
    const text = "A fixed discount must be a whole number of minor units, from 0 to below 10^15.";
    throw fault(field, text);
  }
  return { type: "fixed", amount: value / 1000n };
}

function fault(field: string, text: string): InvalidInput {
  return new InvalidInput({ [field]: [text] });
}
