import { expect, test } from "vitest";
import { openCompany } from "../../support/company.ts";
import { startPlatform } from "../../support/platform.ts";
import { setup } from "../../support/setup.ts";

async function open(testClock?: string) {
  const platform = await startPlatform(await setup());
  const company = await openCompany(platform, {
    timezone: "America/Chicago",
    ...(testClock === undefined ? {} : { testClock }),
  });
  const addSeries = async (fields: Record<string, unknown> = {}) => {
    const client = await company.post("/clients", { name: "Pine", email: "books@pine.test" });
    return await company.post("/recurring-invoices", {
      client_id: client.id,
      title: "Retainer",
      frequency: "monthly",
      start_date: "2026-01-31",
      line_items: [
        { description: "{{period.month}} {{period.year}}", quantity: 1, unit_price: 10_000 },
      ],
      ...fields,
    });
  };
  return { platform, company, addSeries };
}

/** The report of a dry run, which that of the night itself has to equal. */
async function previewAndRun(company: Awaited<ReturnType<typeof openCompany>>, date: string) {
  const ask = { business_date: date, dry_run: true };
  const preview = await company.settle(await company.accept("/nights", ask));
  await company.advance(`${date}T20:00:00Z`);
  const [night] = (await company.list("/nights")).data;
  expect(night).toMatchObject({ business_date: date, report: preview.result.report });
  return preview.result.report;
}

test("a company may live at a test clock, from one moment on and only forward", async () => {
  const { company } = await open();
  expect((await company.try("GET", "/test-clock")).status).toBe(404);
  const to = "2026-01-02T00:00:00Z";
  expect((await company.try("POST", "/test-clock/advance", { to })).status).toBe(409);
  const wrong = await company.try("POST", "/test-clock", { now: "yesterday" });
  expect(wrong).toMatchObject({ status: 422, json: { errors: { now: [expect.any(String)] } } });

  const started = await company.call("POST", "/test-clock", { now: "2026-01-01T00:00:00Z" });
  expect(started.data).toMatchObject({ now: "2026-01-01T00:00:00.000000Z", status: "ready" });
  expect((await company.try("POST", "/test-clock", { now: to })).status).toBe(409);
  const back = await company.try("POST", "/test-clock/advance", { to: "2025-12-31T00:00:00Z" });
  expect(back).toMatchObject({ status: 422, json: { errors: { to: [expect.any(String)] } } });

  const run = await company.advance(to);
  expect(run.result).toMatchObject({ now: "2026-01-02T00:00:00.000Z", nights: 1 });
  expect(await company.get("/test-clock")).toMatchObject({
    now: "2026-01-02T00:00:00.000000Z",
    status: "ready",
  });
});

test("advancing runs every night in between, in order, and business instants are the clock's", async () => {
  const { company, addSeries } = await open("2026-01-01T12:00:00Z");
  await addSeries({ auto_send: true });
  await company.advance("2026-04-15T12:00:00Z");
  const { data: nights, meta } = await company.list("/nights?filter[status]=completed");
  expect(meta.total).toBe(104);
  expect(nights[0]).toMatchObject({ business_date: "2026-04-15" });
  const { data: invoices } = await company.list("/invoices?sort=issue_date");
  expect(
    invoices.map((one: { issue_date: string; sent_at: string; status: string }) => [
      one.issue_date,
      one.sent_at,
      one.status,
    ]),
  ).toEqual([
    ["2026-01-31", "2026-01-31T08:00:00.000000Z", "overdue"],
    ["2026-02-28", "2026-02-28T08:00:00.000000Z", "overdue"],
    ["2026-03-31", "2026-03-31T07:00:00.000000Z", "sent"],
  ]);
}, 180_000);

test("D9: the user changes an invoice's dates; the night runs again and makes no second invoice", async () => {
  const { company, addSeries } = await open("2026-01-31T00:00:00Z");
  await addSeries({ start_date: "2026-01-31" });
  await company.advance("2026-01-31T12:00:00Z");
  const [invoice] = (await company.list("/invoices")).data;
  const dates = { issue_date: "2026-02-03", due_date: "2026-03-20" };
  await company.put(`/invoices/${invoice.id}`, dates);

  const again = await company.settle(
    await company.accept("/nights", { business_date: "2026-01-31" }),
  );
  expect(again).toMatchObject({ status: "succeeded", result: { status: "completed" } });
  await company.advance("2026-02-05T12:00:00Z");
  const { data, meta } = await company.list("/invoices");
  expect(meta.total).toBe(1);
  expect(data[0]).toMatchObject({ id: invoice.id, ...dates });
});

test("D15: one company's series throws; another's is billed, and the broken one is shown with its reason", async () => {
  const { platform, company, addSeries } = await open("2026-01-31T00:00:00Z");
  const broken = await addSeries();
  await platform.sql`
    update recurring_invoice_lines set quantity = 9999999999, unit_price = 999999999999999999
    where recurring_invoice_id = ${broken.id}
  `;
  const other = await openCompany(platform, {
    timezone: "America/Chicago",
    testClock: "2026-01-31T00:00:00Z",
  });
  const client = await other.post("/clients", { name: "Oak" });
  await other.post("/recurring-invoices", {
    client_id: client.id,
    title: "Retainer",
    frequency: "monthly",
    start_date: "2026-01-31",
    line_items: [{ description: "Retainer", quantity: 1, unit_price: 10_000 }],
  });
  await Promise.all([
    company.advance("2026-01-31T12:00:00Z"),
    other.advance("2026-01-31T12:00:00Z"),
  ]);

  expect((await other.list("/invoices")).data).toMatchObject([{ total: 10_000 }]);
  expect((await company.list("/invoices")).meta.total).toBe(0);
  const [item] = (await company.list("/attention-items")).data;
  expect(item).toMatchObject({ kind: "series.parked", subject_id: broken.id });
  expect(item.title).toContain("bigint");
});

test("two taxes of one rate are rounded apart per invoice: on an invoice, in a preview, in a night", async () => {
  const { platform } = await open();
  const company = await openCompany(platform, {
    currency: "JPY",
    testClock: "2026-01-31T00:00:00Z",
    settings: { tax_rounding: "per_invoice" },
  });
  const client = await company.post("/clients", { name: "Kaede" });
  const taxes = { tax_name_1: "GST", tax_rate_1: 500, tax_name_2: "PST", tax_rate_2: 500 };
  const amounts = { tax_total: 2, total: 12 };
  const body = {
    client_id: client.id,
    line_items: [{ description: "x", quantity: 1, unit_price: 10, ...taxes }],
  };
  const line = { tax_amount_1: 1, tax_amount_2: 1 };
  const written = await company.post("/invoices", body);
  expect(written).toMatchObject({ ...amounts, line_items: [line] });

  const rule = { title: "Retainer", frequency: "monthly", start_date: "2026-02-01" };
  const series = await company.post("/recurring-invoices", { ...body, ...rule });
  expect(series).toMatchObject({ ...amounts, line_items: [line] });
  const preview = await company.get(`/recurring-invoices/${series.id}/preview?count=1`);
  expect(JSON.stringify(preview)).toContain('"total":12');
  await company.advance("2026-02-01T12:00:00Z");
  const [{ id }] = (await company.list("/invoices?filter[client_id]=" + client.id + "&sort=-id"))
    .data;
  expect(await company.get(`/invoices/${id}`)).toMatchObject({
    ...amounts,
    period_start: "2026-02-01",
    line_items: [line],
  });
});

test("a dry run of a night to come tells what that night then does, those until then included", async () => {
  const { company, addSeries } = await open("2026-01-30T12:00:00Z");
  await company.put("/settings", { catch_up_limit: 1 });
  await addSeries({ frequency: "weekly", auto_send: true, payment_terms: 6 });
  await addSeries({ start_date: "2026-02-28" });
  const ask = { business_date: "2026-02-28", dry_run: true };
  const preview = await company.settle(await company.accept("/nights", ask));
  // The fifth of the weekly ones and the first of the others; the fourth was mailed, and is overdue.
  expect(preview.result).toMatchObject({
    status: "previewed",
    note: expect.stringContaining("as if nothing changed until then"),
    report: {
      generated: { count: 2, amounts: { USD: 20_000 }, made_up: 0 },
      overdue: { count: 1, amounts: { USD: 10_000 } },
      parked: { count: 0 },
    },
  });
  expect((await company.list("/invoices")).meta.total).toBe(0);
  const far = { business_date: "2027-02-01", dry_run: true };
  expect(await company.try("POST", "/nights", far)).toMatchObject({
    status: 422,
    json: { errors: { business_date: [expect.stringContaining("366 days after")] } },
  });

  await company.advance("2026-02-28T12:00:00Z");
  const nights = (await company.list("/nights")).data;
  const night = await company.get(`/nights/${nights[0].id}`);
  expect(night).toMatchObject({ business_date: "2026-02-28", report: preview.result.report });
});

test("G7 a dry run of the next night has what was added since the last one, and only that night's own", async () => {
  const { company, addSeries } = await open("2026-01-30T20:00:00Z");
  // There was no night of the 30th, the clock began after it; the next one is that of the 31st.
  await addSeries({ frequency: "custom", start_date: "2026-01-29", interval: 1, catch_up: "all" });
  const first = await previewAndRun(company, "2026-01-31");
  expect(first).toMatchObject({ generated: { count: 3, made_up: 2 } });

  // Added after that night: the one of 1 February is the first to see it.
  const client = await company.post("/clients", { name: "Elm", email: "elm@elm.test" });
  const late = await company.post("/invoices", {
    client_id: client.id,
    issue_date: "2026-01-01",
    due_date: "2026-01-10",
    line_items: [{ description: "Work", quantity: 1, unit_price: 10_000 }],
  });
  await company.post(`/invoices/${late.id}/mark-sent`);
  await addSeries({ start_date: "2026-01-31" });
  const second = await previewAndRun(company, "2026-02-01");
  expect(second).toMatchObject({
    overdue: { count: 1 },
    generated: { count: 2, made_up: 1 },
  });
});

test("a dry run tells what the night would do; a night in the future is refused", async () => {
  const { company, addSeries } = await open("2026-01-31T00:00:00Z");
  await addSeries();
  const future = await company.try("POST", "/nights", { business_date: "2026-02-01" });
  expect(future).toMatchObject({
    status: 422,
    json: { errors: { business_date: [expect.stringContaining("2026-01-30")] } },
  });
  await company.advance("2026-01-31T07:00:00Z");
  const preview = await company.settle(
    await company.accept("/nights", { business_date: "2026-01-31", dry_run: true }),
  );
  expect(preview.result).toMatchObject({
    dry_run: true,
    report: { generated: { count: 1, amounts: { USD: 10_000 } } },
  });
  expect((await company.list("/invoices")).meta.total).toBe(0);
  const real = await company.settle(
    await company.accept("/nights", { business_date: "2026-01-31" }),
  );
  expect(real.result.report).toEqual(preview.result.report);
});

test("a held night is released over the API, by one who may", async () => {
  const { company, addSeries } = await open("2026-01-31T00:00:00Z");
  await company.put("/settings", { night_max_invoices: 1 });
  await addSeries();
  await addSeries();
  await company.advance("2026-01-31T12:00:00Z");
  const [night] = (await company.list("/nights?filter[status]=held")).data;
  expect(night).toMatchObject({
    status: "held",
    held_reason: "it would make 2 invoices, more than the limit of 1",
    preview: { generated: { count: 2 } },
  });
  expect((await company.list("/invoices")).meta.total).toBe(0);

  await company.settle(await company.accept(`/nights/${night.id}/release`));
  expect(await company.get(`/nights/${night.id}`)).toMatchObject({
    status: "completed",
    report: { generated: { count: 2 } },
  });
  expect((await company.try("POST", `/nights/${night.id}/release`)).status).toBe(409);
});

test("a run can be followed to its end as server-sent events, and only by its company", async () => {
  const { platform, company } = await open("2026-01-01T12:00:00Z");
  const runId = await company.accept("/test-clock/advance", { to: "2026-01-10T12:00:00Z" });
  const response = await fetch(`${platform.url}/api/v1/runs/${runId}/events`, {
    headers: { Authorization: `Bearer ${company.token}` },
  });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const text = await response.text();
  const last = text.trim().split("\n\n").at(-1) ?? "";
  expect(last).toMatch(/^event: end\ndata: /);
  expect(JSON.parse(last.split("data: ")[1] ?? "")).toMatchObject({
    id: runId,
    status: "succeeded",
    result: { nights: 9 },
  });
  const { data: runs } = await company.list(
    "/runs?filter[job]=clock.advance&filter[status]=succeeded",
  );
  expect(runs).toMatchObject([{ id: runId, job: "clock.advance", status: "succeeded" }]);
  expect((await company.list("/runs?filter[key]=nothing")).meta.total).toBe(0);

  const stranger = await openCompany(platform);
  expect((await stranger.try("GET", `/runs/${runId}`)).status).toBe(404);
  expect((await stranger.try("POST", `/runs/${runId}/cancel`)).status).toBe(404);
  expect((await company.try("POST", `/runs/${runId}/cancel`)).status).toBe(409);
  expect((await company.try("POST", `/runs/${runId}/retry`)).status).toBe(409);
});

test("what needs a person is listed, and closed by whoever looked at it", async () => {
  const { platform, company, addSeries } = await open("2026-01-31T00:00:00Z");
  await addSeries({ line_items: [] });
  await company.advance("2026-01-31T12:00:00Z");
  const [item] = (await company.list("/attention-items")).data;
  expect(item).toMatchObject({ kind: "series.parked", subject_type: "recurring-invoice" });

  const stranger = await openCompany(platform);
  const path = `/attention-items/${item.id}/resolve`;
  expect((await stranger.try("POST", path, { resolution: "mine" })).status).toBe(404);
  expect((await company.try("POST", path, {})).status).toBe(422);
  expect(await company.post(path, { resolution: "the series is not wanted" })).toMatchObject({
    is_open: false,
    resolution: "the series is not wanted",
  });
  expect((await company.list("/attention-items")).data).toEqual([]);
  expect((await company.list("/attention-items?filter[status]=resolved")).meta.total).toBe(1);
});

test("a mail of which nobody knows whether it arrived leaves no draft behind that nobody looks at", async () => {
  const { platform, company, addSeries } = await open("2026-01-31T00:00:00Z");
  platform.mail.fail({ kind: "drop" });
  await addSeries({ auto_send: true });
  await company.advance("2026-01-31T12:00:00Z");
  const [item] = (await company.list("/attention-items")).data;
  expect(item).toMatchObject({ kind: "mail.unknown", subject_type: "invoice" });
  expect(item.title).toContain("the invoice mail for invoice INV-00001 arrived");
  const path = `/attention-items/${item.id}/resolve`;
  expect(await company.try("POST", path, { resolution: "it arrived" })).toMatchObject({
    status: 409,
    json: { code: "still_draft", message: expect.stringContaining("INV-00001 is still a draft") },
  });

  await company.post(`/invoices/${item.subject_id}/mark-sent`);
  expect((await company.list("/attention-items")).data).toEqual([]);
  const [closed] = (await company.list("/attention-items?filter[status]=resolved")).data;
  expect(closed).toMatchObject({ id: item.id, resolution: "it was marked as sent" });
  expect((await company.try("POST", path, { resolution: "it arrived" })).status).toBe(200);
  // Now the nights look at it.
  await company.put(`/invoices/${item.subject_id}`, { due_date: "2026-01-31" });
  await company.advance("2026-02-01T12:00:00Z");
  expect(await company.get(`/invoices/${item.subject_id}`)).toMatchObject({ status: "overdue" });
});

test("what was generated by hand is no part of the night, nor of its limits", async () => {
  const { company, addSeries } = await open("2026-01-31T06:30:00Z");
  await company.put("/settings", { night_max_invoices: 1 });
  const series = await addSeries({ start_date: "2026-01-31" });
  for (let month = 0; month < 3; month += 1) {
    await company.post(`/recurring-invoices/${series.id}/generate`);
  }
  await addSeries({ start_date: "2026-01-31" });
  const preview = await company.settle(
    await company.accept("/nights", { business_date: "2026-01-31", dry_run: true }),
  );
  expect(preview.result).toMatchObject({
    status: "previewed",
    report: { generated: { count: 1 } },
  });
  await addSeries({ start_date: "2026-01-31" });
  const held = await company.settle(
    await company.accept("/nights", { business_date: "2026-01-31", dry_run: true }),
  );
  expect(held.result).toMatchObject({
    status: "held",
    reason: "it would make 2 invoices, more than the limit of 1",
  });
});
