import { assert, double, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "../../../src/queue/backoff.ts";

const policy = { attempts: 8, delayMsFirst: 30_000, delayMsMax: 21_600_000 };

test("the ceiling doubles with each attempt, up to the longest rest", () => {
  const ceilings = [1, 2, 3, 4, 5, 6, 7].map((attempt) => backoffMs(policy, attempt, 0.999_999_9));
  expect(ceilings).toEqual([29_999, 59_999, 119_999, 239_999, 479_999, 959_999, 1_919_999]);
  expect(backoffMs({ ...policy, attempts: 99 }, 90, 0.999_999_9)).toBe(21_599_997);
});

test("after the last attempt there is no other", () => {
  expect(backoffMs(policy, 8, 0.5)).toBeUndefined();
  expect(backoffMs(policy, 9, 0.5)).toBeUndefined();
  expect(backoffMs({ ...policy, attempts: 1 }, 1, 0.5)).toBeUndefined();
});

test("any rest is whole, not negative and below the longest", () => {
  assert(
    property(
      integer({ min: 1, max: 10_000 }),
      double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, random) => {
        const delay = backoffMs({ ...policy, attempts: 10_001 }, attempt, random) ?? -1;
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThan(policy.delayMsMax);
      },
    ),
  );
});
