import { expect, test, vi } from "vitest";
import { hashPassword, needsRehash, verifyPassword } from "../../../src/platform/passwords.ts";

// A hash takes its time on purpose, and more of it beside other work.
vi.setConfig({ testTimeout: 20_000 });

test("a password is verified by its hash, which is another one each time", async () => {
  const [one, two] = await Promise.all([
    hashPassword("correct horse"),
    hashPassword("correct horse"),
  ]);
  expect(one).not.toBe(two);
  expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
  expect(await verifyPassword("correct horse", one)).toBe(true);
  expect(await verifyPassword("correct horse ", one)).toBe(false);
});

test("the same characters are the same password however they were typed", async () => {
  const composed = await hashPassword("caf\u00E9");
  expect(await verifyPassword("cafe\u0301", composed)).toBe(true);
});

test("without a user the answer is no, and it takes about as much work", async () => {
  const known = await workOfRefusal(await hashPassword("x"));
  expect(await workOfRefusal(null)).toBeGreaterThan(known / 4);
});

test("a hash at another cost is still good, and known to be due for a new one", async () => {
  const cheap = "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$" + "A".repeat(43);
  expect(needsRehash(cheap)).toBe(true);
  expect(await verifyPassword("anything", cheap)).toBe(false);
  expect(needsRehash(await hashPassword("x"))).toBe(false);
});

test("what is no hash of ours is an error rather than a wrong password", async () => {
  await expect(verifyPassword("x", "$2b$10$abcdefghijklmnopqrstuv")).rejects.toThrow(
    "not of a form",
  );
});

/** Microseconds of the processor, whatever else it does. */
async function workOfRefusal(stored: string | null): Promise<number> {
  const start = process.cpuUsage();
  expect(await verifyPassword("y", stored)).toBe(false);
  const { user, system } = process.cpuUsage(start);
  return user + system;
}
