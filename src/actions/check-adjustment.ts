import { InvalidInput } from "../errors.ts";

/** An adjustment may be negative when it says what for (BILLING.md 5.2). Throws InvalidInput. */
export function checkAdjustment(invoice: {
  adjustmentAmount: bigint;
  adjustmentDescription: string | null;
}): void {
  if (invoice.adjustmentAmount >= 0n || invoice.adjustmentDescription !== null) return;
  throw new InvalidInput({
    adjustment_description: ["A negative adjustment must say what it is for."],
  });
}
