/**
 * ISO 4217 by number of decimals. Intl is not asked: it follows the habits of a place (no decimals
 * for the Lebanese pound), not the standard. Gold, funds and testing codes are left out; codes
 * withdrawn since 2020 are kept, as imported invoices still carry them.
 */
const CODES_BY_EXPONENT: Readonly<Record<number, string>> = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
    CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
    GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR
    LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB
    PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP
    SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL`,
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};

const EXPONENTS: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES_BY_EXPONENT).flatMap(([exponent, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(exponent)] as const),
  ),
);

/** The currency codes of ISO 4217. */
export const currencyCodes: readonly string[] = [...EXPONENTS.keys()];

/** Whether the text is a currency code of ISO 4217, in capitals. */
export function isCurrency(code: string): boolean {
  return EXPONENTS.has(code);
}

/** How many decimals the currency's major unit has. Throws `RangeError` for an unknown code. */
export function currencyExponent(code: string): number {
  const exponent = EXPONENTS.get(code);
  if (exponent === undefined) throw new RangeError(`"${code}" is no currency of ISO 4217`);
  return exponent;
}

/**
 * An amount as people read it, exact for any size: "$1,234.50", "¥1,234", "KWD 0.150". Spaces are
 * plain ones. Throws `RangeError` for an unknown currency or locale.
 */
export function formatMoney(minor: bigint, currency: string, locale = "en-US"): string {
  const exponent = currencyExponent(currency);
  const format = formatOf(currency, exponent, locale);
  // Intl reads decimal text digit by digit; a number would lose the cents of large amounts.
  // oxlint-disable-next-line no-unsafe-type-assertion -- formatScaled gives nothing but decimal text.
  const text = format.format(formatScaled(minor, exponent) as `${number}`);
  return text.replaceAll(/[\u00a0\u202f]/g, " ");
}

/** Made once each: making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string, exponent: number, locale: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      minimumFractionDigits: exponent,
      maximumFractionDigits: exponent,
    });
    formats.set(key, format);
  }
  return format;
}

/** numerator ÷ denominator to a whole number; halves go away from zero (BILLING.md 5.1). */
export function roundHalfAway(numerator: bigint, denominator: bigint): bigint {
  if (denominator < 0n) return roundHalfAway(-numerator, -denominator);
  const doubled = numerator < 0n ? 2n * numerator - denominator : 2n * numerator + denominator;
  // Division of bigints cuts towards zero.
  return doubled / (2n * denominator);
}

/** Far more than any amount has; keeps work on hostile input small. */
const DIGITS_MAX = 60;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * A decimal as a whole number of 10^-scale: "2.25" at scale 4 is 22500n. Undefined for what is no
 * decimal number, has more decimals than the scale holds (zeros at the end aside), or is endless.
 */
export function parseScaled(input: string | number, scale: number): bigint | undefined {
  const text = String(input);
  const match = text.length > DIGITS_MAX ? null : DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = BigInt(whole + fraction);
  const shift = scale + Number(exponent) - fraction.length;
  if (digits === 0n) return 0n;
  if (shift > DIGITS_MAX) return undefined;
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n;
  if (digits % divisor !== 0n) return undefined;
  const scaled = shift < 0 ? digits / divisor : digits * 10n ** BigInt(shift);
  return sign === "-" ? -scaled : scaled;
}

/** The decimal text of a number of 10^-scale, with all its decimals: 22500n at scale 4 is "2.2500". */
export function formatScaled(value: bigint, scale: number): string {
  if (scale === 0) return value.toString();
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const sign = value < 0n ? "-" : "";
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
