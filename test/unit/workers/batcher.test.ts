import { expect, test } from "vitest";
import { createBatcher } from "../../../src/workers/batcher.ts";

test("a lone ask goes out at once; what comes meanwhile goes together", async () => {
  const sizes: number[] = [];
  const gates: (() => void)[] = [];
  const batcher = createBatcher<number, number>(
    async (items) => {
      sizes.push(items.length);
      await new Promise<void>((resolve) => {
        gates.push(resolve);
      });
      return items.map((item) => item * 2);
    },
    { sizeMax: 3, isFaultOfItems: () => false },
  );
  const nextFlush = async (): Promise<void> => {
    while (gates.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gates.shift()?.();
  };
  const first = batcher.ask(1);
  await new Promise((resolve) => setImmediate(resolve));
  const others = [2, 3, 4, 5].map((item) => batcher.ask(item));
  await nextFlush();
  expect(await first).toBe(2);
  await nextFlush();
  await nextFlush();
  expect(await Promise.all(others)).toEqual([4, 6, 8, 10]);
  await batcher.idle();
  expect(sizes).toEqual([1, 3, 1]);
});

test("one that is refused does not take the others with it", async () => {
  const batcher = createBatcher<number, number>(
    async (items) => {
      if (items.includes(2)) throw new Error("two is refused");
      return items;
    },
    { sizeMax: 10, isFaultOfItems: () => true },
  );
  const answers = await Promise.allSettled([1, 2, 3].map((item) => batcher.ask(item)));
  expect(answers.map((answer) => answer.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("when the trouble is nobody's fault, all are refused at once", async () => {
  let flushes = 0;
  const batcher = createBatcher<number, number>(
    async () => {
      flushes += 1;
      return await Promise.reject(new Error("the database is away"));
    },
    { sizeMax: 10, isFaultOfItems: () => false },
  );
  const answers = await Promise.allSettled([1, 2, 3].map((item) => batcher.ask(item)));
  expect(answers.every((answer) => answer.status === "rejected")).toBe(true);
  expect(flushes).toBe(1);
});
