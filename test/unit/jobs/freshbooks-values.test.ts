import { expect, test } from "vitest";
import { FbInvoice } from "../../../src/connectors/freshbooks/schemas.ts";
import { findCountry } from "../../../src/platform/countries.ts";
import { statusOfInvoice } from "../../../src/jobs/freshbooks/map-invoice.ts";
import { mapLines } from "../../../src/jobs/freshbooks/map-lines.ts";
import {
  dateOf,
  easternInstant,
  minorOf,
  scaledOf,
  utcInstant,
} from "../../../src/jobs/freshbooks/values.ts";

test("accounting's instants are Eastern, on both sides of a change of clocks", () => {
  expect(easternInstant("2026-01-15 12:00:00")?.toISOString()).toBe("2026-01-15T17:00:00.000Z");
  expect(easternInstant("2026-07-15 12:00:00")?.toISOString()).toBe("2026-07-15T16:00:00.000Z");
  expect(easternInstant("2026-03-08 01:59:59")?.toISOString()).toBe("2026-03-08T06:59:59.000Z");
  expect(easternInstant("2026-03-08 03:00:00")?.toISOString()).toBe("2026-03-08T07:00:00.000Z");
  expect(easternInstant("2026-11-01 03:00:00")?.toISOString()).toBe("2026-11-01T08:00:00.000Z");
  expect(easternInstant("yesterday")).toBeUndefined();
  expect(utcInstant("2026-02-01T09:00:00").toISOString()).toBe("2026-02-01T09:00:00.000Z");
  expect(utcInstant("2026-02-01T09:00:00Z").toISOString()).toBe("2026-02-01T09:00:00.000Z");
  expect(() => utcInstant("noon")).toThrow("noon");
});

test("money is read to the minor unit of its currency, and nonsense is named", () => {
  expect(minorOf({ amount: "1222.05", code: "USD" })).toBe(122_205n);
  expect(minorOf({ amount: "-3.5", code: "USD" })).toBe(-350n);
  expect(minorOf({ amount: "1222.00", code: "JPY" })).toBe(1_222n);
  expect(minorOf({ amount: "1.2345", code: "KWD" })).toBe(1_235n);
  expect(() => minorOf({ amount: "1.00", code: "XBT" })).toThrow("no currency XBT");
  expect(() => minorOf({ amount: "1.00", code: "USD" }, "CAD")).toThrow("USD");
  expect(() => minorOf({ amount: "much", code: "USD" })).toThrow("much");
  expect(scaledOf("0.333333333", 4)).toBe(3_333n);
  expect(dateOf("2026-02-28T00:00:00")).toBe("2026-02-28");
  expect(() => dateOf("2026-02-30")).toThrow("no date");
});

test("a compound tax becomes a rate that comes to the same, and one of zero is none", () => {
  const line = {
    lineid: "1",
    name: "",
    description: "Design\nby the hour",
    qty: "1.5",
    unit_cost: { amount: "100.00", code: "CAD" },
    amount: null,
    taxName1: "GST",
    taxAmount1: "5",
    taxName2: "PST",
    taxAmount2: "10",
    compounded_tax: true,
  };
  const [compound, none] = mapLines(
    [line, { ...line, taxAmount1: "0", taxAmount2: null, compounded_tax: false }],
    { currency: "CAD", joins: false },
  );
  // 10 % of 105 % is 10.5 %.
  expect(compound).toMatchObject({
    description: "Design\nby the hour",
    longDescription: null,
    quantity: 15_000n,
    unitPrice: 10_000_000_000n,
    taxRate1: 500_000n,
    taxRate2: 1_050_000n,
  });
  expect(none).toMatchObject({ taxName1: null, taxRate1: null, taxName2: null, taxRate2: null });
  expect(() => mapLines([line], { currency: "USD", joins: false })).toThrow("CAD");
});

const invoice = (v3_status: string) =>
  FbInvoice.parse({
    id: 1,
    customerid: 1,
    create_date: "2026-01-01",
    currency_code: "USD",
    amount: { amount: "10.00", code: "USD" },
    v3_status,
  });

test("their states in our words: money first, then what happened", () => {
  const cases: readonly [string, bigint, string][] = [
    ["created", 0n, "draft"],
    ["draft", 0n, "draft"],
    ["draft", 500n, "partial"],
    ["sent", 0n, "sent"],
    ["viewed", 0n, "viewed"],
    ["overdue", 500n, "overdue"],
    ["partial", 500n, "partial"],
    ["autopaid", 1_000n, "paid"],
    ["disputed", 0n, "sent"],
    ["deposit-paid", 300n, "partial"],
    ["declined", 0n, "sent"],
  ];
  for (const [state, amountPaid, expected] of cases) {
    expect(statusOfInvoice(invoice(state), { total: 1_000n, amountPaid }), state).toBe(expected);
  }
});

test("a country is found by its code or its English name", () => {
  expect(["Canada", "united states", "USA", "gb", " France "].map(findCountry)).toEqual([
    "CA",
    "US",
    "US",
    "GB",
    "FR",
  ]);
  expect(findCountry("Atlantis")).toBeUndefined();
});
