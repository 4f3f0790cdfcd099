import { expect, test } from "vitest";
import { startInvoicing } from "../invoices/start-invoicing.ts";

const PATH = "/settings/late-fees";

test("late fees are off until they are set, and off again with a null type", async () => {
  const { expectCall } = await startInvoicing();
  expect(await expectCall(200, "GET", PATH)).toEqual({
    late_fee_type: null,
    late_fee_value: null,
    late_fee_days: null,
    late_fee_tax_name: null,
    late_fee_tax_rate: null,
    late_fee_repeats: false,
    late_fee_max_count: null,
    late_fee_cap_rate: null,
  });
  const on = await expectCall(200, "PUT", PATH, {
    late_fee_type: "percentage",
    late_fee_value: 150,
    late_fee_days: 30,
  });
  expect(on).toMatchObject({
    late_fee_type: "percentage",
    late_fee_value: 150,
    late_fee_days: 30,
  });
  expect(await expectCall(200, "GET", "/settings")).toMatchObject({
    late_fee_type: "percentage",
    late_fee_value: 150,
    late_fee_days: 30,
  });
  const off = await expectCall(200, "PUT", PATH, { late_fee_type: null });
  expect(off).toMatchObject({ late_fee_type: null, late_fee_days: 30 });
  expect(await expectCall(200, "GET", PATH)).toEqual(off);
});

test("tax, repetition and cap are kept as basis points with their decimals", async () => {
  const { expectCall } = await startInvoicing();
  const fees = {
    late_fee_type: "flat",
    late_fee_value: 2500,
    late_fee_days: 0,
    late_fee_tax_name: "VAT",
    late_fee_tax_rate: 997.5,
    late_fee_repeats: true,
    late_fee_max_count: 6,
    late_fee_cap_rate: 500,
  };
  expect(await expectCall(200, "PUT", PATH, fees)).toEqual(fees);
  expect(await expectCall(200, "GET", PATH)).toEqual(fees);
});

test("settings that a night could not charge by are a 422 that names what is missing", async () => {
  const { expectCall, expectInvalid, call } = await startInvoicing();
  const bare = await call("PUT", PATH, { late_fee_type: "flat" });
  expect([bare.status, Object.keys(bare.body.errors)]).toEqual([
    422,
    ["late_fee_value", "late_fee_days"],
  ]);
  const flat = { late_fee_type: "flat", late_fee_value: 2500, late_fee_days: 5 };
  const wrong: [string, Record<string, unknown>][] = [
    ["late_fee_value", { ...flat, late_fee_value: -1 }],
    ["late_fee_value", { ...flat, late_fee_value: 25.5 }],
    ["late_fee_value", { ...flat, late_fee_type: "percentage", late_fee_value: 10_001 }],
    ["late_fee_days", { ...flat, late_fee_days: 91 }],
    ["late_fee_tax_rate", { ...flat, late_fee_tax_rate: 10_001 }],
    ["late_fee_max_count", { ...flat, late_fee_repeats: true }],
    ["late_fee_cap_rate", { ...flat, late_fee_cap_rate: 0 }],
    ["late_fee_type", { ...flat, late_fee_type: "daily" }],
    ["rule", { ...flat, rule: "x" }],
  ];
  for (const [field, body] of wrong) await expectInvalid(field, "PUT", PATH, body);
  await expectCall(200, "PUT", PATH, flat);
  // 25.00 must not turn into 25 per cent.
  await expectInvalid("late_fee_value", "PUT", PATH, { late_fee_type: "percentage" });
  await expectInvalid("late_fee_value", "PUT", PATH, { late_fee_value: null });
  await expectCall(200, "PUT", PATH, { late_fee_type: null });
  await expectInvalid("late_fee_value", "PUT", PATH, { late_fee_type: "percentage" });
  await expectCall(200, "PUT", PATH, { late_fee_type: "flat", late_fee_value: 2500 });
  expect(await expectCall(200, "GET", PATH)).toMatchObject(flat);
});
