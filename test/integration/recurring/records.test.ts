import { expect, test } from "vitest";
import { joinInvoicing, line } from "../invoices/start-invoicing.ts";
import { startRecurring } from "./start-recurring.ts";

test("the list filters, sorts and counts each status", async () => {
  const { series, call, expectCall } = await startRecurring();
  const other = await expectCall(201, "POST", "/clients", { name: "Other" });
  const first = await series({ title: "A", start_date: "2026-05-01" });
  const second = await series({ title: "B", start_date: "2026-04-01", frequency: "weekly" });
  const third = await series({ title: "C", start_date: "2026-06-01", client_id: other.id });
  await expectCall(200, "POST", `/recurring-invoices/${third.id}/pause`);

  const all = await call("GET", "/recurring-invoices");
  expect(all.body.meta).toEqual({
    current_page: 1,
    last_page: 1,
    per_page: 25,
    total: 3,
    status_counts: { active: 2, paused: 1, completed: 0 },
  });
  expect(all.headers.get("x-total-count")).toBe("3");

  const idsOf = async (query: string) =>
    (await expectCall(200, "GET", `/recurring-invoices?${query}`)).map(
      (one: { id: number }) => one.id,
    );
  expect(await idsOf("")).toEqual([third.id, second.id, first.id]);
  expect(await idsOf("filter[status]=paused")).toEqual([third.id]);
  expect(await idsOf(`filter[client_id]=${other.id}`)).toEqual([third.id]);
  expect(await idsOf("filter[frequency]=weekly")).toEqual([second.id]);
  expect(await idsOf("sort=next_generate_date")).toEqual([second.id, first.id, third.id]);
  expect(await idsOf("sort=-next_generate_date")).toEqual([third.id, first.id, second.id]);
  expect(await idsOf("sort=title&per_page=1&page=2")).toEqual([second.id]);
  const paused = await call("GET", "/recurring-invoices?filter[status]=paused");
  expect(paused.body.meta).toMatchObject({ total: 1, status_counts: { active: 2, paused: 1 } });
  for (const wrong of ["filter[status]=gone", "sort=secret", "filter[color]=red", "per_page=101"]) {
    expect((await call("GET", `/recurring-invoices?${wrong}`)).status).toBe(422);
  }
});

test("lines can be added, changed and deleted one by one; the totals follow", async () => {
  const { series, expectCall, expectInvalid, call } = await startRecurring();
  const { id, line_items } = await series();
  const path = `/recurring-invoices/${id}`;
  const added = await expectCall(201, "POST", `${path}/line-items`, {
    ...line("Support", 2, "250.25"),
    tax_name_1: "VAT",
    tax_rate_1: 1000,
  });
  expect(added).toMatchObject({ amount: 501, tax_amount_1: 50, sort_order: 1 });
  expect(await expectCall(200, "GET", path)).toMatchObject({ subtotal: 10_501, total: 10_551 });

  const changed = await expectCall(200, "PATCH", `${path}/line-items/${added.id}`, {
    ...line("Support, twice", 4, 250),
  });
  expect(changed).toMatchObject({ id: added.id, amount: 1000, tax_rate_1: 1000, sort_order: 1 });
  expect(await expectCall(200, "GET", path)).toMatchObject({ total: 11_100 });
  await expectInvalid("description", "PUT", `${path}/line-items/${added.id}`, {
    ...line("{{unknown}}", 1, 1),
  });
  await expectInvalid("tax_rate_1", "POST", `${path}/line-items`, {
    ...line("Support", 1, 1),
    tax_rate_1: 10_001,
  });

  await expectCall(204, "DELETE", `${path}/line-items/${line_items[0].id}`);
  expect(await expectCall(200, "GET", `${path}/line-items`)).toMatchObject([{ id: added.id }]);
  expect(await expectCall(200, "GET", path)).toMatchObject({ total: 1100 });
  expect((await call("DELETE", `${path}/line-items/${line_items[0].id}`)).status).toBe(404);
});

test("a fixed discount above what is left of the lines does not make the total negative", async () => {
  const { series, expectCall } = await startRecurring();
  const { id, line_items } = await series({
    discount_type: "fixed",
    discount_value: 5000,
    line_items: [line("Large", 1, 10_000), line("Small", 1, 1000)],
  });
  await expectCall(204, "DELETE", `/recurring-invoices/${id}/line-items/${line_items[0].id}`);
  expect(await expectCall(200, "GET", `/recurring-invoices/${id}`)).toMatchObject({
    subtotal: 1000,
    discount_total: 1000,
    total: 0,
  });
});

test("the preview shows dates, periods and amounts, and takes no numbers", async () => {
  const { series, call, expectCall, sql, get } = await startRecurring();
  const { id } = await series({ start_date: "2026-01-31", max_occurrences: 4 });
  const path = `/recurring-invoices/${id}/preview`;
  const preview = await call("GET", path);
  expect(preview.body.meta).toEqual({ count: 4, total: 40_000 });
  expect(preview.body.data).toMatchObject([
    {
      date: "2026-01-31",
      period_start: "2026-01-31",
      period_end: "2026-02-27",
      is_missed: true,
      issue_date: "2026-03-02",
      due_date: "2026-04-01",
      currency: "USD",
      total: 10_000,
    },
    { date: "2026-02-28", period_end: "2026-03-30", is_missed: true },
    { date: "2026-03-31", period_end: "2026-04-29", is_missed: false, issue_date: "2026-03-31" },
    { date: "2026-04-30", period_end: "2026-05-30" },
  ]);
  expect(await expectCall(200, "GET", `${path}?count=2`)).toHaveLength(2);
  for (const count of ["0", "367", "many", "1.5"]) {
    expect((await call("GET", `${path}?count=${count}`)).status).toBe(422);
  }
  await expectCall(200, "POST", `/recurring-invoices/${id}/pause`);
  expect((await expectCall(200, "GET", path))[0]).toMatchObject({ date: "2026-03-31" });
  expect(await get(id)).toMatchObject({ next_generate_date: "2026-01-31", invoices: [] });
  expect(await sql`select 1 from counters where next_value > 1`).toHaveLength(0);

  const daily = await series({ frequency: "custom", interval: 1 });
  const days = await expectCall(200, "GET", `/recurring-invoices/${daily.id}/preview?count=366`);
  expect(days).toHaveLength(366);
  expect(days[365]).toMatchObject({ date: "2027-03-02", period_end: "2027-03-02" });
});

test("bulk actions count what they changed and name what is not there", async () => {
  const { series, expectCall, get, expectInvalid } = await startRecurring();
  const ids: number[] = [];
  for (let count = 0; count < 3; count += 1) ids.push((await series()).id);
  const bulk = async (action: string, which: number[] = ids) =>
    await expectCall(200, "POST", "/recurring-invoices/bulk-action", { ids: which, action });
  expect(await bulk("pause")).toEqual({ affected: 3, not_found: [] });
  expect(await bulk("pause")).toMatchObject({ affected: 0 });
  expect(await bulk("activate", [...ids.slice(0, 2), 999_999])).toEqual({
    affected: 2,
    not_found: [999_999],
  });
  expect(await bulk("archive")).toMatchObject({ affected: 3 });
  expect(await get(ids[0]!)).toMatchObject({ is_archived: true, status: "active" });
  expect(await bulk("delete", [ids[2]!])).toMatchObject({ affected: 1 });
  expect(await bulk("delete", [ids[2]!])).toEqual({ affected: 0, not_found: [ids[2]] });
  const path = "/recurring-invoices/bulk-action";
  await expectInvalid("action", "POST", path, { ids, action: "explode" });
  await expectInvalid("ids", "POST", path, { ids: [], action: "pause" });
});

test("a deleted series is gone, its invoices and their period stay", async () => {
  const { series, expectCall, call, generate } = await startRecurring();
  const { id } = await series();
  const path = `/recurring-invoices/${id}`;
  const invoice = await expectCall(201, "POST", `${path}/generate`);
  await expectCall(204, "DELETE", path);
  for (const [method, address] of [
    ["GET", path],
    ["PUT", path],
    ["DELETE", path],
    ["POST", `${path}/generate`],
    ["POST", `${path}/pause`],
    ["GET", `${path}/line-items`],
    ["GET", `${path}/preview`],
    ["GET", `${path}/occurrences`],
  ] as const) {
    expect((await call(method, address, method === "PUT" ? {} : undefined)).status).toBe(404);
  }
  await generate("2026-12-31");
  expect(await expectCall(200, "GET", `/invoices/${invoice.id}`)).toMatchObject({
    recurring_invoice_id: id,
    period_start: "2026-03-02",
  });
});

test("a voided invoice makes room for its period to be billed again by hand", async () => {
  const { series, expectCall } = await startRecurring();
  const { id } = await series({ start_date: "2026-03-02" });
  const path = `/recurring-invoices/${id}`;
  const wrong = await expectCall(201, "POST", `${path}/generate`);
  await expectCall(200, "POST", `/invoices/${wrong.id}/void`);
  await expectCall(200, "PUT", path, { next_generate_date: "2026-03-02" });
  const right = await expectCall(201, "POST", `${path}/generate`);
  expect(right).toMatchObject({ period_start: "2026-03-02", invoice_number: "INV-00002" });
});

test("another company's series is not there", async () => {
  const api = await startRecurring();
  const { id, line_items } = await api.series();
  const stranger = await joinInvoicing(api);
  const path = `/recurring-invoices/${id}`;
  const attempts: [string, string, unknown?][] = [
    ["GET", path],
    ["PUT", path, { title: "Mine" }],
    ["DELETE", path],
    ["GET", `${path}/line-items`],
    ["POST", `${path}/line-items`, line("Mine", 1, 1)],
    ["PUT", `${path}/line-items/${line_items[0].id}`, line("Mine", 1, 1)],
    ["DELETE", `${path}/line-items/${line_items[0].id}`],
    ["POST", `${path}/archive`],
    ["POST", `${path}/unarchive`],
    ["POST", `${path}/pause`],
    ["POST", `${path}/resume`],
    ["POST", `${path}/generate`],
    ["POST", `${path}/release`, {}],
    ["GET", `${path}/preview`],
    ["GET", `${path}/occurrences`],
  ];
  for (const [method, address, body] of attempts) {
    expect((await stranger.call(method, address, body)).status).toBe(404);
  }
  expect(
    await stranger.expectCall(200, "POST", "/recurring-invoices/bulk-action", {
      ids: [id],
      action: "delete",
    }),
  ).toEqual({ affected: 0, not_found: [id] });
  const foreignClient = await stranger.call("POST", "/recurring-invoices", {
    client_id: api.clientId,
    title: "T",
    frequency: "monthly",
    start_date: "2026-03-02",
  });
  expect(Object.keys(foreignClient.body.errors)).toEqual(["client_id"]);
  expect(await api.get(id)).toMatchObject({ title: "Retainer", status: "active" });
});

test("a viewer may look, and change nothing", async () => {
  const { series, call, sql, companyId, userId, clock } = await startRecurring();
  const { id } = await series();
  await sql`
    update company_members set role = 'viewer' where company_id = ${companyId} and user_id = ${userId}
  `;
  // Who may what is remembered for a moment.
  clock.advanceMs(5_000);
  const path = `/recurring-invoices/${id}`;
  for (const [method, address] of [
    ["POST", `${path}/pause`],
    ["POST", `${path}/generate`],
    ["DELETE", path],
  ] as const) {
    const refused = await call(method, address);
    expect([refused.status, refused.body.code]).toEqual([403, "role_required"]);
  }
  expect((await call("GET", path)).body.data).toMatchObject({ status: "active", invoices: [] });
});

test("a token with only its own scope sees neither client nor invoices", async () => {
  const { series, call, expectCall } = await startRecurring();
  const { id } = await series();
  await expectCall(201, "POST", `/recurring-invoices/${id}/generate`);
  const made = await call("POST", "/api-tokens", {
    name: "Reader",
    scopes: ["recurring-invoices:read"],
  });
  expect(made.status).toBe(201);
  const token: string = made.body.data.token ?? made.body.token;
  const read = await call("GET", `/recurring-invoices/${id}`, undefined, { token });
  expect(read.status).toBe(200);
  expect(read.body.data).toMatchObject({ id, line_items: [{ amount: 10_000 }] });
  expect(read.body.data).not.toHaveProperty("client");
  expect(read.body.data).not.toHaveProperty("invoices");
  const refused = await call("POST", `/recurring-invoices/${id}/pause`, undefined, { token });
  expect([refused.status, refused.body.code]).toEqual([403, "missing_scope"]);
});
