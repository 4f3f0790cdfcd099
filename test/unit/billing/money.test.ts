import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  currencyExponent,
  formatMoney,
  formatScaled,
  isCurrency,
  parseScaled,
  roundHalfAway,
} from "../../../src/billing/money.ts";

test("currencies have the decimals of ISO 4217, not those of a locale's habit", () => {
  const exponents = { JPY: 0, KRW: 0, USD: 2, LBP: 2, HUF: 2, KWD: 3, TND: 3, CLF: 4 };
  for (const [code, exponent] of Object.entries(exponents)) {
    expect([code, currencyExponent(code)]).toEqual([code, exponent]);
  }
  expect(["usd", "XXX", "XAU", "XTS", "ABC", "", "constructor"].filter(isCurrency)).toEqual([]);
  expect(() => currencyExponent("ABC")).toThrow(RangeError);
});

test("money is written as people read it, to the last minor unit", () => {
  expect(formatMoney(123_450n, "USD")).toBe("$1,234.50");
  expect(formatMoney(1_234n, "JPY")).toBe("¥1,234");
  expect(formatMoney(150n, "KWD")).toBe("KWD 0.150");
  expect(formatMoney(-268n, "USD")).toBe("-$2.68");
  expect(formatMoney(123_450n, "EUR", "de-DE")).toBe("1.234,50 €");
  expect(formatMoney(100n, "LBP")).toBe("LBP 1.00");
});

test("F21: the largest amounts are exact", () => {
  expect(formatMoney(99_999_999_999_999n, "USD")).toBe("$999,999,999,999.99");
  expect(formatMoney(9_007_199_254_740_993n, "USD")).toBe("$90,071,992,547,409.93");
  expect(formatMoney(10n ** 30n + 1n, "JPY")).toBe("¥1,000,000,000,000,000,000,000,000,000,001");
});

test("halves are rounded away from zero, on both sides and for any signs", () => {
  expect(roundHalfAway(5n, 10n)).toBe(1n);
  expect(roundHalfAway(-5n, 10n)).toBe(-1n);
  expect(roundHalfAway(4n, 10n)).toBe(0n);
  expect(roundHalfAway(-4n, 10n)).toBe(0n);
  expect(roundHalfAway(5n, -10n)).toBe(-1n);
  expect(roundHalfAway(7n, 3n)).toBe(2n);
  expect(roundHalfAway(-8n, 3n)).toBe(-3n);
});

test("a rounded quotient is never more than a half away from the exact one", () => {
  const numerator = fc.bigInt(-(10n ** 30n), 10n ** 30n);
  const denominator = fc.bigInt(1n, 10n ** 12n);
  fc.assert(
    fc.property(numerator, denominator, (n, d) => {
      const rounded = roundHalfAway(n, d);
      const error = 2n * (rounded * d - n);
      // Of two whole numbers equally near it is the one further from zero.
      const isAway = n >= 0n ? error > -d : error < d;
      expect(error <= d && error >= -d && isAway).toBe(true);
    }),
  );
});

test("decimals are read exactly, as number or text", () => {
  expect(parseScaled("2.25", 4)).toBe(22_500n);
  expect(parseScaled(2.25, 4)).toBe(22_500n);
  expect(parseScaled("-267.5", 6)).toBe(-267_500_000n);
  expect(parseScaled("3.500000", 3)).toBe(3_500n);
  expect(parseScaled("007", 0)).toBe(7n);
  expect(parseScaled("-0.00", 2)).toBe(0n);
  expect(parseScaled("0.1", 1)).toBe(1n);
  expect(parseScaled(0.1 + 0.2, 17)).toBe(30_000_000_000_000_004n);
  expect(parseScaled(1e21, 2)).toBe(10n ** 23n);
  expect(parseScaled(1e-7, 7)).toBe(1n);
  expect(parseScaled("12e3", 0)).toBe(12_000n);
});

test("what is no decimal, or has more decimals than there is room for, is refused", () => {
  const texts = [
    "",
    " ",
    "1,5",
    "1.",
    ".5",
    "+1",
    "--1",
    "0x10",
    "1e",
    "Infinity",
    "١",
    "1\n",
    "1_0",
  ];
  expect(texts.filter((text) => parseScaled(text, 4) !== undefined)).toEqual([]);
  expect(parseScaled("1.23456", 4)).toBeUndefined();
  expect(parseScaled(1e-7, 6)).toBeUndefined();
  expect(parseScaled("1e-999", 6)).toBeUndefined();
  expect(parseScaled("1e100", 6)).toBeUndefined();
  expect(parseScaled("1e999", 6)).toBeUndefined();
  expect(parseScaled("1e999999999", 6)).toBeUndefined();
  expect(parseScaled("9".repeat(100_000), 6)).toBeUndefined();
  expect(parseScaled(Number.NaN, 4)).toBeUndefined();
  expect(parseScaled(Infinity, 4)).toBeUndefined();
});

test("a scaled number is written with all its decimals, and read back the same", () => {
  expect(formatScaled(22_500n, 4)).toBe("2.2500");
  expect(formatScaled(-5n, 3)).toBe("-0.005");
  expect(formatScaled(7n, 0)).toBe("7");
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 24n), 10n ** 24n), fc.nat(10), (value, scale) => {
      expect(parseScaled(formatScaled(value, scale), scale)).toBe(value);
    }),
  );
});
