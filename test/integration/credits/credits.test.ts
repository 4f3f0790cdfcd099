import { expect, test } from "vitest";
import { joinInvoicing, startInvoicing, type Invoicing } from "../invoices/start-invoicing.ts";

/** A credit note of 50.00 unless told otherwise. */
async function credit({ expectCall, clientId }: Invoicing, fields: Record<string, unknown> = {}) {
  return await expectCall(201, "POST", "/credits", {
    client_id: clientId,
    type: "credit_note",
    amount: 5000,
    date: "2026-03-01",
    ...fields,
  });
}

test("a credit is written, listed, put away and deleted as the contract shows it", async () => {
  const api = await startInvoicing();
  const { call, expectCall, expectInvalid, clientId, issued } = api;
  const invoice = await issued();
  const made = await credit(api, { invoice_id: invoice.id, description: "Sorry" });
  expect(made).toEqual({
    id: expect.any(Number),
    client_id: clientId,
    invoice_id: invoice.id,
    type: "credit_note",
    is_archived: false,
    amount: 5000,
    balance: 5000,
    currency: "USD",
    description: "Sorry",
    date: "2026-03-01T00:00:00.000000Z",
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
  });
  const other = await credit(api, { type: "prepayment", currency: "EUR", amount: 70 });
  const list = async (query: string) => (await call("GET", `/credits?${query}`)).body;
  expect((await list("filter[type]=prepayment")).data).toEqual([other]);
  expect((await list("filter[has_balance]=false")).data).toEqual([]);
  expect(await expectCall(200, "GET", `/clients/${clientId}/credits`)).toEqual({
    client_id: clientId,
    currency: "USD",
    available_balance: 5000,
    other_currencies: [{ currency: "EUR", available_balance: 70 }],
    credits: [made, other],
  });
  await expectCall(204, "POST", `/credits/${made.id}/archive`);
  expect((await list("sort=-amount")).meta).toMatchObject({ active_count: 1, archived_count: 1 });
  const balance = await expectCall(200, "GET", `/clients/${clientId}/credits`);
  expect(balance.available_balance).toBe(0);
  await expectCall(204, "POST", `/credits/${made.id}/unarchive`);
  const bulk = { ids: [made.id, other.id, 999], action: "delete" };
  expect((await expectCall(200, "POST", "/credits/bulk-action", bulk)).affected).toBe(2);
  expect((await call("GET", `/credits/${made.id}`)).status).toBe(404);

  const body = { client_id: clientId, type: "overpayment", amount: 1, date: "2026-03-01" };
  await expectInvalid("amount", "POST", "/credits", { ...body, amount: 0 });
  await expectInvalid("type", "POST", "/credits", { ...body, type: "gift" });
  await expectInvalid("client_id", "POST", "/credits", { ...body, client_id: 999 });
  await expectInvalid("invoice_id", "POST", "/credits", { ...body, invoice_id: 999 });
  await expectInvalid("date", "POST", "/credits", { ...body, date: "2026-02-30" });
  const log = await call("GET", `/activity-log?subject_type=credit&subject_id=${made.id}`);
  expect(log.body.data.map(({ event }: { event: string }) => event)).toEqual([
    "deleted",
    "unarchived",
    "archived",
    "created",
  ]);
});

test("applying a credit pays a part of an invoice, then all of it", async () => {
  const api = await startInvoicing();
  const { issued, expectCall, eventsOf, sql } = api;
  const { id } = await issued();
  const made = await credit(api, { amount: 12_000 });
  const apply = (amount: number) =>
    expectCall(200, "POST", `/credits/${made.id}/apply`, { invoice_id: id, amount });
  expect(await apply(4000)).toMatchObject({ amount: 12_000, balance: 8000 });
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    status: "partial",
    amount_paid: 4000,
    amount_due: 6000,
  });
  expect(await apply(6000)).toMatchObject({ balance: 2000 });
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    status: "paid",
    amount_due: 0,
    paid_at: "2026-03-02T09:00:00.000000Z",
  });
  expect((await eventsOf(id)).slice(2)).toEqual([
    "invoice.credit_applied",
    "invoice.credit_applied",
    "invoice.paid",
  ]);
  const [used] = await sql`select sum(amount)::int as sum from credit_applications`;
  expect(used).toEqual({ sum: 10_000 });
  // What was used is part of the invoice's story.
  const bulk = { ids: [made.id], action: "delete" };
  expect((await expectCall(200, "POST", "/credits/bulk-action", bulk)).affected).toBe(0);
});

test("credits applied at once never overpay an invoice nor spend a credit twice", async () => {
  const api = await startInvoicing();
  const { issued, call, expectCall } = api;
  const invoices = [await issued(), await issued()];
  const made = await credit(api, { amount: 15_000 });
  const replies = await Promise.all(
    [0, 1, 0, 1, 0, 1].map((which) =>
      call("POST", `/credits/${made.id}/apply`, { invoice_id: invoices[which].id, amount: 5000 }),
    ),
  );
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(3);
  for (const { status } of replies) expect([200, 409, 422]).toContain(status);
  expect(await expectCall(200, "GET", `/credits/${made.id}`)).toMatchObject({ balance: 0 });
  const read = await Promise.all(
    invoices.map(({ id }) => expectCall(200, "GET", `/invoices/${id}`)),
  );
  expect(read.reduce((sum, { amount_paid }) => sum + amount_paid, 0)).toBe(15_000);
});

test("a credit is only used where it belongs", async () => {
  const api = await startInvoicing();
  const { issued, draft, call, expectCall, expectInvalid } = api;
  const made = await credit(api);
  const path = `/credits/${made.id}/apply`;
  const invoice = await issued();
  await expectInvalid("amount", "POST", path, { invoice_id: invoice.id, amount: 5001 });
  const small = await issued({ line_items: [{ description: "S", quantity: 1, unit_price: 10 }] });
  await expectInvalid("amount", "POST", path, { invoice_id: small.id, amount: 11 });
  const euros = await issued({ currency: "EUR" });
  await expectInvalid("invoice_id", "POST", path, { invoice_id: euros.id, amount: 1 });
  const other = await expectCall(201, "POST", "/clients", { name: "Other" });
  const theirs = await issued({ client_id: other.id });
  await expectInvalid("invoice_id", "POST", path, { invoice_id: theirs.id, amount: 1 });
  const { id: draftId } = await draft();
  expect((await call("POST", path, { invoice_id: draftId, amount: 1 })).status).toBe(409);
  await expectCall(200, "POST", `/invoices/${small.id}/void`);
  expect((await call("POST", path, { invoice_id: small.id, amount: 1 })).status).toBe(409);
  await expectCall(204, "POST", `/credits/${made.id}/archive`);
  expect((await call("POST", path, { invoice_id: invoice.id, amount: 1 })).status).toBe(409);
  const stranger = await joinInvoicing(api);
  expect((await stranger.call("GET", `/credits/${made.id}`)).status).toBe(404);
  const foreign = await stranger.issued();
  const attempt = await stranger.call("POST", path, { invoice_id: foreign.id, amount: 1 });
  expect(attempt.status).toBe(404);
});
