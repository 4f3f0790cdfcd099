import { expect, test } from "vitest";
import { joinInvoicing, line } from "../invoices/start-invoicing.ts";
import { startQuoting } from "./start-quoting.ts";

test("a quote is written, read, changed and deleted as the contract shows it", async () => {
  const { quote, expectCall, call, clientId, eventsOfQuote } = await startQuoting();
  const made = await quote({
    discount_type: "percentage",
    discount_value: 10,
    line_items: [line("Design", 2, 10_000, { tax_name: "VAT", tax_rate: 20 })],
  });
  expect(made).toMatchObject({
    client_id: clientId,
    quote_number: "QUO-00001",
    status: "draft",
    status_label: "Draft",
    status_color: "gray",
    is_archived: false,
    issue_date: "2026-03-02",
    expiry_date: "2026-04-01",
    currency: "USD",
    subtotal: 20_000,
    discount_total: 2_000,
    tax_total: 3_600,
    total: 21_600,
    sent_at: null,
    viewed_at: null,
    accepted_at: null,
    declined_at: null,
    converted_to_invoice_id: null,
    converted_to_project_id: null,
    pdf_path: null,
  });
  const path = `/quotes/${made.id}`;
  const read = await expectCall(200, "GET", path);
  expect(read.client.id).toBe(clientId);
  expect(read.line_items).toMatchObject([
    { description: "Design", quantity: 2, unit_price: "10000.000000", is_late_fee: false },
  ]);
  const changed = await expectCall(200, "PATCH", path, { notes: "Hi", discount_value: 0 });
  expect(changed).toMatchObject({ notes: "Hi", total: 24_000 });
  const replaced = await expectCall(200, "PUT", path, { line_items: [line("Other", 1, 500)] });
  expect(replaced).toMatchObject({ total: 500, line_items: [{ description: "Other" }] });
  await expectCall(204, "DELETE", path);
  expect((await call("GET", path)).status).toBe(404);
  expect(await eventsOfQuote(made.id)).toEqual([
    "quote.created",
    "quote.updated",
    "quote.updated",
    "quote.deleted",
  ]);
  // A deleted quote keeps its number.
  expect((await quote()).quote_number).toBe("QUO-00002");
});

test("quotes made at once get different numbers without gaps, apart from those of invoices", async () => {
  const { quote, draft } = await startQuoting({ quote_prefix: "Q-" });
  await draft();
  const quotes = await Promise.all(Array.from({ length: 6 }, async () => await quote()));
  expect(quotes.map(({ quote_number }) => String(quote_number)).toSorted()).toEqual(
    [1, 2, 3, 4, 5, 6].map((n) => `Q-0000${n}`),
  );
});

test("lists filter and count; lines are added, changed and deleted one by one", async () => {
  const { quote, sentQuote, call, expectCall } = await startQuoting();
  const first = await quote();
  await sentQuote();
  await expectCall(204, "POST", `/quotes/${first.id}/archive`);
  const list = async (query: string) => (await call("GET", `/quotes?${query}`)).body;
  expect((await list("sort=-issue_date")).meta).toMatchObject({
    total: 2,
    active_count: 1,
    archived_count: 1,
  });
  const found = await list("filter[status]=sent&filter[quote_number]=quo-0000");
  expect(found.data).toMatchObject([{ quote_number: "QUO-00002", status: "sent" }]);
  expect((await list("filter[client_id]=999")).data).toEqual([]);
  expect((await list("filter[is_archived]=true")).data).toMatchObject([{ id: first.id }]);
  expect((await call("GET", "/quotes?filter[status]=paid")).status).toBe(422);

  const lines = `/quotes/${first.id}/line-items`;
  const added = await expectCall(201, "POST", lines, line("More", 2, 50, { tax_rate_1: 1000 }));
  expect(added).toMatchObject({ amount: 100, tax_amount_1: 10, sort_order: 1 });
  await expectCall(200, "PUT", `${lines}/${added.id}`, line("Less", 1, 50));
  expect(await expectCall(200, "GET", `/quotes/${first.id}`)).toMatchObject({ total: 10_055 });
  await expectCall(204, "DELETE", `${lines}/${added.id}`);
  expect(await expectCall(200, "GET", lines)).toHaveLength(1);
  expect((await call("POST", lines, { ...line("x", 0, 1) })).status).toBe(422);
});

test("wrong values are refused by name, and the documented 422 of a delete is one", async () => {
  const { expectInvalid, sentQuote, clientId, call } = await startQuoting();
  await expectInvalid("client_id", "POST", "/quotes", { client_id: 4711 });
  await expectInvalid("expiry_date", "POST", "/quotes", {
    client_id: clientId,
    issue_date: "2026-03-02",
    expiry_date: "2026-03-01",
  });
  await expectInvalid("footer", "POST", "/quotes", {
    client_id: clientId,
    footer: "x".repeat(501),
  });
  const sent = await sentQuote();
  await expectInvalid("status", "DELETE", `/quotes/${sent.id}`);
  expect((await call("POST", `/quotes/${sent.id}/mark-sent`)).status).toBe(409);
  expect((await call("PATCH", `/quotes/${sent.id}`, { currency: "EUR" })).status).toBe(409);
  expect((await call("PATCH", `/quotes/${sent.id}`, { terms: "Net" })).status).toBe(200);
});

test("a quote past its last day reads as expired everywhere, and cannot be converted", async () => {
  const { sentQuote, expectCall, call, clock } = await startQuoting();
  const { id } = await sentQuote({ expiry_date: "2026-03-02" });
  expect(await expectCall(200, "GET", `/quotes/${id}`)).toMatchObject({ status: "sent" });
  clock.set("2026-03-03T00:00:00Z");
  const { body } = await call("GET", "/quotes?filter[status]=expired");
  expect(body.data).toMatchObject([{ id, status_label: "Expired" }]);
  expect((await call("POST", `/quotes/${id}/convert-to-invoice`)).status).toBe(409);
  await expectCall(200, "PATCH", `/quotes/${id}`, { expiry_date: "2026-03-31" });
  expect(await expectCall(200, "GET", `/quotes/${id}`)).toMatchObject({ status: "sent" });
});

test("a quote becomes one invoice with its lines and discount, however often it is asked for", async () => {
  const { sentQuote, quote, call, expectCall, eventsOfQuote } = await startQuoting();
  const draft = await quote();
  expect((await call("POST", `/quotes/${draft.id}/convert-to-invoice`)).status).toBe(409);
  const { id, total } = await sentQuote({
    discount_type: "fixed",
    discount_value: 100,
    notes: "As agreed",
    line_items: [line("A", 3, 333, { tax_rate_1: 725 }), line("B", 1, 100)],
  });
  const replies = await Promise.all(
    [1, 2, 3].map(async () => await call("POST", `/quotes/${id}/convert-to-invoice`)),
  );
  expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
  const invoice = replies.find(({ status }) => status === 201)?.body.data;
  expect(invoice).toMatchObject({ status: "draft", total, notes: "As agreed" });
  expect(invoice.line_items).toHaveLength(2);
  expect(await expectCall(200, "GET", `/quotes/${id}`)).toMatchObject({
    converted_to_invoice_id: invoice.id,
  });
  expect(await eventsOfQuote(id)).toEqual(["quote.created", "quote.sent", "quote.converted"]);
  expect((await call("POST", `/quotes/${id}/line-items`, line("C", 1, 1))).status).toBe(409);
  const projects = await Promise.all(
    [1, 2].map(async () => await call("POST", `/quotes/${id}/convert-to-project`)),
  );
  expect(projects.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  const project = projects.find(({ status }) => status === 201)?.body.data;
  expect(project).toMatchObject({ name: "A", status: "active", budget_amount: total });
  expect(await expectCall(200, "GET", `/quotes/${id}`)).toMatchObject({
    converted_to_project_id: project.id,
  });
  const copy = await expectCall(201, "POST", `/quotes/${id}/duplicate`);
  expect(copy).toMatchObject({ status: "draft", total, converted_to_invoice_id: null });
});

test("bulk actions change what they apply to, and only that of the company", async () => {
  const api = await startQuoting();
  const { quote, sentQuote, expectCall } = api;
  const [draft, sent] = [await quote(), await sentQuote()];
  const ids = [draft.id, sent.id, 999_999];
  const bulk = async (action: string) =>
    (await expectCall(200, "POST", "/quotes/bulk-action", { ids, action })).affected;
  const stranger = await joinInvoicing(api);
  const theirs = await stranger.expectCall(200, "POST", "/quotes/bulk-action", {
    ids,
    action: "delete",
  });
  expect(theirs.affected).toBe(0);
  expect((await stranger.call("GET", `/quotes/${sent.id}`)).status).toBe(404);
  expect(await bulk("archive")).toBe(2);
  expect(await bulk("archive")).toBe(0);
  expect(await bulk("unarchive")).toBe(2);
  expect(await bulk("mark-sent")).toBe(1);
  expect(await bulk("delete")).toBe(0);
});
