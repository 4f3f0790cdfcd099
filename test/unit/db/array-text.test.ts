import { expect, test } from "vitest";
import { arrayText } from "../../../src/db/array-text.ts";

const textOf = (...values: (number | bigint | boolean | string | null)[]) =>
  arrayText(values, (value) => value);

test("numbers, days, instants, names and what is missing become the text of an array", () => {
  expect(textOf()).toBe("{}");
  expect(textOf(-1, 2n, true, null)).toBe("{-1,2,true,null}");
  expect(textOf("2026-03-02", "2026-03-02T09:00:00.000Z")).toBe(
    "{2026-03-02,2026-03-02T09:00:00.000Z}",
  );
  expect(textOf("invoice.late_fee_waived", "time-entry/7")).toBe(
    "{invoice.late_fee_waived,time-entry/7}",
  );
});

test("a text that would be read as something else is refused", () => {
  for (const text of ["a,b", "", "null", "NULL", "a b", 'a"b', "a\\b", "{}", "a\nb", "a\n", "é"]) {
    expect(() => textOf("before", text), JSON.stringify(text)).toThrow(RangeError);
  }
});
