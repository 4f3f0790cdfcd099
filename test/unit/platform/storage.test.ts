import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { InvalidPayload, NotFound } from "../../../src/errors.ts";
import { createLocalStorage } from "../../../src/platform/storage.ts";

async function setUpStorage() {
  const folder = await mkdtemp(join(tmpdir(), "nightledger-storage-"));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  return { folder, storage: createLocalStorage(join(folder, "files")) };
}

test("what was put is got, replaced whole, and gone when deleted", async () => {
  const { storage } = await setUpStorage();
  const key = "companies/7/invoices/INV-1.pdf";
  await storage.put(key, Buffer.from("first, and longer"));
  await storage.put(key, Buffer.from([0, 255]));
  expect(await storage.get(key)).toEqual(Buffer.from([0, 255]));
  await storage.delete(key);
  await storage.delete(key);
  await expect(storage.get(key)).rejects.toThrow(NotFound);
});

test("two that put the same key at once leave one of both, and nothing half written", async () => {
  const { folder, storage } = await setUpStorage();
  const contents = Array.from({ length: 20 }, (_, index) => Buffer.alloc(50_000, index));
  await Promise.all(contents.map(async (content) => await storage.put("a/b", content)));
  const left = await storage.get("a/b");
  expect(contents.some((content) => content.equals(left))).toBe(true);
  expect(await readdir(join(folder, "files/a"))).toEqual(["b"]);
});

test.for([
  "",
  "/etc/passwd",
  "../outside",
  "a/../../outside",
  "a//b",
  "a/",
  ".hidden",
  "a/.hidden",
  "a\\..\\b",
  "a\0b",
  "C:/x",
  "x".repeat(513),
])("the key %j leads nowhere", async (key) => {
  const { storage } = await setUpStorage();
  await expect(storage.put(key, Buffer.from("x"))).rejects.toThrow(InvalidPayload);
  await expect(storage.get(key)).rejects.toThrow(InvalidPayload);
  await expect(storage.delete(key)).rejects.toThrow(InvalidPayload);
});
