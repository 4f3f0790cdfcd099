import { expect, test } from "vitest";
import { openLater } from "../../../src/connectors/open-later.ts";

test("a client is opened by its first call, once, and again only after it could not be", async () => {
  let openings = 0;
  const double = openLater(async () => {
    openings += 1;
    if (openings === 1) throw new Error("no memory");
    return async (value: number) => 2 * value;
  });
  expect(openings).toBe(0);
  await expect(double(1)).rejects.toThrow("no memory");
  expect(await Promise.all([double(2), double(3)])).toEqual([4, 6]);
  expect(await double(4)).toBe(8);
  expect(openings).toBe(2);
});
