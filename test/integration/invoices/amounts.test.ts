import { expect, test } from "vitest";
import { line, startInvoicing } from "./start-invoicing.ts";

test("F1: 0.10 × 3 is 0.30", async () => {
  const { draft } = await startInvoicing();
  expect(await draft({ line_items: [line("x", 3, 10)] })).toMatchObject({ total: 30 });
});

test("F3: 100.00 with a discount of 100 % is 0.00, and so is its tax", async () => {
  const { draft } = await startInvoicing();
  const invoice = await draft({
    line_items: [line("x", 1, 10_000, { tax_rate: 25 })],
    discount_type: "percentage",
    discount_value: 100,
  });
  expect(invoice).toMatchObject({
    subtotal: 10_000,
    discount_total: 10_000,
    tax_total: 0,
    total: 0,
  });
});

test("F5: 2.25 × 64.22 is a line of 144.50, and 0.00 after a discount of 100 %", async () => {
  const { draft } = await startInvoicing();
  const invoice = await draft({
    line_items: [line("x", 2.25, 6422)],
    discount_type: "percentage",
    discount_value: 100,
  });
  expect(invoice).toMatchObject({ total: 0, line_items: [{ amount: 14_450, quantity: 2.25 }] });
});

test("F7: 140.00 with taxes of 5 % and 9.975 % is 160.97", async () => {
  const { draft } = await startInvoicing();
  const taxes = { tax_rate_1: 500, tax_rate_2: 997.5 };
  const invoice = await draft({ line_items: [line("x", 1, 14_000, taxes)] });
  expect(invoice).toMatchObject({
    total: 16_097,
    line_items: [{ tax_amount_1: 700, tax_rate_2: 997.5, tax_amount_2: 1397 }],
  });
});

test("F9: 16 × 348.35 less 4 %, plus 22 % is 6527.81", async () => {
  const { draft } = await startInvoicing();
  const invoice = await draft({
    line_items: [line("x", 16, 34_835, { tax_rate: 22 })],
    discount_type: "percentage",
    discount_value: 4,
  });
  expect(invoice.subtotal - invoice.discount_total).toBe(535_066);
  expect(invoice.total).toBe(652_781);
});

test.each([
  ["per_line", 3],
  ["per_invoice", 2],
])(
  "F11: three lines of 0.05 with a tax of a tenth, rounded %s",
  async (tax_rounding, tax_total) => {
    const { draft } = await startInvoicing({ tax_rounding });
    const lines = [1, 2, 3].map((n) => line(`${n}`, 1, 5, { tax_rate: 10 }));
    const invoice = await draft({ line_items: lines });
    expect(invoice).toMatchObject({ tax_total, total: 15 + tax_total });
    const taxes = invoice.line_items.map((one: { tax_amount_1: number }) => one.tax_amount_1);
    expect(taxes.reduce((sum: number, tax: number) => sum + tax, 0)).toBe(tax_total);
  },
);

test("F13: a fixed discount of 10.00 is spread over its lines to the last cent", async () => {
  const { draft } = await startInvoicing();
  const invoice = await draft({
    line_items: [line("a", 1, 3333), line("b", 1, 3333), line("c", 1, 3334)],
    discount_type: "fixed",
    discount_value: 1000,
  });
  expect(invoice).toMatchObject({
    discount_type: "fixed",
    discount_value: 1000,
    discount_total: 1000,
    total: 9000,
    line_items: [{ discount_amount: 333 }, { discount_amount: 333 }, { discount_amount: 334 }],
  });
});

test("F15: JPY 1234 at 8 % is 1333", async () => {
  const { draft } = await startInvoicing();
  const invoice = await draft({
    currency: "JPY",
    line_items: [line("x", 1, 1234, { tax_rate: 8 })],
  });
  expect(invoice).toMatchObject({ currency: "JPY", tax_total: 99, total: 1333 });
});

test("F19: a line of −2.675 is −2.68", async () => {
  const { draft, expectInvalid, clientId } = await startInvoicing();
  const rebate = line("Rebate", 1, "-267.5");
  const invoice = await draft({ line_items: [line("Work", 1, 1000), rebate] });
  expect(invoice).toMatchObject({
    total: 732,
    line_items: [{}, { unit_price: "-267.500000", amount: -268 }],
  });
  const body = { client_id: clientId, line_items: [rebate] };
  expect(await expectInvalid("line_items", "POST", "/invoices", body)).toContain("-268");
});

test("F21: 999,999,999,999.99 is stored, returned and paid exactly", async () => {
  const { issued, expectCall, expectInvalid, clientId } = await startInvoicing();
  const most = 99_999_999_999_999;
  const { id } = await issued({ line_items: [line("x", 1, "99999999999999")] });
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    subtotal: most,
    total: most,
    amount_due: most,
    line_items: [{ amount: most, unit_price: "99999999999999.000000" }],
  });
  const paid = await expectCall(200, "POST", `/invoices/${id}/mark-paid`);
  expect(paid).toMatchObject({ amount_paid: most, amount_due: 0 });
  expect(await expectCall(200, "GET", `/invoices/${id}/payments`)).toMatchObject([
    { amount: most },
  ]);

  const tooLarge = [line("x", 2, "500000000000000")];
  await expectInvalid("line_items.0.unit_price", "POST", "/invoices", {
    client_id: clientId,
    line_items: tooLarge,
  });
  const manySmall = [1, 2, 3].map((n) => line(`${n}`, 1, "400000000000000"));
  await expectInvalid("line_items", "POST", "/invoices", {
    client_id: clientId,
    line_items: manySmall,
  });
});

test.each(["send", "mark-sent"])(
  "F23: a total of 0 is paid at once by %s, without email",
  async (way) => {
    const { draft, expectCall, eventsOf } = await startInvoicing();
    const { id } = await draft({ line_items: [line("Free", 1, 0)] });
    await expectCall(200, "POST", `/invoices/${id}/${way}`);
    expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
      status: "paid",
      paid_at: "2026-03-02T09:00:00.000000Z",
      amount_paid: 0,
      payments: [],
      deliveries: [],
    });
    expect(await eventsOf(id)).toEqual(["invoice.created", "invoice.paid"]);
  },
);

test("an adjustment changes the total, and says why", async () => {
  const { draft, expectCall } = await startInvoicing();
  const invoice = await draft({
    adjustment_amount: -250,
    adjustment_description: "Apology for the delay",
  });
  expect(invoice).toMatchObject({ subtotal: 10_000, adjustment_amount: -250, total: 9750 });
  const changed = await expectCall(200, "PATCH", `/invoices/${invoice.id}`, {
    adjustment_amount: 50,
  });
  expect(changed).toMatchObject({
    total: 10_050,
    adjustment_description: "Apology for the delay",
  });
});

test("a company that rounds taxes in another way changes no invoice that is out, only drafts it edits", async () => {
  const { draft, expectCall } = await startInvoicing();
  const line_items = [1, 2, 3].map((n) => line(`${n}`, 1, 10, { tax_rate: 5 }));
  const [out, kept] = [await draft({ line_items }), await draft({ line_items })];
  await expectCall(200, "POST", `/invoices/${out.id}/mark-sent`);
  await expectCall(200, "PUT", "/settings", { tax_rounding: "per_invoice" });
  const moved = await expectCall(200, "PUT", `/invoices/${out.id}`, { due_date: "2026-05-01" });
  expect([out.total, moved.total, moved.due_date]).toEqual([33, 33, "2026-05-01"]);
  const edited = await expectCall(200, "PUT", `/invoices/${kept.id}`, { line_items });
  expect([kept.total, edited.total]).toEqual([33, 32]);
});
