import { expect, test } from "vitest";
import { fromStripeAmount, toStripeAmount } from "../../../src/connectors/stripe/amounts.ts";

test.each([
  ["USD", 15_050n, 15_050],
  // F15: the card is charged 1333, not 133300.
  ["JPY", 1_333n, 1_333],
  ["KRW", 5n, 5],
  // No decimals by the standard, counted in hundredths over there.
  ["ISK", 500n, 50_000],
  ["UGX", 7n, 700],
  // Two decimals by the standard, counted whole over there.
  ["MGA", 12_300n, 123],
  ["KWD", 10_010n, 10_010],
  ["TND", 5_120n, 5_120],
])("%s: %d of our minor units are %d of Stripe's, and back", (currency, minor, amount) => {
  expect(toStripeAmount(minor, currency)).toBe(amount);
  expect(fromStripeAmount(amount, currency.toLowerCase())).toBe(minor);
});

test("what Stripe cannot charge exactly is not charged nearly", () => {
  expect(toStripeAmount(10_001n, "KWD")).toBeUndefined();
  expect(toStripeAmount(12_345n, "MGA")).toBeUndefined();
  expect(toStripeAmount(2n ** 60n, "USD")).toBeUndefined();
  expect(fromStripeAmount(150, "isk")).toBeUndefined();
  expect(fromStripeAmount(100, "zzz")).toBeUndefined();
});
