import { expect, test } from "vitest";
import { chargeFees } from "../../../src/db/night-fees.ts";
import { line, startInvoicing, type Invoicing } from "./start-invoicing.ts";

test("lines are added, changed and deleted one by one; the totals follow", async () => {
  const { draft, expectCall } = await startInvoicing();
  const { id } = await draft();
  const path = `/invoices/${id}/line-items`;
  const added = await expectCall(201, "POST", path, {
    ...line("Hosting", 1.02, 13_053),
    tax_name_1: "VAT",
    tax_rate_1: 1900,
    tax_name_2: "City",
    tax_rate_2: 50,
  });
  // 1.02 × 130.53 is 133.14; 19 % of it 25.30, 0.5 % 0.67.
  expect(added).toMatchObject({
    description: "Hosting",
    quantity: 1.02,
    unit_price: "13053.000000",
    amount: 13_314,
    tax_amount_1: 2530,
    tax_amount_2: 67,
    sort_order: 1,
    is_late_fee: false,
  });
  const total = async () => (await expectCall(200, "GET", `/invoices/${id}`)).total;
  expect(await total()).toBe(10_000 + 13_314 + 2530 + 67);

  // Without a word about tax, the taxes stay.
  const changed = await expectCall(200, "PUT", `${path}/${added.id}`, line("Hosting", 2, 13_053));
  expect(changed).toMatchObject({ id: added.id, amount: 26_106, tax_rate_1: 1900, sort_order: 1 });
  const untaxed = await expectCall(200, "PATCH", `${path}/${added.id}`, {
    ...line("Hosting", 2, 13_053),
    tax_rate_1: null,
  });
  expect(untaxed).toMatchObject({ tax_name_1: null, tax_amount_1: 0, tax_amount_2: 0 });
  expect(await total()).toBe(36_106);

  await expectCall(204, "DELETE", `${path}/${added.id}`);
  expect(await total()).toBe(10_000);
  await expectCall(404, "PUT", `${path}/${added.id}`, line("x", 1, 1));
  await expectCall(404, "DELETE", `${path}/${added.id}`);
});

test("a wrong line is refused by the name of its field", async () => {
  const { draft, expectInvalid, expectCall } = await startInvoicing();
  const { id } = await draft();
  const post = async (field: string, wrong: Record<string, unknown>) =>
    await expectInvalid(field, "POST", `/invoices/${id}/line-items`, {
      ...line("x", 1, 1),
      ...wrong,
    });
  await post("description", { description: undefined });
  await post("quantity", { quantity: 0 });
  await post("unit_price", { unit_price: "999999999999999", quantity: 2 });
  await post("tax_rate_1", { tax_rate_1: 10_001 });
  await post("tax_rate", { tax_rate: 19 });
  await post("service_id", { service_id: 4711 });
  expect(await expectCall(200, "GET", `/invoices/${id}/line-items`)).toHaveLength(1);
});

test("a line of one invoice is not found on another", async () => {
  const { draft, expectCall } = await startInvoicing();
  const [ours, other] = [await draft(), await draft()];
  const path = `/invoices/${ours.id}/line-items/${other.line_items[0].id}`;
  await expectCall(404, "PUT", path, line("x", 1, 1));
  await expectCall(404, "DELETE", path);
  const lines = await expectCall(200, "GET", `/invoices/${other.id}/line-items`);
  expect(lines).toEqual(other.line_items);
});

test("lines of a paid or cancelled invoice stay as they are", async () => {
  const { issued, expectCall } = await startInvoicing();
  for (const ending of ["mark-paid", "void"]) {
    const { id } = await issued();
    await expectCall(200, "POST", `/invoices/${id}/${ending}`);
    const path = `/invoices/${id}/line-items`;
    const lines = await expectCall(200, "GET", path);
    await expectCall(409, "POST", path, line("x", 1, 1));
    await expectCall(409, "PUT", `${path}/${lines[0].id}`, line("x", 1, 1));
    await expectCall(409, "DELETE", `${path}/${lines[0].id}`);
    expect(await expectCall(200, "GET", path)).toEqual(lines);
  }
});

test("deleting a late fee waives it: the total falls, and the ledger remembers", async () => {
  const invoicing = await startInvoicing();
  const { issued, expectCall, eventsOf } = invoicing;
  const { id } = await issued();
  await chargeFee(invoicing, id, 1);
  await chargeFee(invoicing, id, 2);
  const charged = await expectCall(200, "GET", `/invoices/${id}`);
  expect(charged).toMatchObject({
    subtotal: 10_000,
    tax_total: 0,
    late_fee_amount: 5950,
    total: 15_950,
    late_fee_applied_at: expect.any(String),
    line_items: [{}, { is_late_fee: true, amount: 2500, tax_amount_1: 475 }, { is_late_fee: true }],
  });

  const path = `/invoices/${id}/line-items`;
  const [, first, second] = charged.line_items;
  await expectCall(409, "PUT", `${path}/${first.id}`, line("no fee", 1, 0));
  await expectCall(204, "DELETE", `${path}/${first.id}`);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    late_fee_amount: 2975,
    total: 12_975,
    late_fee_applied_at: expect.any(String),
  });
  await expectCall(204, "DELETE", `${path}/${second.id}`);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    late_fee_amount: 0,
    total: 10_000,
    late_fee_applied_at: null,
    line_items: [{ is_late_fee: false }],
  });
  const waived = "2026-03-02T09:00:00.000000Z";
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    late_fees: [
      { occurrence: 1, fee: 2500, tax: 475, waived_at: waived },
      { occurrence: 2, fee: 2500, tax: 475, waived_at: waived },
    ],
  });
  expect(await eventsOf(id)).toContain("invoice.late_fee_waived");

  // The night asks again, and the ledger says no.
  expect(await chargeFee(invoicing, id, 1)).toBe(0);
});

test("a late fee that was paid cannot be waived; waiving the last open amount pays the invoice", async () => {
  const invoicing = await startInvoicing();
  const { issued, expectCall } = invoicing;
  const { id } = await issued();
  await chargeFee(invoicing, id, 1);
  const pay = async (amount: number) =>
    await expectCall(201, "POST", `/invoices/${id}/payments`, {
      amount,
      payment_date: "2026-03-02",
    });
  const { line_items: lines } = await expectCall(200, "GET", `/invoices/${id}`);
  const path = `/invoices/${id}/line-items/${lines[1].id}`;

  const { id: paymentId } = await pay(10_001);
  await expectCall(409, "DELETE", path);
  await expectCall(204, "DELETE", `/invoices/${id}/payments/${paymentId}`);
  await pay(10_000);
  await expectCall(204, "DELETE", path);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    status: "paid",
    amount_due: 0,
    paid_at: expect.any(String),
  });
});

test("late fees stay when the lines are replaced, and cannot be changed among them", async () => {
  const invoicing = await startInvoicing();
  const { issued, expectCall, expectInvalid } = invoicing;
  const { id } = await issued();
  await chargeFee(invoicing, id, 1);
  const { line_items: lines } = await expectCall(200, "GET", `/invoices/${id}`);
  const fee = { id: lines[1].id, ...line("Late fee", 1, 2500) };

  const replaced = await expectCall(200, "PUT", `/invoices/${id}`, {
    line_items: [fee, line("new", 1, 500)],
  });
  expect(replaced).toMatchObject({
    subtotal: 500,
    late_fee_amount: 2975,
    total: 3475,
    line_items: [{ description: "new" }, { is_late_fee: true, amount: 2500 }],
  });
  await expectInvalid("line_items.0.unit_price", "PUT", `/invoices/${id}`, {
    line_items: [{ ...fee, unit_price: 1 }],
  });
  const copy = await expectCall(201, "POST", `/invoices/${id}/duplicate`);
  expect(copy).toMatchObject({ total: 500, late_fee_amount: 0, line_items: [{}] });
});

/** Charges 25.00 and 19 % on it, as the night does. Says how many fees were charged. */
async function chargeFee(
  { sql, companyId, clock }: Invoicing,
  invoiceId: number,
  occurrence: number,
): Promise<number> {
  return await sql.begin((tx) =>
    chargeFees(tx, {
      companyId,
      businessDate: "2026-03-02",
      now: clock.now(),
      description: "Late fee",
      taxName: "VAT",
      taxRate: "1900",
      fees: [{ invoiceId, occurrence, fee: 2500n, tax: 475n }],
    }),
  );
}
