import { expect, test } from "vitest";
import { createToken, hashToken, isSameSecret } from "../../../src/platform/tokens.ts";
import { createUuidV7Source, timestampOf, uuidV7 } from "../../../src/platform/uuid-v7.ts";

test("a run id is a UUID of version 7 that holds the millisecond it was made in", () => {
  const at = Date.UTC(2026, 10, 20, 14, 30, 0, 123);
  const id = createUuidV7Source(() => at)();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(timestampOf(id)).toEqual(new Date(at));
  expect(Math.abs(timestampOf(uuidV7()).getTime() - Date.now())).toBeLessThan(2_000);
});

test("run ids of one source only grow: within a millisecond, and when the clock steps back", () => {
  let now = 1_000_000;
  const next = createUuidV7Source(() => now);
  const ids: string[] = [];
  for (const step of [0, 1, -50_000, 0, 49_999, 2]) {
    now += step;
    for (let count = 0; count < 5_000; count += 1) ids.push(next());
  }
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
  // More than the counter holds borrows a few milliseconds of the future, not more.
  expect(timestampOf(ids.at(-1) ?? "").getTime() - now).toBeLessThan(20);
});

test("the time of what is no run id is not guessed", () => {
  for (const text of ["", "abc", "5d0ab3f2-0c4b-4f5e-9d58-0f6a4b2f7f11"]) {
    expect(() => timestampOf(text)).toThrow(TypeError);
  }
});

test("a token has its prefix and 256 bits nobody has seen before", () => {
  const tokens = Array.from({ length: 100 }, () => createToken("nl"));
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) expect(token).toMatch(/^nl_[\w-]{43}$/);
});

test("a token's hash is SHA-256, and secrets are compared whole", () => {
  expect(hashToken("abc").toString("hex")).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  expect(isSameSecret("one", "one")).toBe(true);
  expect(isSameSecret("one", "one ")).toBe(false);
  expect(isSameSecret("", "one")).toBe(false);
});
