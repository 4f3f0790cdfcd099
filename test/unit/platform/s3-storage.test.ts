import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  InvalidPayload,
  NotFound,
  ProviderRejected,
  ProviderUnavailable,
} from "../../../src/errors.ts";
import { createS3Storage } from "../../../src/platform/s3-storage.ts";
import { startS3Server } from "../../support/s3-server.ts";

async function setUpS3(more: Partial<Parameters<typeof createS3Storage>[0]> = {}) {
  const server = await startS3Server();
  onTestFinished(async () => await server.close());
  return { server, storage: createS3Storage({ ...server.options, ...more }) };
}

test("what was put is got from the bucket, replaced whole, and gone when deleted", async () => {
  const { server, storage } = await setUpS3();
  const key = "companies/7/receipts/0b9f-_.A.pdf";
  await storage.put(key, Buffer.from("first, and longer"));
  await storage.put(key, Buffer.from([0, 255]));
  expect([...server.objects]).toEqual([[key, Buffer.from([0, 255])]]);
  expect(await storage.get(key)).toEqual(Buffer.from([0, 255]));
  await storage.put("empty", new Uint8Array());
  expect(await storage.get("empty")).toEqual(Buffer.alloc(0));
  await storage.delete(key);
  await storage.delete(key);
  await expect(storage.get(key)).rejects.toThrow(NotFound);
});

test("a file of any size goes there and comes back piece by piece, whole or not at all", async () => {
  const { server, storage } = await setUpS3();
  const path = join(tmpdir(), `nightledger-s3-${process.pid}`);
  onTestFinished(async () => await rm(path, { force: true }));
  const content = randomBytes(3_000_000);
  await writeFile(path, content);
  await storage.putFile("companies/7/exports/a.csv", path);
  expect(server.objects.get("companies/7/exports/a.csv")?.equals(content)).toBe(true);
  const chunks: Buffer[] = [];
  for await (const chunk of await storage.open("companies/7/exports/a.csv")) {
    chunks.push(Buffer.from(chunk as Uint8Array));
  }
  expect(chunks.length).toBeGreaterThan(1);
  expect(Buffer.concat(chunks).equals(content)).toBe(true);
  await expect(storage.open("companies/7/exports/b.csv")).rejects.toThrow(NotFound);
  server.fail({ answer: { status: 403, code: "AccessDenied" }, times: 1 });
  await expect(storage.open("companies/7/exports/a.csv")).rejects.toThrow(ProviderRejected);
});

test("a key that is none asks nobody", async () => {
  const { server, storage } = await setUpS3();
  for (const key of ["", "../outside", "a/../b", "a?acl", "a#b", "a b", "ä", "x".repeat(513)]) {
    await expect(storage.put(key, Buffer.from("x"))).rejects.toThrow(InvalidPayload);
    await expect(storage.get(key)).rejects.toThrow(InvalidPayload);
    await expect(storage.delete(key)).rejects.toThrow(InvalidPayload);
  }
  expect(server.requests).toEqual([]);
});

test.for([
  [{ secretAccessKey: "another" }, "SignatureDoesNotMatch"],
  [{ accessKeyId: "nobody" }, "InvalidAccessKeyId"],
  [{ region: "us-east-1" }, "AuthorizationHeaderMalformed"],
  [{ bucket: "elsewhere" }, "NoSuchBucket"],
] as const)("with %j the server says no, and its own words are kept", async ([wrong, code]) => {
  const { server, storage } = await setUpS3(wrong);
  const failure = await storage.put("a/b", Buffer.from("x")).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ProviderRejected);
  expect(failure).toMatchObject({
    providerCode: code,
    providerRequestId: "TESTREQUEST",
    status: 502,
  });
  expect(server.objects.size).toBe(0);
});

test("a server that is busy is asked again, and given up on after three times", async () => {
  const { server, storage } = await setUpS3();
  server.fail({ answer: { status: 503, code: "SlowDown" }, times: 2 });
  await storage.put("a/b", Buffer.from("x"));
  expect(server.requests).toEqual(["PUT a/b", "PUT a/b", "PUT a/b"]);
  server.fail({ answer: { status: 500, code: "InternalError" }, times: 3 });
  await expect(storage.get("a/b")).rejects.toThrow(ProviderUnavailable);
  expect((await storage.get("a/b")).toString()).toBe("x");
});

test("a server that hangs up, says nothing, or is not there is out of reach", async () => {
  const { server, storage } = await setUpS3({ timeoutMs: 100 });
  server.fail({ answer: "hang up", times: 1 });
  await expect(storage.put("a/b", Buffer.from("x"))).rejects.toThrow(ProviderUnavailable);
  server.fail({ answer: "silence", times: 1 });
  await expect(storage.delete("a/b")).rejects.toThrow(ProviderUnavailable);
  const nobody = createS3Storage({ ...server.options, endpoint: "http://127.0.0.1:1" });
  await expect(nobody.get("a/b")).rejects.toThrow(ProviderUnavailable);
});

test("a redirection is not followed: the signature would not hold elsewhere", async () => {
  const { server, storage } = await setUpS3();
  server.fail({ answer: { status: 301, code: "PermanentRedirect" } });
  const failure = await storage.get("a/b").catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ProviderRejected);
  expect(failure).toMatchObject({ providerCode: "PermanentRedirect" });
});
