import { expect, test } from "vitest";
import { parseQuery } from "../../../src/api/query.ts";

const plain = (text: string): unknown => JSON.parse(JSON.stringify(parseQuery(text)));

test("reads values, lists and one level of groups", () => {
  expect(plain("a=1&b[]=2&b[]=3&filter[status]=paid&filter[name]=x%20y")).toEqual({
    a: "1",
    b: ["2", "3"],
    filter: { status: "paid", name: "x y" },
  });
  expect(plain("a=1&a=2")).toEqual({ a: ["1", "2"] });
  expect(plain("")).toEqual({});
});

test("names that mean something to objects mean nothing here", () => {
  const query = parseQuery("__proto__[admin]=1&constructor[x]=2&filter[__proto__]=3&toString=4");
  expect(Object.getPrototypeOf(query)).toBeNull();
  expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
  expect(Object.keys(query)).toEqual(["__proto__", "constructor", "filter", "toString"]);
});

test("a name used as value and as group keeps both, so that a schema can refuse it", () => {
  expect(plain("filter=1&filter[a]=2")).toEqual({ filter: { "": "1", a: "2" } });
  expect(plain("filter[a]=2&filter=1")).toEqual({ filter: { a: "2", "": "1" } });
});

test("deeper nesting is no group, and too many parameters are refused", () => {
  expect(plain("a[b][c]=1&a[=2&]=3")).toEqual({ "a[b][c]": "1", "a[": "2", "]": "3" });
  expect(() => parseQuery("a=1&".repeat(201))).toThrow("more than 200");
});
