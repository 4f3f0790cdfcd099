import { expect, test } from "vitest";
import { createLog } from "../../../src/platform/log.ts";
import { startLoop } from "../../../src/workers/loop.ts";

const log = createLog({ level: "silent", name: "test" });

test("it rests until it is woken, and ends its pass before it stops", async () => {
  let passes = 0;
  let passed: (() => void) | undefined;
  const loop = startLoop(log, "test", async () => {
    passes += 1;
    passed?.();
    return 60_000;
  });
  expect(passes).toBe(1);
  const second = new Promise<void>((resolve) => {
    passed = resolve;
  });
  loop.wake();
  await second;
  await loop.stop();
  expect(passes).toBe(2);
});

test("a wake during a pass is not lost", async () => {
  const passes: number[] = [];
  const third = new Promise<void>((resolve) => {
    const loop = startLoop(log, "test", async () => {
      passes.push(passes.length);
      if (passes.length < 3) loop.wake();
      else resolve(loop.stop());
      await Promise.resolve();
      return 60_000;
    });
  });
  await third;
  expect(passes).toHaveLength(3);
});

test("a pass that fails is tried again", async () => {
  let passes = 0;
  await new Promise<void>((resolve) => {
    const loop = startLoop(log, "test", async () => {
      passes += 1;
      if (passes === 1) throw new Error("the database is away");
      resolve(loop.stop());
      return await Promise.resolve(0);
    });
  });
  expect(passes).toBe(2);
});
