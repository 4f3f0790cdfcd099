import { expect, test } from "vitest";
import { matchNumbers } from "../../../src/billing/number-search.ts";

test("what begins in every number is in all of them, and what does not begin anywhere in none", () => {
  expect(matchNumbers("nv", ["INV-"])).toEqual({ kind: "all" });
  expect(matchNumbers("inv-", ["INV-", "INV-26-"])).toEqual({ kind: "all" });
  expect(matchNumbers("x", ["INV-", ""])).toEqual({ kind: "none" });
  expect(matchNumbers("v-x1", ["INV-"])).toEqual({ kind: "none" });
});

test("a text goes from the end of a beginning into the first digits", () => {
  const stems = ["INV-", "DIV-", "Q"];
  expect(matchNumbers("v-12", stems)).toEqual({
    kind: "beginnings",
    beginnings: ["INV-12", "DIV-12"],
  });
  expect(matchNumbers("iv", stems)).toEqual({ kind: "beginnings", beginnings: ["DIV-"] });
  // Within one beginning, and at the end of another.
  expect(matchNumbers("a1", ["A1-", "BA", "C"])).toEqual({
    kind: "beginnings",
    beginnings: ["A1-", "BA1"],
  });
});

test("digits alone may stand anywhere", () => {
  expect(matchNumbers("12", ["INV-", ""])).toEqual({ kind: "few-digits", digits: "12" });
  expect(matchNumbers("123", ["INV-", ""])).toEqual({ kind: "digits", digits: "123" });
  expect(matchNumbers("26", ["INV-26-"])).toEqual({ kind: "all" });
});

test("numbers that all begin in their own way are looked at one by one", () => {
  const stems = Array.from({ length: 60 }, (_, index) => `${index}/ACME`);
  expect(matchNumbers("acme", [...stems, "X"])).toEqual({ kind: "part", part: "acme" });
  expect(matchNumbers("acme", undefined)).toEqual({ kind: "part", part: "acme" });
  expect(matchNumbers("123", undefined)).toEqual({ kind: "digits", digits: "123" });
});
