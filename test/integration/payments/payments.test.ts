import { expect, test } from "vitest";
import { startInvoicing, type Invoicing } from "../invoices/start-invoicing.ts";

const today = "2026-03-02";

/** A token of the company's with no more than these scopes, as a caller. */
async function withScopes({ call, ask }: Invoicing, scopes: string[]) {
  const made = await call("POST", "/api-tokens", { name: "narrow", scopes });
  const token = String(made.body.data.token);
  return async (method: string, path: string, body?: unknown) =>
    await ask(method, `/api/v1${path}`, { token, body });
}

test("a token sees of a payment's invoice what its scopes say, and If-Match guards a deletion", async () => {
  const api = await startInvoicing();
  const { issued, call } = api;
  const { id } = await issued();
  const narrow = await withScopes(api, ["payments:read", "payments:write"]);
  const made = await narrow("POST", "/payments", {
    invoice_id: id,
    amount: 4000,
    payment_date: today,
  });
  expect(made.status).toBe(201);
  const refunded = await narrow("POST", `/payments/${made.body.data.id}/refund`, { amount: 1 });
  expect(refunded.status).toBe(201);
  const read = await narrow("GET", `/payments/${made.body.data.id}`);
  for (const reply of [made, refunded, read, await narrow("GET", "/payments")]) {
    expect(reply.text).not.toContain("invoice_number");
  }
  const reader = await withScopes(api, ["payments:read", "invoices:write", "invoices:read"]);
  const refused = await reader("POST", `/payments/${made.body.data.id}/refund`, {});
  expect([refused.status, refused.body.scope]).toEqual([403, "payments:write"]);
  const payments = [{ invoice_id: id, amount: 1, payment_date: today }];
  const notified = await reader("POST", "/invoices/bulk-record-payment", {
    payments,
    send_notification: true,
  });
  expect([notified.status, notified.body.scope]).toEqual([403, "invoices:send"]);
  const blind = await withScopes(api, ["invoices:read", "invoices:write"]);
  const record = { amount: 1, payment_date: today };
  const unseen = await blind("POST", `/invoices/${id}/record-payment`, record);
  expect([unseen.status, unseen.body.data.payment]).toEqual([200, undefined]);

  const { body } = await call("POST", `/invoices/${id}/payments`, record);
  const path = `/payments/${body.data.id}`;
  const etag = (await call("GET", path)).headers.get("etag") ?? "";
  const deletion = `/invoices/${id}${path}`;
  const stale = { headers: { "If-Match": '"2020-01-01T00:00:00.000000Z"' } };
  expect((await call("DELETE", deletion, undefined, stale)).status).toBe(412);
  expect(
    (await call("DELETE", deletion, undefined, { headers: { "If-Match": etag } })).status,
  ).toBe(204);
});

test("payments and refunds are found, sorted, paged and summed by currency", async () => {
  const api = await startInvoicing();
  const { issued, expectCall, expectInvalid, call, clientId } = api;
  const [dollars, euros] = [await issued(), await issued({ currency: "EUR" })];
  const record = async (invoiceId: number, amount: number, more: Record<string, unknown> = {}) =>
    (
      await expectCall(201, "POST", `/invoices/${invoiceId}/payments`, {
        amount,
        payment_date: today,
        ...more,
      })
    ).id as number;
  const a = await record(dollars.id, 300, { payment_method: "card", reference: "Tx-17" });
  const b = await record(dollars.id, 100, { payment_date: "2026-02-01" });
  const c = await record(euros.id, 200, { payment_date: "2026-02-15" });
  for (const [id, body] of [
    [a, { amount: 30, refund_date: "2026-03-04" }],
    [c, { amount: 20 }],
  ] as const) {
    await expectCall(201, "POST", `/payments/${id}/refund`, body);
  }
  const idsOf = async (path: string) =>
    (await call("GET", path)).body.data.map(({ id }: { id: number }) => id);

  const all = await call("GET", "/payments");
  expect(all.body.data.map(({ id }: { id: number }) => id)).toEqual([c, b, a]);
  expect(all.body.meta).toMatchObject({
    total: 3,
    totals: [
      { currency: "EUR", count: 1, amount: 200, amount_refunded: 20 },
      { currency: "USD", count: 2, amount: 400, amount_refunded: 30 },
    ],
  });
  const page = await call("GET", "/payments?sort=amount&limit=1&offset=1");
  expect(page.body.data).toMatchObject([{ id: c, invoice: { client_id: clientId } }]);
  expect(
    ["x-total-count", "x-offset", "x-limit"].map((header) => page.headers.get(header)),
  ).toEqual(["3", "1", "1"]);
  expect(await idsOf("/payments?sort=payment_date")).toEqual([b, c, a]);
  expect(await idsOf(`/payments?filter[invoice_id]=${dollars.id}`)).toEqual([b, a]);
  expect(await idsOf(`/payments?filter[client_id]=${clientId}&filter[currency]=eur`)).toEqual([c]);
  expect(await idsOf("/payments?filter[client_id]=999999")).toEqual([]);
  expect(await idsOf("/payments?filter[date_from]=2026-02-01&filter[date_to]=2026-02-15")).toEqual([
    c,
    b,
  ]);
  expect(await idsOf("/payments?filter[payment_method]=card")).toEqual([a]);
  expect(await idsOf("/payments?filter[reference]=tX")).toEqual([a]);
  expect(await idsOf("/payments?filter[is_refunded]=false")).toEqual([b]);
  for (const wrong of ["sort=notes", "filter[date_from]=soon", "filter[who]=1", "limit=101"]) {
    expect((await call("GET", `/payments?${wrong}`)).status).toBe(422);
  }
  for (const path of ["/payments", "/refunds"]) {
    const period = "filter[date_from]=2026-02-02&filter[date_to]=2026-02-01";
    await expectInvalid("filter.date_to", "GET", `${path}?${period}`);
  }

  const refunds = await call("GET", "/refunds?sort=refund_date");
  expect(refunds.body.data).toMatchObject([
    { payment_id: c, invoice_id: euros.id, amount: 20, currency: "EUR" },
    { payment_id: a, invoice_id: dollars.id, amount: 30 },
  ]);
  expect(refunds.body.meta.totals).toEqual([
    { currency: "EUR", count: 1, amount: 20 },
    { currency: "USD", count: 1, amount: 30 },
  ]);
  expect(refunds.headers.get("x-total-count")).toBe("2");
  for (const filter of [
    `payment_id]=${a}`,
    `invoice_id]=${dollars.id}`,
    "date_from]=2026-03-03",
    "currency]=USD",
  ]) {
    const found = await call("GET", `/refunds?filter[${filter}`);
    expect(found.body.data.map((one: { payment_id: number }) => one.payment_id)).toEqual([a]);
  }
});
