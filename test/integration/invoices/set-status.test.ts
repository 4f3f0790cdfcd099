import { expect, test } from "vitest";
import { runNight } from "../../../src/jobs/billing/night.ts";
import { startInvoicing, type Invoicing } from "./start-invoicing.ts";

/** Sets a status, which must be answered so; returns what was said of it, or the invoice. */
async function setStatus({ call }: Invoicing, id: number, status: unknown) {
  const reply = await call("PUT", `/invoices/${id}/status`, { status });
  const { data, ...failure } = reply.body;
  return { ...data, ...failure, answered: reply.status, is: data?.status };
}

async function night({ sql, clock, companyId }: Invoicing, businessDate: string) {
  clock.set(`${businessDate}T02:00:00Z`);
  const deps = { sql, clock, signal: new AbortController().signal };
  return await runNight(deps, { companyId, businessDate });
}

const late = { issue_date: "2026-01-01", due_date: "2026-01-31" };

test("2 issues a draft, 5 pays the rest, 20 voids: by number or word", async () => {
  const invoicing = await startInvoicing();
  const { draft, expectCall, eventsOf } = invoicing;
  const { id } = await draft();
  expect(await setStatus(invoicing, id, 1)).toMatchObject({ answered: 200, is: "draft" });
  expect(await setStatus(invoicing, id, 2)).toMatchObject({
    is: "sent",
    sent_at: "2026-03-02T09:00:00.000000Z",
    status_set_at: null,
    line_items: [{ amount: 10_000 }],
  });
  // Once more is no change.
  expect(await setStatus(invoicing, id, 2)).toMatchObject({ is: "sent", status_set_at: null });
  const payment = { amount: 4_000, payment_date: "2026-03-02" };
  await expectCall(200, "POST", `/invoices/${id}/record-payment`, payment);
  expect(await setStatus(invoicing, id, 5)).toMatchObject({ is: "paid", amount_due: 0 });
  expect(await expectCall(200, "GET", `/invoices/${id}/payments`)).toMatchObject([
    { amount: 4_000 },
    { amount: 6_000 },
  ]);
  expect(await eventsOf(id)).toEqual([
    "invoice.created",
    "invoice.sent",
    "payment.received",
    "payment.received",
    "invoice.paid",
  ]);

  const other = await draft();
  expect(await setStatus(invoicing, other.id, 20)).toMatchObject({ is: "cancelled" });
  const words = await draft();
  expect(await setStatus(invoicing, words.id, "sent")).toMatchObject({ is: "sent" });
  expect(await setStatus(invoicing, words.id, "cancelled")).toMatchObject({
    is: "cancelled",
    voided_at: "2026-03-02T09:00:00.000000Z",
  });
});

test("a status the money contradicts is refused with the reason, and nothing changes", async () => {
  const invoicing = await startInvoicing();
  const { draft, issued, expectCall, expectInvalid, call } = invoicing;
  const refused = async (id: number, status: unknown, reason: RegExp) => {
    const before = await expectCall(200, "GET", `/invoices/${id}`);
    expect(await setStatus(invoicing, id, status)).toMatchObject({
      answered: 409,
      code: "impossible_status",
      message: expect.stringMatching(reason),
    });
    expect(await expectCall(200, "GET", `/invoices/${id}`)).toEqual(before);
  };
  const fresh = await draft();
  for (const status of [3, 4, "viewed"]) await refused(fresh.id, status, /published first/);
  const open = await issued();
  await refused(open.id, 1, /never becomes a draft/);
  await refused(open.id, 4, /nothing of it is paid/);
  await expectCall(200, "POST", `/invoices/${open.id}/record-payment`, {
    amount: 100,
    payment_date: "2026-03-02",
  });
  await refused(open.id, 2, /a part of it is paid/);
  expect(await setStatus(invoicing, open.id, 4)).toMatchObject({ answered: 200, is: "partial" });
  await setStatus(invoicing, open.id, "paid");
  for (const status of [1, 2, 3, 4, 20]) await refused(open.id, status, /its money came in/);
  const gone = await issued();
  await setStatus(invoicing, gone.id, 20);
  for (const status of [1, 2, 3, 4, 5]) await refused(gone.id, status, /its last status/);

  const path = `/invoices/${fresh.id}/status`;
  for (const status of [6, 0, "due", "2", null, undefined]) {
    await expectInvalid("status", "PUT", path, { status });
  }
  const stale = { headers: { "If-Match": '"other"' } };
  expect((await call("PUT", path, { status: 2 }, stale)).status).toBe(412);
  await expectCall(404, "PUT", "/invoices/4711/status", { status: 2 });
});

test("a status set by hand holds through nights and edits, until money or the due date moves", async () => {
  const invoicing = await startInvoicing();
  const { issued, expectCall, eventsOf, sql } = invoicing;
  const held = await issued(late);
  const plain = await issued(late);
  const paying = await issued(late);
  const path = `/invoices/${held.id}`;
  await night(invoicing, "2026-03-02");
  expect(await setStatus(invoicing, held.id, 2)).toMatchObject({
    is: "sent",
    status_set_at: "2026-03-02T02:00:00.000000Z",
  });
  await setStatus(invoicing, paying.id, 2);
  const report = await night(invoicing, "2026-03-03");
  expect(report.report?.overdue.count).toBe(0);
  expect(await expectCall(200, "PATCH", path, { adjustment_amount: 100 })).toMatchObject({
    status: "sent",
    total: 10_100,
    status_set_at: "2026-03-02T02:00:00.000000Z",
  });
  // The client looks, and it stays as it was set.
  const [uuid] = await sql<{ uuid: string }[]>`select uuid from invoices where id = ${held.id}`;
  await expectCall(200, "GET", `/portal/invoices/${uuid!.uuid}`);
  expect(await expectCall(200, "GET", path)).toMatchObject({ status: "sent" });
  expect(await expectCall(200, "GET", `/invoices/${plain.id}`)).toMatchObject({
    status: "overdue",
    status_set_at: null,
  });

  const some = { amount: 100, payment_date: "2026-03-03" };
  const paid = await expectCall(200, "POST", `/invoices/${paying.id}/record-payment`, some);
  expect(paid).toMatchObject({ status: "partial", status_set_at: null });
  expect(await expectCall(200, "PATCH", path, { due_date: "2026-02-01" })).toMatchObject({
    status_set_at: null,
  });
  await night(invoicing, "2026-03-04");
  for (const { id } of [held, paying]) {
    expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({ status: "overdue" });
  }
  expect((await eventsOf(held.id)).filter((type) => type === "invoice.overdue")).toHaveLength(2);
});

test("overdue by hand, before its day, holds as well; what the dates say anyway is not held", async () => {
  const invoicing = await startInvoicing();
  const { issued, expectCall, eventsOf } = invoicing;
  const early = await issued();
  expect(await setStatus(invoicing, early.id, 3)).toMatchObject({
    is: "overdue",
    status_set_at: "2026-03-02T09:00:00.000000Z",
  });
  expect((await eventsOf(early.id)).slice(-2)).toEqual(["invoice.updated", "invoice.overdue"]);
  const path = `/invoices/${early.id}`;
  expect(await expectCall(200, "PATCH", path, { adjustment_amount: 1 })).toMatchObject({
    status: "overdue",
  });
  // Back to where it would be by itself.
  expect(await setStatus(invoicing, early.id, 2)).toMatchObject({
    is: "sent",
    status_set_at: null,
  });
  const due = await issued(late);
  expect(await setStatus(invoicing, due.id, "overdue")).toMatchObject({ status_set_at: null });
  expect(await setStatus(invoicing, due.id, "viewed")).toMatchObject({
    is: "viewed",
    viewed_at: "2026-03-02T09:00:00.000000Z",
    status_set_at: "2026-03-02T09:00:00.000000Z",
  });
  expect(await setStatus(invoicing, due.id, 5)).toMatchObject({ is: "paid", status_set_at: null });
});

test("publish issues a draft once; email mails what was published, and no draft", async () => {
  const invoicing = await startInvoicing();
  const { draft, call, expectCall, expectInvalid, eventsOf } = invoicing;
  const { id } = await draft();
  const path = `/invoices/${id}`;
  expect((await call("POST", `${path}/email`)).body).toMatchObject({ code: "invoice_is_draft" });
  const published = await expectCall(200, "POST", `${path}/publish`);
  expect(published).toMatchObject({ status: "sent", line_items: [{ amount: 10_000 }] });
  const again = await call("POST", `${path}/publish`);
  expect([again.status, again.body.code]).toEqual([409, "already_published"]);
  expect(await expectCall(200, "POST", `${path}/email`)).toMatchObject({
    status: "sent",
    delivery: { status: "queued", recipient: "books@maple.example" },
  });
  expect(await eventsOf(id)).toEqual(["invoice.created", "invoice.sent", "invoice.send-requested"]);
  await expectCall(404, "POST", "/invoices/4711/publish");

  const silent = await expectCall(201, "POST", "/clients", { name: "No Mail" });
  const other = await draft({ client_id: silent.id });
  await expectCall(200, "POST", `/invoices/${other.id}/publish`);
  await expectInvalid("client", "POST", `/invoices/${other.id}/email`);
});
