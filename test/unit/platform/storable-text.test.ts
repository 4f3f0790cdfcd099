import * as fc from "fast-check";
import { expect, test } from "vitest";
import { storableJson, storableText } from "../../../src/platform/storable-text.ts";

/** Text from the outside, with a liking for what databases refuse. */
const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom("\0", "\uD83D", "\uDE00", "😀"), fc.string()),
});

test("text keeps what can be stored and loses what cannot", () => {
  expect(storableText("Zoë 😀\n")).toBe("Zoë 😀\n");
  expect(storableText("a\0b\0")).toBe("ab");
  expect(storableText("\uD83D and \uDE00")).toBe("\uFFFD and \uFFFD");
});

test("a cut says that it is one and never splits a character", () => {
  expect(storableText("abcdef", 6)).toBe("abcdef");
  expect(storableText("abcdefg", 6)).toBe("abcde…");
  expect(storableText("abcd😀g", 6)).toBe("abcd…");
});

test("no text gets past: neither NUL, nor half a pair, nor more than asked for", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, lengthMax) => {
      const stored = storableText(text, lengthMax);
      expect(stored).not.toMatch(/\0|\p{Surrogate}/u);
      expect(stored.length).toBeLessThanOrEqual(lengthMax);
    }),
  );
});

test("JSON is cleaned in values and keys, at any depth, and is otherwise the same", () => {
  const dirty = { "k\0": ["a\0", { deep: "\uD83D" }], at: new Date(0), n: 1, none: undefined };
  expect(JSON.parse(storableJson(dirty))).toEqual({
    k: ["a", { deep: "\uFFFD" }],
    at: "1970-01-01T00:00:00.000Z",
    n: 1,
  });
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(storableJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  fc.assert(
    fc.property(fc.dictionary(anyText, anyText), (value) => {
      expect(storableJson(value)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
    }),
  );
});

test("what JSON cannot say is an error, not the word undefined", () => {
  expect(() => storableJson(undefined)).toThrow(TypeError);
  expect(() => storableJson(10n)).toThrow(TypeError);
});
