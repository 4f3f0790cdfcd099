import { formatScaled } from "../billing/money.ts";

/** Basis points as kept ("997.500") to a number; three decimals of a small number are exact. */
export function presentRate(rate: string | null): number | null {
  return rate === null ? null : Number(rate);
}

/** Basis points ×10³, as `basisPoints` of inputs.ts gives them, to the text the database keeps. */
export function rateText(scaled: bigint | null | undefined): string | null | undefined {
  return typeof scaled === "bigint" ? formatScaled(scaled, 3) : scaled;
}
