import { expect, test } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { startRecurring } from "./start-recurring.ts";

test("C9: weekly × 2 on Mondays, the amount edited on a Wednesday: next stays on the grid's Monday", async () => {
  const { series, generate, clock, expectCall, get } = await startRecurring();
  // 2 March 2026 is a Monday.
  const { id } = await series({ frequency: "weekly", interval: 2 });
  await generate("2026-03-02");
  expect(await get(id)).toMatchObject({ next_generate_date: "2026-03-16" });

  clock.set("2026-03-04T12:00:00Z");
  const updated = await expectCall(200, "PUT", `/recurring-invoices/${id}`, {
    line_items: [line("Retainer", 1, 12_500)],
    notes: "New price",
  });
  expect(updated).toMatchObject({ next_generate_date: "2026-03-16", total: 12_500 });
  clock.set("2026-03-16T12:00:00Z");
  await generate("2026-03-16");
  const { invoices, next_generate_date } = await get(id);
  expect(next_generate_date).toBe("2026-03-30");
  expect(invoices.map((invoice: { total: number }) => invoice.total)).toEqual([12_500, 10_000]);
});

test("an edit that sends back the dates as they are moves nothing", async () => {
  const { series, generate, expectCall } = await startRecurring();
  const { id } = await series({ start_date: "2026-01-31" });
  await generate("2026-02-01");
  const same = await expectCall(200, "PATCH", `/recurring-invoices/${id}`, {
    start_date: "2026-01-31",
    next_generate_date: "2026-02-28",
    frequency: "monthly",
    interval: 1,
    title: "Renamed",
  });
  expect(same).toMatchObject({ title: "Renamed", next_generate_date: "2026-02-28" });
  await generate("2026-02-28");
  // Had the 28th become the anchor, this would be the 28th of March.
  expect(await expectCall(200, "GET", `/recurring-invoices/${id}`)).toMatchObject({
    next_generate_date: "2026-03-31",
  });
});

test("next_generate_date by hand anchors the grid there and restarts k", async () => {
  const { series, generate, expectCall, expectInvalid, occurrences } = await startRecurring();
  const { id } = await series({ start_date: "2026-03-01" });
  await generate("2026-03-02");
  const path = `/recurring-invoices/${id}`;
  expect(
    await expectInvalid("next_generate_date", "PUT", path, { next_generate_date: "2026-03-01" }),
  ).toContain("after 2026-03-01");
  await expectInvalid("next_generate_date", "PUT", path, { next_generate_date: "2026-02-31" });
  const moved = await expectCall(200, "PUT", path, { next_generate_date: "2026-04-30" });
  expect(moved.next_generate_date).toBe("2026-04-30");
  await generate("2026-04-30");
  expect((await occurrences(id)).map((one) => [one.period_start, one.period_end])).toEqual([
    ["2026-03-01", "2026-03-31"],
    ["2026-04-30", "2026-05-29"],
  ]);
});

test("a date by hand so far back that it would make more than the limit needs catch_up", async () => {
  const { series, expectCall, expectInvalid } = await startRecurring();
  const { id } = await series({ start_date: "2025-03-02", next_generate_date: "2026-03-02" });
  const path = `/recurring-invoices/${id}`;
  const back = { next_generate_date: "2025-09-02" };
  expect(await expectInvalid("next_generate_date", "PUT", path, back)).toContain("7 invoices");
  const latest = await expectCall(200, "PUT", path, { ...back, catch_up: "latest" });
  expect(latest).toMatchObject({ next_generate_date: "2025-09-02", catch_up: "latest" });
});

test("another frequency counts from the next date as it was", async () => {
  const { series, generate, expectCall, get } = await startRecurring();
  const { id } = await series({ start_date: "2026-01-31" });
  await generate("2026-02-01");
  const weekly = await expectCall(200, "PUT", `/recurring-invoices/${id}`, {
    frequency: "weekly",
  });
  expect(weekly).toMatchObject({ frequency_label: "Weekly", next_generate_date: "2026-02-28" });
  await generate("2026-02-28");
  expect(await get(id)).toMatchObject({ next_generate_date: "2026-03-07" });
});

test("start_date moves until something has come of the series", async () => {
  const { series, generate, expectCall, expectInvalid } = await startRecurring();
  const { id } = await series();
  const path = `/recurring-invoices/${id}`;
  expect(await expectCall(200, "PUT", path, { start_date: "2026-02-15" })).toMatchObject({
    start_date: "2026-02-15",
    next_generate_date: "2026-02-15",
  });
  await expectInvalid("start_date", "PUT", path, { start_date: "2025-02-15" });
  await generate("2026-03-02");
  expect(await expectInvalid("start_date", "PUT", path, { start_date: "2026-02-16" })).toContain(
    "next_generate_date",
  );
});

test("C11: with an end date the last occurrence within it completes the series", async () => {
  const { series, generate, get, occurrences } = await startRecurring();
  const { id } = await series({ start_date: "2026-01-31", end_date: "2026-03-30" });
  await generate("2026-02-01");
  expect(await get(id)).toMatchObject({ status: "active", next_generate_date: "2026-02-28" });
  await generate("2026-02-28");
  expect(await get(id)).toMatchObject({ status: "completed", next_generate_date: null });
  await generate("2026-03-31");
  expect((await occurrences(id)).map((one) => one.period_start)).toEqual([
    "2026-01-31",
    "2026-02-28",
  ]);
});

test("an end drawn in completes the series; one lifted lets it go on from today", async () => {
  const { series, generate, clock, expectCall, expectInvalid, occurrences } =
    await startRecurring();
  const { id } = await series({ start_date: "2026-03-01" });
  const path = `/recurring-invoices/${id}`;
  await generate("2026-03-02");
  expect(await expectCall(200, "PUT", path, { end_date: "2026-03-31" })).toMatchObject({
    status: "completed",
    next_generate_date: null,
  });
  clock.set("2026-06-10T09:00:00Z");
  expect(await expectCall(200, "PUT", path, { end_date: null })).toMatchObject({
    status: "active",
    next_generate_date: "2026-07-01",
  });
  expect((await occurrences(id)).map((one) => [one.period_start, one.reason])).toEqual([
    ["2026-03-01", null],
    ["2026-04-01", "completed"],
    ["2026-05-01", "completed"],
    ["2026-06-01", "completed"],
  ]);
  expect(await expectCall(200, "PUT", path, { max_occurrences: 1 })).toMatchObject({
    status: "completed",
  });
  await generate("2026-07-01");
  expect(await occurrences(id)).toHaveLength(4);
  await expectCall(200, "PUT", path, { max_occurrences: 2 });
  await generate("2026-07-01");
  await expectInvalid("max_occurrences", "PUT", path, { max_occurrences: 1 });
});

test("a date by hand for a series that has made all its invoices needs a higher maximum", async () => {
  const { series, generate, expectCall, expectInvalid } = await startRecurring();
  const { id } = await series({ max_occurrences: 1 });
  const path = `/recurring-invoices/${id}`;
  await generate("2026-03-02");
  const next = { next_generate_date: "2026-05-15" };
  await expectInvalid("max_occurrences", "PUT", path, next);
  expect(await expectCall(200, "PUT", path, { ...next, max_occurrences: 2 })).toMatchObject({
    status: "active",
    ...next,
  });
});

test("line_items are the full set; keys left out keep what the line had", async () => {
  const { series, expectCall, expectInvalid } = await startRecurring();
  const created = await series({
    line_items: [
      line("Hosting", 1, 1000, { tax_name: "VAT", tax_rate: 20 }),
      line("Support", 1, 2000),
    ],
  });
  const [hosting, support] = created.line_items;
  const path = `/recurring-invoices/${created.id}`;
  const updated = await expectCall(200, "PUT", path, {
    line_items: [line("Backups", 2, 500), { ...line("Hosting, large", 1, 3000), id: hosting.id }],
  });
  expect(updated).toMatchObject({ subtotal: 4000, tax_total: 600, total: 4600 });
  expect(updated.line_items).toMatchObject([
    { description: "Backups", sort_order: 0 },
    { id: hosting.id, description: "Hosting, large", tax_rate_1: 2000, sort_order: 1 },
  ]);
  await expectInvalid("line_items.0.id", "PUT", path, {
    line_items: [{ ...line("Support", 1, 1), id: support.id }],
  });
  await expectInvalid("line_items.0.description", "PUT", path, {
    line_items: [line("{{period.mnth}}", 1, 1)],
  });
  await expectInvalid("notes", "PUT", path, { notes: "{{hello}}" });
  expect(await expectCall(200, "GET", path)).toMatchObject({ total: 4600 });
});

test("If-Match guards against a lost update", async () => {
  const { series, call } = await startRecurring();
  const { id } = await series();
  const path = `/recurring-invoices/${id}`;
  const read = await call("GET", path);
  const etag = read.headers.get("etag") ?? "";
  const ifMatch = { headers: { "If-Match": etag } };
  expect((await call("PUT", path, { title: "One" }, ifMatch)).status).toBe(200);
  expect((await call("PUT", path, { title: "Two" }, ifMatch)).status).toBe(412);
  expect((await call("GET", path)).body.data.title).toBe("One");
});

test("an edit that changes nothing leaves no event", async () => {
  const { series, expectCall, sql } = await startRecurring();
  const { id, updated_at } = await series();
  const same = await expectCall(200, "PUT", `/recurring-invoices/${id}`, { title: "Retainer" });
  expect(same.updated_at).toBe(updated_at);
  const events = await sql`
    select type from events where subject_type = 'recurring-invoice' and subject_id = ${id}
  `;
  expect(events.map((event) => event["type"])).toEqual(["recurring-invoice.created"]);
});
