import { expect, test } from "vitest";
import { createKeyRing, NoMasterKey } from "../../../src/platform/sealing.ts";

const old = { id: "k1", key: Buffer.alloc(32, 1) };
const young = { id: "k2", key: Buffer.alloc(32, 2) };
const PLACE = "connections/credentials/7/slack/3";

test("the first key seals, all of them open", () => {
  const before = createKeyRing([old]);
  const sealed = before.seal("s3cret", PLACE);
  expect(sealed).toMatch(/^v1\.k1\.[\w-]+$/);
  expect(sealed).not.toContain(Buffer.from("s3cret").toString("base64url"));
  const after = createKeyRing([young, old]);
  expect(after.open(sealed, PLACE)).toBe("s3cret");
  expect(after.seal("s3cret", PLACE)).toMatch(/^v1\.k2\./);
  // The same text twice does not look the same.
  expect(before.seal("s3cret", PLACE)).not.toBe(sealed);
});

test("a sealed value opens in its own place only, unchanged, and with its own key", () => {
  const keys = createKeyRing([old, young]);
  const sealed = keys.seal("s3cret", PLACE);
  expect(() => keys.open(sealed, "connections/credentials/8/slack/3")).toThrow(/auth/i);
  expect(() => keys.open(sealed.replace("v1.k1.", "v1.k2."), PLACE)).toThrow(/auth/i);
  const broken = sealed.slice(0, -4) + (sealed.endsWith("AAAA") ? "BBBB" : "AAAA");
  expect(() => keys.open(broken, PLACE)).toThrow(/auth/i);
  expect(() => keys.open("v1.k1.AAAA", PLACE)).toThrow(/tag/i);
  expect(() => keys.open("plain text", PLACE)).toThrow("no sealed value");
  expect(() => createKeyRing([young]).open(sealed, PLACE)).toThrow(NoMasterKey);
});

test("without a key nothing is sealed or signed", () => {
  const none = createKeyRing([]);
  expect(() => none.seal("x", PLACE)).toThrow(NoMasterKey);
  expect(() => none.sign("x", "test")).toThrow(NoMasterKey);
  expect(none.isSignature("k1.AAAA", "x", "test")).toBe(false);
});

test("a signature is good for its text and purpose, also under an older key", () => {
  const signature = createKeyRing([old]).sign("text", "state");
  const keys = createKeyRing([young, old]);
  expect(keys.isSignature(signature, "text", "state")).toBe(true);
  expect(keys.isSignature(signature, "other", "state")).toBe(false);
  expect(keys.isSignature(signature, "text", "other")).toBe(false);
  expect(keys.isSignature("", "text", "state")).toBe(false);
  expect(keys.isSignature(signature.replace("k1", "k2"), "text", "state")).toBe(false);
});
