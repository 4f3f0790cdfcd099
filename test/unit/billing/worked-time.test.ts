import { expect, test } from "vitest";
import { hoursOf, quantityOfTime, timeAmount } from "../../../src/billing/worked-time.ts";

test("time costs its seconds times the rate, as the contract's samples have it", () => {
  const samples: [number, bigint, bigint, number][] = [
    [5783, 15_266n, 24_523n, 1.61],
    [17_654, 5977n, 29_311n, 4.9],
    [21_598, 12_880n, 77_273n, 6],
    [1838, 14_575n, 7441n, 0.51],
    [21_771, 15_990n, 96_700n, 6.05],
  ];
  for (const [seconds, rate, amount, hours] of samples) {
    expect(timeAmount(seconds, rate)).toBe(amount);
    expect(hoursOf(seconds)).toBe(hours);
  }
  expect(timeAmount(3600, null)).toBe(0n);
});

test("an invoice line says hours with four decimals", () => {
  expect(quantityOfTime(5400)).toBe(15_000n);
  expect(quantityOfTime(5783)).toBe(16_064n);
  // The least there is, a second, still is something.
  expect(quantityOfTime(1)).toBe(3n);
});
