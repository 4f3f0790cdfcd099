import { currencyExponent, isCurrency } from "../../billing/money.ts";

// docs.stripe.com/currencies: how Stripe counts an amount is not always what ISO 4217 says.

/** Counted in whole units. */
const zeroDecimals = new Set(
  "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "),
);
/** Counted in thousandths, of which the last digit must be 0. */
const threeDecimals = new Set("BHD JOD KWD OMR TND".split(" "));
/** Without decimals, and counted in hundredths all the same. */
const wholeInHundredths = new Set(["ISK", "UGX"]);

/** How Stripe counts a currency: decimals, and what an amount must be a multiple of. */
function countingOf(currency: string): { decimals: number; step: bigint } {
  if (zeroDecimals.has(currency)) return { decimals: 0, step: 1n };
  if (threeDecimals.has(currency)) return { decimals: 3, step: 10n };
  return { decimals: 2, step: wholeInHundredths.has(currency) ? 100n : 1n };
}

/**
 * What Stripe calls an amount of our minor units. Undefined when Stripe cannot charge exactly that: the
 * third decimal of a dinar, hundredths of an ariary.
 */
export function toStripeAmount(minor: bigint, currency: string): number | undefined {
  const { decimals, step } = countingOf(currency);
  const shift = decimals - currencyExponent(currency);
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n;
  if (minor % divisor !== 0n) return undefined;
  const amount = shift < 0 ? minor / divisor : minor * 10n ** BigInt(shift);
  return amount % step === 0n && amount <= Number.MAX_SAFE_INTEGER ? Number(amount) : undefined;
}

/**
 * Our minor units of what Stripe calls an amount.
 *
 * @param currency in any case
 * @returns undefined for a currency of none of our invoices, or a fraction of a minor unit
 */
export function fromStripeAmount(amount: number, currency: string): bigint | undefined {
  const code = currency.toUpperCase();
  if (!isCurrency(code)) return undefined;
  const shift = currencyExponent(code) - countingOf(code).decimals;
  if (shift >= 0) return BigInt(amount) * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return BigInt(amount) % divisor === 0n ? BigInt(amount) / divisor : undefined;
}
