import { expect, test } from "vitest";
import {
  boundedRetryAfterMs,
  judgeWebhookAnswer,
  webhookRestMs,
  webhookRetryDelayMs,
} from "../../../src/billing/webhook-retries.ts";

const answer = (status: number | null, isRefused = false) =>
  judgeWebhookAnswer({ status, isRefused });

test("only 2xx is success; 410 is for good; what asks for less is told apart", () => {
  expect([200, 201, 202, 204, 299].map((status) => answer(status))).toEqual(
    Array(5).fill("delivered"),
  );
  const failing = [null, 100, 301, 302, 307, 400, 401, 404, 409, 500];
  expect(failing.map((status) => answer(status))).toEqual(Array(failing.length).fill("failed"));
  expect([429, 502, 503, 504].map((status) => answer(status))).toEqual(Array(4).fill("throttled"));
  expect([answer(410), answer(null, true)]).toEqual(["gone", "refused"]);
});

test("ten attempts go over about three days; a rest is short at first and never long", () => {
  const delays = Array.from({ length: 9 }, (_, index) => webhookRetryDelayMs(index + 1, 0)!);
  expect(delays.reduce((sum, ms) => sum + ms, 0) / 3_600_000).toBeCloseTo(75.58, 1);
  expect(webhookRetryDelayMs(10, 0)).toBeUndefined();
  expect(webhookRetryDelayMs(2, 0.999)).toBeLessThanOrEqual(330_000);
  expect([1, 2, 3, 7, 1_000].map(webhookRestMs)).toEqual([5_000, 10_000, 20_000, 300_000, 300_000]);
  expect([-5, 600_000, 10 * 86_400_000].map(boundedRetryAfterMs)).toEqual([0, 600_000, 3_600_000]);
});
