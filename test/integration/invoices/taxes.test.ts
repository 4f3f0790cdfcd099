import { expect, test } from "vitest";
import { line, startInvoicing, type Invoicing } from "./start-invoicing.ts";

/** A kept rate; basis points. Returns its id. */
async function rate({ expectCall }: Invoicing, name: string, points: number): Promise<number> {
  return (await expectCall(201, "POST", "/tax-rates", { name, rate: points })).id;
}

/** Three times 0.05. */
function threeLines(more: Record<string, unknown>) {
  return [1, 2, 3].map((n) => line(`${n}`, 1, 5, more));
}

/** A body with one line. */
function withLine(more: Record<string, unknown>) {
  return { line_items: [line("x", 1, 1, more)] };
}

test("F7 with tax type summary: 140.00 with 5 % and 9.975 % on the whole is 160.97", async () => {
  const invoicing = await startInvoicing();
  const { draft, expectCall, call } = invoicing;
  const [gst, qst] = [await rate(invoicing, "GST", 500), await rate(invoicing, "QST", 997.5)];
  const invoice = await draft({
    tax_type: "summary",
    tax_rate_ids: [gst, qst],
    // The company's default taxes are for lines, and these have none.
    line_items: [line("a", 1, 4_000), line("b", 2, 5_000)],
  });
  const taxes = [
    { tax_rate_id: gst, line_item_id: null, name: "GST", rate: 500, amount: 700 },
    { tax_rate_id: qst, line_item_id: null, name: "QST", rate: 997.5, amount: 1_397 },
  ];
  expect(invoice).toMatchObject({
    tax_type: "summary",
    tax_rate_ids: [gst, qst],
    subtotal: 14_000,
    tax_total: 2_097,
    total: 16_097,
    taxes,
    line_items: [
      { tax_name_1: null, tax_rate_1: null, tax_amount_1: 0 },
      { tax_name_1: null, tax_amount_1: 0 },
    ],
  });
  expect(await expectCall(200, "GET", `/invoices/${invoice.id}`)).toMatchObject({
    tax_rate_ids: [gst, qst],
    taxes,
  });
  const list = await call("GET", "/invoices");
  expect(list.body.data).toMatchObject([{ tax_type: "summary", tax_rate_ids: [gst, qst] }]);

  // The report has taxes of the whole and of lines under one name and rate.
  await expectCall(200, "POST", `/invoices/${invoice.id}/mark-sent`);
  const { id } = await draft({ line_items: [line("x", 1, 1_000, { tax_rate_id: gst })] });
  await expectCall(200, "POST", `/invoices/${id}/mark-sent`);
  const report = await call("GET", "/reports/tax-summary");
  expect(report.body.taxes).toEqual([
    {
      tax_name: "QST",
      tax_rate: 997.5,
      taxable_amount: 14_000,
      tax_collected: 1_397,
      invoice_count: 1,
    },
    {
      tax_name: "GST",
      tax_rate: 500,
      taxable_amount: 15_000,
      tax_collected: 750,
      invoice_count: 2,
    },
  ]);
});

test.each([
  ["per_line", 3],
  ["per_invoice", 2],
])("F11: on the whole, a tax is rounded once, however lines are (%s)", async (rounding, byLine) => {
  const invoicing = await startInvoicing({ tax_rounding: rounding });
  const { draft } = invoicing;
  const tenth = await rate(invoicing, "Tax", 1_000);
  const inline = await draft({ line_items: threeLines({ tax_rate_id: tenth }) });
  expect(inline).toMatchObject({ tax_type: "inline", tax_total: byLine, total: 15 + byLine });
  expect(inline.taxes).toHaveLength(3);
  expect(inline.taxes[0]).toMatchObject({
    tax_rate_id: tenth,
    line_item_id: inline.line_items[0].id,
    name: "Tax",
    rate: 1_000,
  });
  const summary = await draft({
    tax_type: "summary",
    tax_rate_ids: [tenth],
    line_items: threeLines({}),
  });
  // 10 % of 0.15.
  expect(summary).toMatchObject({ tax_total: 2, total: 17 });
});

test("discounts of lines come first, then the invoice's, then tax, then the adjustment", async () => {
  const invoicing = await startInvoicing();
  const { draft, call, sql } = invoicing;
  const vat = await rate(invoicing, "VAT", 1_900);
  const invoice = await draft({
    line_items: [
      // 100.00 less 10 %: 90.00. Its fifth less: 72.00. 19 % of it: 13.68.
      line("a", 1, 10_000, { tax_rate_id: vat, discount_type: "percentage", discount_value: 10 }),
      // 60.00 less 15.00: 45.00; 36.00; 7 %: 2.52.
      line("b", 2, 3_000, { tax_rate: 7, discount_type: "fixed", discount_value: 1_500 }),
      // 15.00; 12.00; untaxed.
      line("c", 1, 1_500, { tax_rate: null, discount_type: "none" }),
    ],
    discount_type: "percentage",
    discount_value: 20,
    adjustment_amount: -20,
    adjustment_description: "Rounded down",
  });
  expect(invoice).toMatchObject({
    subtotal: 17_500,
    discount_total: 5_500,
    tax_total: 1_620,
    adjustment_amount: -20,
    total: 13_600,
    line_items: [
      { discount_type: "percentage", discount_value: 10, discount_amount: 2_800, tax_rate_id: vat },
      { discount_type: "fixed", discount_value: 1_500, discount_amount: 2_400, tax_amount_1: 252 },
      { discount_type: null, discount_value: null, discount_amount: 300, tax_amount_1: 0 },
    ],
  });
  const pdf = await call("GET", `/invoices/${invoice.id}/pdf`);
  expect(pdf.status).toBe(200);
  const [uuid] = await sql<{ uuid: string }[]>`
    update invoices set status = 'sent' where id = ${invoice.id} returning uuid
  `;
  const portal = await call("GET", `/portal/invoices/${uuid!.uuid}`);
  expect(portal.body.data.taxes).toEqual([
    { name: "VAT", rate: 1_900, amount: 1_368 },
    { name: "Tax", rate: 700, amount: 252 },
  ]);
});

test("yen have no decimals, and dinars three", async () => {
  const invoicing = await startInvoicing();
  const { draft } = invoicing;
  const [eight, five] = [await rate(invoicing, "8", 800), await rate(invoicing, "5", 500)];
  const yen = { currency: "JPY", line_items: [1, 2, 3].map((n) => line(`${n}`, 1, 333)) };
  // 8 % of 999 is 79.92; of 333 it is 26.64, three times.
  expect(await draft({ ...yen, tax_type: "summary", tax_rate_ids: [eight] })).toMatchObject({
    tax_total: 80,
    total: 1_079,
  });
  const taxed = yen.line_items.map((one) => ({ ...one, tax_rate_id: eight }));
  expect(await draft({ ...yen, line_items: taxed })).toMatchObject({ tax_total: 81, total: 1_080 });

  const discount = { discount_type: "percentage", discount_value: "12.5" };
  // 12.5 % of 10.001 is 1.250; 5 % of 8.751 is 0.438.
  const dinars = await draft({
    currency: "KWD",
    line_items: [line("x", 1, 10_001, { tax_rate_id: five, ...discount })],
  });
  expect(dinars).toMatchObject({ discount_total: 1_250, tax_total: 438, total: 9_189 });
  // The same discount of the whole: 8.751 is taxed with 0.438 and 0.700.
  const both = await draft({
    currency: "KWD",
    tax_type: "summary",
    tax_rate_ids: [five, eight],
    line_items: [line("x", 1, 10_001)],
    ...discount,
  });
  expect(both).toMatchObject({ discount_total: 1_250, tax_total: 1_138, total: 9_889 });
});

test("an invoice keeps the rates it took, whatever becomes of them", async () => {
  const invoicing = await startInvoicing();
  const { draft, issued, expectCall, expectInvalid, clientId, eventsOf } = invoicing;
  const vat = await rate(invoicing, "VAT", 1_900);
  const summary = await issued({ tax_type: "summary", tax_rate_ids: [vat] });
  const inline = await draft({ line_items: [line("x", 1, 10_000, { tax_rate_id: vat })] });
  await expectCall(200, "PATCH", `/tax-rates/${vat}`, { name: "New VAT", rate: 2_100 });
  const path = `/invoices/${summary.id}`;
  const kept = { tax_rate_ids: [vat], taxes: [{ name: "VAT", rate: 1_900 }] };
  expect(await expectCall(200, "PATCH", path, { tax_rate_ids: [vat] })).toMatchObject(kept);
  expect(await eventsOf(summary.id)).toEqual(["invoice.created", "invoice.sent"]);
  // Worked out anew over other lines, at the rate it has.
  const lines = { line_items: [line("x", 1, 5_000)] };
  expect(await expectCall(200, "PUT", `${path}/line-items`, lines)).toMatchObject({
    ...kept,
    tax_total: 950,
    total: 5_950,
  });
  const [stored] = inline.line_items;
  const same = { id: stored.id, ...line("x", 2, 10_000), tax_rate_id: vat };
  expect(
    await expectCall(200, "PUT", `/invoices/${inline.id}/line-items`, { line_items: [same] }),
  ).toMatchObject({ tax_total: 3_800, line_items: [{ tax_name_1: "VAT", tax_rate_id: vat }] });
  // Taken anew, it is what it is now.
  await expectCall(200, "PATCH", path, { tax_rate_ids: [] });
  expect(await expectCall(200, "PATCH", path, { tax_rate_ids: [vat] })).toMatchObject({
    taxes: [{ name: "New VAT", rate: 2_100, amount: 1_050 }],
  });

  await expectCall(204, "DELETE", `/tax-rates/${vat}`);
  expect(await expectCall(200, "PATCH", path, { tax_rate_ids: [vat] })).toMatchObject({
    total: 6_050,
  });
  expect(await expectCall(201, "POST", `${path}/duplicate`)).toMatchObject({
    tax_type: "summary",
    tax_rate_ids: [vat],
    total: 6_050,
  });
  await expectInvalid("tax_rate_ids.0", "POST", "/invoices", {
    client_id: clientId,
    tax_type: "summary",
    tax_rate_ids: [vat],
  });
  const added = line("y", 1, 1, { tax_rate_id: vat });
  await expectInvalid("tax_rate_id", "POST", `/invoices/${inline.id}/line-items`, added);
});

test("the tax type changes with what it leaves behind, and what does not fit is refused by name", async () => {
  const invoicing = await startInvoicing();
  const { draft, expectCall, expectInvalid, clientId } = invoicing;
  const vat = await rate(invoicing, "VAT", 1_900);
  const own = { tax_rate: 7, discount_type: "fixed", discount_value: 1_000 };
  const { id } = await draft({ line_items: [line("x", 1, 10_000, own)] });
  const path = `/invoices/${id}`;
  const summary = { tax_type: "summary", tax_rate_ids: [vat] };
  expect(await expectCall(200, "PATCH", path, summary)).toMatchObject({
    discount_total: 0,
    tax_total: 1_900,
    total: 11_900,
    line_items: [{ tax_rate_1: null, discount_type: null, discount_amount: 0 }],
  });
  const patch = async (field: string, body: object) =>
    await expectInvalid(field, "PATCH", path, body);
  await patch("line_items.0.tax_rate", withLine({ tax_rate: 7 }));
  await patch("line_items.0.tax_rate_2", withLine({ tax_rate_2: 700 }));
  await patch("line_items.0.tax_rate_id", withLine({ tax_rate_id: vat }));
  await patch(
    "line_items.0.discount_type",
    withLine({ discount_type: "fixed", discount_value: 1 }),
  );
  await patch("tax_rate_ids.1", { tax_rate_ids: [vat, vat] });
  await patch("tax_type", { tax_type: "both" });
  await expectInvalid(
    "tax_rate_1",
    "POST",
    `${path}/line-items`,
    line("x", 1, 1, { tax_rate_1: 1 }),
  );
  // A rate of nothing is no tax.
  await expectCall(201, "POST", `${path}/line-items`, line("y", 1, 100, { tax_rate_1: 0 }));

  expect(await expectCall(200, "PATCH", path, { tax_type: "inline" })).toMatchObject({
    tax_rate_ids: [],
    taxes: [],
    tax_total: 0,
    total: 10_100,
  });
  await patch("tax_rate_ids", { tax_rate_ids: [vat] });
  await patch("line_items.0.tax_rate", withLine({ tax_rate: 7, tax_rate_id: vat }));
  await patch("line_items.0.tax_rate_id", withLine({ tax_rate_id: 4711 }));
  await patch("line_items.0.discount_value", withLine({ discount_type: "percentage" }));
  await patch(
    "line_items.0.discount_value",
    withLine({ discount_type: "percentage", discount_value: 101 }),
  );

  // Series and quotes have none of it.
  const series = {
    client_id: clientId,
    title: "S",
    frequency: "monthly",
    start_date: "2026-04-01",
  };
  const only = { unit: "hour", long_description: "x", tax_rate_id: vat, ...own };
  for (const [key, value] of Object.entries({
    ...summary,
    category_id: 1,
    project_id: 1,
    tags: [],
  })) {
    await expectInvalid(key, "POST", "/recurring-invoices", { ...series, [key]: value });
    await expectInvalid(key, "POST", "/quotes", { client_id: clientId, [key]: value });
  }
  for (const [key, value] of Object.entries(only).filter(([name]) => name !== "tax_rate")) {
    const body = { line_items: [line("x", 1, 1, { [key]: value })] };
    await expectInvalid(`line_items.0.${key}`, "POST", "/recurring-invoices", {
      ...series,
      ...body,
    });
    await expectInvalid(`line_items.0.${key}`, "POST", "/quotes", { client_id: clientId, ...body });
  }
});

test("lines are replaced as a set; those with an id keep what they are, and a fee stays", async () => {
  const { draft, expectCall, expectInvalid, call, issued } = await startInvoicing();
  const more = { unit: "hour", long_description: "By the hour,\nas agreed." };
  const created = await draft({ line_items: [line("a", 1, 1_000, more), line("b", 1, 2_000)] });
  const [a] = created.line_items;
  expect(a).toMatchObject(more);
  const path = `/invoices/${created.id}/line-items`;
  const set = await expectCall(200, "PUT", path, {
    line_items: [line("new", 3, 100), { id: a.id, ...line("a", 2, 1_000) }],
  });
  expect(set).toMatchObject({
    total: 2_300,
    line_items: [
      { description: "new", unit: null },
      { id: a.id, quantity: 2, ...more },
    ],
  });
  await expectInvalid("line_items", "PUT", path, {});
  await expectInvalid("line_items.0.id", "PUT", path, {
    line_items: [{ id: 1e9, ...line("x", 1, 1) }],
  });
  await expectInvalid("line_items.0.unit", "PUT", path, {
    line_items: [line("x", 1, 1, { unit: "x".repeat(21) })],
  });
  await expectInvalid("total", "PUT", path, { line_items: [], total: 5 });
  const stale = { headers: { "If-Match": '"other"' } };
  expect((await call("PUT", path, { line_items: [] }, stale)).status).toBe(412);
  expect(await expectCall(200, "PUT", path, { line_items: [] })).toMatchObject({ total: 0 });

  const paid = await issued();
  await expectCall(200, "POST", `/invoices/${paid.id}/mark-paid`);
  await expectCall(409, "PUT", `/invoices/${paid.id}/line-items`, { line_items: [] });
  await expectCall(404, "PUT", "/invoices/4711/line-items", { line_items: [] });
});
