import { expect, test } from "vitest";
import { z } from "zod";
import * as inputs from "../../../src/api/inputs.ts";
import { idInBody } from "../../../src/api/routes/invoices/line-inputs.ts";
import { parse } from "../../../src/api/validation.ts";
import { InvalidInput } from "../../../src/errors.ts";

const read = (schema: z.ZodType, value: unknown): unknown => {
  const result = schema.safeParse(value);
  return result.success ? result.data : "refused";
};

test("decimal numbers are read exactly, or refused", () => {
  expect(read(inputs.quantity, 2.25)).toBe(22_500n);
  expect(read(inputs.quantity, "-0.0001")).toBe(-1n);
  expect(read(inputs.unitPrice, "1999.000001")).toBe(1_999_000_001n);
  expect(read(inputs.percent, 9.975)).toBe(997_500n);
  expect(read(inputs.percent, "100")).toBe(10_000_000n);
  expect(read(inputs.basisPoints, "997.5")).toBe(997_500n);
  for (const wrong of [
    "",
    "1e3x",
    "0x10",
    "1,5",
    " 1",
    "NaN",
    Number.NaN,
    Infinity,
    null,
    true,
    [],
    {},
  ]) {
    expect([wrong, read(inputs.quantity, wrong)]).toEqual([wrong, "refused"]);
  }
  expect(read(inputs.quantity, "0.00001")).toBe("refused");
  expect(read(inputs.percent, "100.001")).toBe("refused");
  expect(read(inputs.percent, -1)).toBe("refused");
  expect(read(inputs.unitPrice, "1".repeat(41))).toBe("refused");
});

test("money is whole minor units, far below 2^53", () => {
  expect(read(inputs.moneyMinor, 999_999_999_999_999)).toBe(999_999_999_999_999n);
  for (const wrong of [-1, 1.5, "1", 1_000_000_000_000_000, 2 ** 60, null]) {
    expect([wrong, read(inputs.moneyMinor, wrong)]).toEqual([wrong, "refused"]);
  }
  expect(read(inputs.signedMoneyMinor, -5)).toBe(-5n);
});

test("a date is a day of the calendar; of an instant the date part counts", () => {
  expect(read(inputs.localDate, "2028-02-29")).toBe("2028-02-29");
  expect(read(inputs.localDate, "2026-04-05T23:59:59-11:00")).toBe("2026-04-05");
  for (const wrong of [
    "2026-02-29",
    "2026-13-01",
    "2026-1-1",
    "05.04.2026",
    "",
    "0000-01-01",
    20260405,
  ]) {
    expect([wrong, read(inputs.localDate, wrong)]).toEqual([wrong, "refused"]);
  }
});

test("an instant needs its offset, and lies in the years that the database and JSON can carry", () => {
  expect(read(inputs.instant, "2026-04-05T19:38:14+02:00")).toEqual(
    new Date("2026-04-05T17:38:14Z"),
  );
  for (const edge of ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"]) {
    expect(read(inputs.instant, edge)).toEqual(new Date(edge));
  }
  for (const wrong of [
    "2026-04-05",
    "2026-04-05T19:38:14",
    "2026-02-30T00:00:00Z",
    5,
    "0000-12-31T23:59:59Z",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
  ]) {
    expect([wrong, read(inputs.instant, wrong)]).toEqual([wrong, "refused"]);
  }
});

test("codes are those of the standards, in any case", () => {
  expect(read(inputs.currency, "kwd")).toBe("KWD");
  expect(read(inputs.currency, "ZZZ")).toBe("refused");
  expect(read(inputs.country, "de")).toBe("DE");
  expect(read(inputs.country, "ZZ")).toBe("refused");
  expect(read(inputs.timezone, "America/St_Johns")).toBe("America/St_Johns");
  expect(read(inputs.timezone, "Mars")).toBe("refused");
});

test("text is trimmed, and emptied text is none", () => {
  expect(read(inputs.optionalText(5), "  ")).toBeNull();
  expect(read(inputs.optionalText(5), " abc ")).toBe("abc");
  expect(read(inputs.optionalText(5), undefined)).toBeUndefined();
  expect(read(inputs.optionalEmail, "")).toBeNull();
  expect(read(inputs.requiredText(5), " ")).toBe("refused");
});

test("long nonsense is refused quickly", () => {
  const startedAt = performance.now();
  for (const text of ["a".repeat(900_000), "a.".repeat(450_000), `${"a".repeat(900_000)}@`]) {
    expect(read(inputs.email, text)).toBe("refused");
    expect(read(inputs.localDate, text)).toBe("refused");
    expect(read(inputs.quantity, text)).toBe("refused");
  }
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test("each fault is named by its place", () => {
  const schema = z.strictObject({
    line_items: z.array(
      z.strictObject({ quantity: inputs.quantity, name: inputs.requiredText(3) }),
    ),
  });
  const lines = [
    { quantity: 1, name: "a" },
    { quantity: "x", name: "long", extra: 1 },
  ];
  const faults = faultOf(() => parse(schema, { line_items: lines }, "body"));
  expect(faults).toBeInstanceOf(InvalidInput);
  expect(faults).toHaveProperty("errors", {
    "line_items.1.quantity": [expect.stringContaining("4 decimals")],
    "line_items.1.name": ["Must not be greater than 3 characters."],
    "line_items.1.extra": ["This field is not known."],
  });
  // No pattern reaches a person, with or without a message of its own.
  const coded = z.strictObject({ id: inputs.idQuery, code: z.string().regex(/^[A-Z]{2}$/) });
  expect(faultOf(() => parse(coded, { id: "0", code: "x" }, "query"))).toHaveProperty("errors", {
    id: ["Must be an id."],
    code: ["Has the wrong form."],
  });
  const whole = faultOf(() => parse(schema, [], "body"));
  expect(whole).toHaveProperty("errors", { body: ["Must be an object."] });
});

test("what is said of a wrong value fits it: a day that is none, an amount of nothing or less", () => {
  const body = z.strictObject({ day: inputs.localDate, amount: inputs.moneyMinorAboveZero });
  const said = (value: unknown): unknown => {
    const fault = faultOf(() => parse(body, value, "body"));
    return fault instanceof InvalidInput ? fault.errors : fault;
  };
  const tooLittle = ["Must be at least 1."];
  expect(said({ day: "2028-02-30", amount: -5 })).toEqual({
    day: ["There is no such day: 2028-02-30."],
    amount: tooLittle,
  });
  expect(said({ day: "30.2.2028", amount: 0 })).toEqual({
    day: ["Must be a date in the form YYYY-MM-DD."],
    amount: tooLittle,
  });
});

test("what is missing is said to be missing, of whatever form it should have been", () => {
  const schema = z.strictObject({
    id: idInBody,
    to: inputs.instant,
    date: inputs.localDate,
    quantity: inputs.quantity,
    status: z.enum(["on", "off"]),
    name: inputs.requiredText(5),
    items: z.array(z.string()).min(1),
  });
  const missing = faultOf(() => parse(schema, {}, "body"));
  expect(missing).toBeInstanceOf(InvalidInput);
  const required = ["This field is required."];
  expect(missing).toMatchObject({
    errors: Object.fromEntries(Object.keys(schema.shape).map((name) => [name, required])),
  });
  const some = schema.pick({ id: true, to: true, status: true });
  const wrong = faultOf(() => parse(some, { id: "x", to: 1, status: null }, "body"));
  expect(wrong).toMatchObject({
    errors: { status: ["Must be one of: on, off."] },
  });
  expect(JSON.stringify(wrong)).not.toContain("required");
});

function faultOf(parsing: () => unknown): unknown {
  try {
    return parsing();
  } catch (error) {
    return error;
  }
}
