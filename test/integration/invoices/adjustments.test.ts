import { expect, test } from "vitest";
import { joinInvoicing, line, startInvoicing } from "./start-invoicing.ts";

test("several adjustments add up to the one of the invoice, on paper too", async () => {
  const api = await startInvoicing();
  const { issued, expectCall, eventsOf } = api;
  const { id, uuid } = await issued({ adjustment_amount: 50 });
  const path = `/invoices/${id}/adjustments`;
  const add = async (description: string, amount: number) =>
    await expectCall(201, "POST", path, { description, amount });
  const courier = await add("Courier", 1200);
  const goodwill = await add("Goodwill", -2250);
  expect(goodwill).toMatchObject({ description: "Goodwill", amount: -2250 });

  const [first, ...others] = await expectCall(200, "GET", path);
  expect(first).toMatchObject({ description: null, amount: 50 });
  expect(others).toEqual([courier, goodwill]);
  const invoice = await expectCall(200, "GET", `/invoices/${id}`);
  expect(invoice).toMatchObject({
    subtotal: 10_000,
    adjustment_amount: -1000,
    adjustment_description: "Courier; Goodwill",
    total: 9000,
    adjustments: [{ amount: 50 }, { amount: 1200 }, { amount: -2250 }],
  });
  expect(await expectCall(200, "GET", `/portal/invoices/${uuid}`)).toMatchObject({
    adjustments: [{ description: null, amount: 50 }, { amount: 1200 }, { amount: -2250 }],
  });
  expect((await eventsOf(id)).filter((type) => type === "invoice.updated")).toHaveLength(2);

  const copy = await expectCall(201, "POST", `/invoices/${id}/duplicate`);
  expect(await expectCall(200, "GET", `/invoices/${copy.id}`)).toMatchObject({
    adjustment_amount: -1000,
    total: 9000,
    adjustments: [{ amount: 50 }, { description: "Courier" }, { description: "Goodwill" }],
  });
  await expectCall(204, "DELETE", `${path}/${goodwill.id}`);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    adjustment_amount: 1250,
    adjustment_description: "Courier",
    total: 11_250,
  });
  await expectCall(404, "DELETE", `${path}/${goodwill.id}`);
  // The other one kept its own.
  expect(await expectCall(200, "GET", `/invoices/${copy.id}/adjustments`)).toHaveLength(3);
});

test("the two fields of the invoice stand for all adjustments: said again they change nothing", async () => {
  const { draft, expectCall, expectInvalid, call } = await startInvoicing();
  const { id } = await draft({ adjustment_amount: -250, adjustment_description: "Delay" });
  const path = `/invoices/${id}/adjustments`;
  const amounts = async () =>
    (await expectCall(200, "GET", path)).map(
      ({ description, amount }: { description: string | null; amount: number }) => [
        description,
        amount,
      ],
    );
  expect(await amounts()).toEqual([["Delay", -250]]);
  await expectCall(201, "POST", path, { description: "Postage", amount: 400 });
  const { adjustment_amount, adjustment_description, discount_type, discount_value } =
    await expectCall(200, "GET", `/invoices/${id}`);
  // Who writes back what was read takes nothing apart.
  await expectCall(200, "PATCH", `/invoices/${id}`, {
    adjustment_amount,
    adjustment_description,
    discount_type,
    discount_value,
    notes: "Read and written back",
  });
  expect(await amounts()).toEqual([
    ["Delay", -250],
    ["Postage", 400],
  ]);
  const one = await expectCall(200, "PATCH", `/invoices/${id}`, { adjustment_amount: 75 });
  expect(one).toMatchObject({ total: 10_075, adjustment_description: "Delay; Postage" });
  expect(await amounts()).toEqual([["Delay; Postage", 75]]);
  await expectCall(200, "PATCH", `/invoices/${id}`, { adjustment_description: "Rounding" });
  expect(await amounts()).toEqual([["Rounding", 75]]);
  await expectInvalid("adjustment_description", "PATCH", `/invoices/${id}`, {
    adjustment_amount: -1,
    adjustment_description: null,
  });
  expect(await expectCall(200, "PATCH", `/invoices/${id}`, { adjustment_amount: 0 })).toMatchObject(
    { total: 10_000 },
  );
  expect(await amounts()).toEqual([]);
  const long = "a".repeat(200);
  for (const amount of [1, 2]) await expectCall(201, "POST", path, { description: long, amount });
  const shown = (await call("GET", `/invoices/${id}`)).body.data.adjustment_description;
  expect([shown.length, shown.endsWith("…")]).toEqual([255, true]);
  await expectCall(200, "PATCH", `/invoices/${id}`, { adjustment_description: shown });
  expect(await amounts()).toHaveLength(2);
});

test("an adjustment keeps the rules of a line: what is paid stays paid, and no total is negative", async () => {
  const api = await startInvoicing();
  const { issued, draft, expectCall, expectInvalid, call } = api;
  const { id } = await issued();
  const path = `/invoices/${id}/adjustments`;
  await expectInvalid("amount", "POST", path, { description: "Too much", amount: -10_001 });
  await expectInvalid("amount", "POST", path, { description: "x", amount: 999_999_999_999_999 });
  await expectInvalid("amount", "POST", path, { description: "Nothing", amount: 0 });
  await expectInvalid("amount", "POST", path, { description: "Half", amount: 0.5 });
  await expectInvalid("description", "POST", path, { description: " ", amount: 5 });
  await expectInvalid("description", "POST", path, { description: "d".repeat(256), amount: 5 });
  await expectInvalid("tax", "POST", path, { description: "d", amount: 5, tax: 1 });

  const extra = await expectCall(201, "POST", path, { description: "Extra", amount: 500 });
  const money = { amount: 10_200, payment_date: "2026-03-02" };
  await expectCall(200, "POST", `/invoices/${id}/record-payment`, money);
  const below = await call("DELETE", `${path}/${extra.id}`);
  expect([below.status, below.body.code]).toEqual([409, "below_amount_paid"]);
  const stale = { headers: { "If-Match": '"2020-01-01T00:00:00.000000Z"' } };
  expect((await call("DELETE", `${path}/${extra.id}`, undefined, stale)).status).toBe(412);
  // To exactly what was paid, it is paid, and then nothing can be changed.
  await expectCall(201, "POST", path, { description: "Rounding", amount: -300 });
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    status: "paid",
    amount_due: 0,
  });
  await expectCall(409, "POST", path, { description: "Late", amount: 1 });
  await expectCall(409, "DELETE", `${path}/${extra.id}`);

  const voided = await issued();
  await expectCall(200, "POST", `/invoices/${voided.id}/void`);
  await expectCall(409, "POST", `/invoices/${voided.id}/adjustments`, {
    description: "Late",
    amount: 1,
  });
  const { id: small } = await draft({
    line_items: [line("Refund line", 1, -100)],
    adjustment_amount: 150,
  });
  const [only] = await expectCall(200, "GET", `/invoices/${small}/adjustments`);
  const negative = await call("DELETE", `/invoices/${small}/adjustments/${only.id}`);
  expect([negative.status, negative.body.message]).toEqual([
    409,
    expect.stringMatching(/negative: -100 /),
  ]);
  const stranger = await joinInvoicing(api);
  expect((await stranger.call("GET", path)).status).toBe(404);
  expect((await stranger.call("DELETE", `${path}/${extra.id}`)).status).toBe(404);
  await expectCall(404, "DELETE", `/invoices/${small}/adjustments/${extra.id}`);
});

test("adjustments at once all count", async () => {
  const { issued, call, expectCall } = await startInvoicing();
  const { id } = await issued();
  const replies = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      call("POST", `/invoices/${id}/adjustments`, {
        description: `No. ${index}`,
        amount: index % 2 === 0 ? -700 : 300,
      }),
    ),
  );
  expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    adjustment_amount: -1600,
    total: 8400,
  });
});
