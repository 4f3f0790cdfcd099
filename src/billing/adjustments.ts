/** What is added to an invoice, or taken off it, beside its lines. Minor units. */
export interface Adjustment {
  description: string | null;
  amount: bigint;
}

/** As much as the one field of an invoice holds. */
const DESCRIPTION_LENGTH_MAX = 255;

/** The adjustment that an invoice's two fields name, as the only one; none over nothing. */
export function oneAdjustment(fields: {
  adjustmentAmount: bigint;
  adjustmentDescription: string | null;
}): Adjustment[] {
  const { adjustmentAmount: amount, adjustmentDescription: description } = fields;
  return amount === 0n ? [] : [{ description, amount }];
}

/** What an invoice's two fields say of its adjustments: their sum, and what all of them are for. */
export function sumUpAdjustments(adjustments: readonly Adjustment[]): {
  adjustmentAmount: bigint;
  adjustmentDescription: string | null;
} {
  const texts = adjustments.flatMap(({ description }) => description ?? []);
  const characters = Array.from(texts.join("; "));
  const isLong = characters.length > DESCRIPTION_LENGTH_MAX;
  const text = isLong
    ? `${characters.slice(0, DESCRIPTION_LENGTH_MAX - 1).join("")}…`
    : characters.join("");
  return {
    adjustmentAmount: adjustments.reduce((sum, { amount }) => sum + amount, 0n),
    adjustmentDescription: text === "" ? null : text,
  };
}
