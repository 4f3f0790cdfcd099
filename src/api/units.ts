import { z } from "zod";

/** The units of values, as the OpenAPI document says them of every field that has one. */
export const units = {
  minor: "Minor units of the currency: 1999 is 19.99 USD, 1999 JPY, 1.999 KWD.",
  minorOfEach:
    "The same number for each currency by itself, in that currency's minor units: 100000 is 1,000.00 USD " +
    "and 100,000 JPY. Amounts in different currencies are never added up.",
  unitPrice: "Minor units of the currency for one piece, with up to six decimals.",
  basisPoints: "Basis points with up to three decimals: 1900 is 19 %, 997.5 is 9.975 %.",
  percent: "Per cent, 0 to 100, with up to three decimals: 19 is 19 %.",
  discount:
    "Per cent (0 to 100) when the type is percentage, minor units of the currency when fixed.",
  lateFee: "Minor units when flat, basis points of the outstanding principal when percentage.",
} as const;

/** Minor units as JSON has them: all of ours are far below 2^53, up to which a number is exact. */
export function presentMinor(amount: bigint): number {
  return Number(amount);
}
/** Money in an answer. */
export const minorJson = z.int().meta({ description: units.minor });
/** Money in an answer of which there is more to say. */
export function moneyJson(text: string): z.ZodInt {
  return z.int().meta({ description: `${text} Minor units of the currency.` });
}
/** Money in an answer, by currency. */
export const amountsJson = z
  .record(z.string(), z.int())
  .meta({ description: "Minor units, by currency." });
/** A rate in an answer. */
export const rateJson = z.number().meta({ description: units.basisPoints });
