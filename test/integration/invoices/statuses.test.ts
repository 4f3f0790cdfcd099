import { expect, test } from "vitest";
import { listAttention, raiseAttention } from "../../../src/db/attention.ts";
import { startInvoicing } from "./start-invoicing.ts";

test("sending a draft owes its mail; it is a draft until the mail server took it", async () => {
  const { draft, expectCall, eventsOf, companyId } = await startInvoicing();
  const { id } = await draft();
  const sent = await expectCall(200, "POST", `/invoices/${id}/send`);
  expect(sent).toMatchObject({
    status: "draft",
    status_color: "gray",
    sent_at: null,
    delivery: {
      kind: "invoice",
      status: "queued",
      recipient: "books@maple.example",
      message_id: `invoice-${id}-1.c${companyId}`,
    },
  });
  expect(await eventsOf(id)).toEqual(["invoice.created", "invoice.send-requested"]);

  // Its mail is still on its way: asking again is the same mail.
  const again = await expectCall(200, "POST", `/invoices/${id}/send`);
  expect(again.delivery).toEqual(sent.delivery);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    deliveries: [sent.delivery],
  });
});

test("an open invoice can be sent again once its last mail is through, or failed", async () => {
  const { draft, expectCall, sql } = await startInvoicing();
  const { id } = await draft();
  await expectCall(200, "POST", `/invoices/${id}/send`);
  for (const [number, status] of [
    [2, "accepted"],
    [3, "failed"],
  ] as const) {
    await sql`update deliveries set status = ${status} where invoice_id = ${id}`;
    const { delivery } = await expectCall(200, "POST", `/invoices/${id}/send`);
    expect(delivery.message_id).toContain(`invoice-${id}-${number}.`);
  }
});

test("the primary contact's address will do; without any, sending is refused", async () => {
  const { expectCall, draft, expectInvalid } = await startInvoicing();
  const client = await expectCall(201, "POST", "/clients", { name: "No Mail" });
  const { id } = await draft({ client_id: client.id });
  expect(await expectInvalid("client", "POST", `/invoices/${id}/send`)).toContain("no email");
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({ status: "draft" });

  await expectCall(201, "POST", `/clients/${client.id}/contacts`, {
    name: "Ann",
    email: "ann@nomail.example",
    is_primary: true,
  });
  const { delivery } = await expectCall(200, "POST", `/invoices/${id}/send`);
  expect(delivery.recipient).toBe("ann@nomail.example");
});

test("an invoice the night could send to nobody needs no attention once it was sent, or is over", async () => {
  const { draft, expectCall, sql, companyId } = await startInvoicing();
  const actions = ["send", "mark-sent", "void", "mark-paid", "archive", "put", "delete"];
  for (const action of actions) {
    const { id } = await draft();
    await raiseAttention(sql, {
      companyId,
      kind: "invoice.no-recipient",
      key: String(id),
      title: "not sent",
    });
    if (action === "delete") await expectCall(204, "DELETE", `/invoices/${id}`);
    else if (action === "put") {
      await expectCall(200, "PUT", `/invoices/${id}`, { is_archived: true });
    } else {
      const status = action === "archive" ? 204 : 200;
      await expectCall(status, "POST", `/invoices/${id}/${action}`);
    }
  }
  expect(await listAttention(sql, { companyId, isOpen: true, limit: 10 })).toEqual([]);
  const closed = await listAttention(sql, { companyId, isOpen: false, limit: 10 });
  expect(closed.map((item) => item.resolution)).toEqual([
    "it is deleted",
    "it is archived",
    "it is archived",
    "it is paid",
    "it is cancelled",
    "it was marked as sent",
    "it was sent",
  ]);
});

test("mark-sent issues a draft without a mail, and settles a mail that failed", async () => {
  const { draft, expectCall, eventsOf } = await startInvoicing();
  const { id } = await draft();
  expect(await expectCall(200, "POST", `/invoices/${id}/mark-sent`)).toMatchObject({
    status: "sent",
    sent_at: "2026-03-02T09:00:00.000000Z",
  });
  expect(await eventsOf(id)).toEqual(["invoice.created", "invoice.sent"]);
  await expectCall(409, "POST", `/invoices/${id}/mark-sent`);

  const mailed = await draft();
  await expectCall(200, "POST", `/invoices/${mailed.id}/send`);
  expect(await expectCall(200, "POST", `/invoices/${mailed.id}/mark-sent`)).toMatchObject({
    status: "sent",
    sent_at: "2026-03-02T09:00:00.000000Z",
  });
});

test("a paid or cancelled invoice cannot be sent, voided or deleted by mistake", async () => {
  const { issued, expectCall } = await startInvoicing();
  const paid = await issued();
  await expectCall(200, "POST", `/invoices/${paid.id}/mark-paid`);
  for (const action of ["send", "mark-sent", "mark-paid", "void"]) {
    await expectCall(409, "POST", `/invoices/${paid.id}/${action}`);
  }
  await expectCall(409, "DELETE", `/invoices/${paid.id}`);
  expect(await expectCall(200, "GET", `/invoices/${paid.id}`)).toMatchObject({ status: "paid" });

  const cancelled = await issued();
  await expectCall(409, "DELETE", `/invoices/${cancelled.id}`);
  await expectCall(200, "POST", `/invoices/${cancelled.id}/void`);
  for (const action of ["send", "mark-sent", "mark-paid", "void"]) {
    await expectCall(409, "POST", `/invoices/${cancelled.id}/${action}`);
  }
  await expectCall(204, "DELETE", `/invoices/${cancelled.id}`);
  await expectCall(404, "GET", `/invoices/${cancelled.id}`);
});

test("voiding a partly paid invoice leaves the client a credit, and its payments stay", async () => {
  const { issued, expectCall, sql, eventsOf } = await startInvoicing();
  const { id } = await issued();
  const { payment } = await expectCall(200, "POST", `/invoices/${id}/record-payment`, {
    amount: 2500,
    payment_date: "2026-03-01",
  });
  expect(await expectCall(200, "POST", `/invoices/${id}/void`)).toMatchObject({
    status: "cancelled",
    status_color: "slate",
    voided_at: "2026-03-02T09:00:00.000000Z",
    amount_paid: 2500,
  });
  const [credit] = await sql`select amount, remaining from credits`;
  expect(credit).toEqual({ amount: 2500n, remaining: 2500n });
  await expectCall(409, "DELETE", `/invoices/${id}/payments/${payment.id}`);
  expect((await eventsOf(id)).at(-1)).toBe("invoice.voided");
});

test("a duplicate is a new draft of today with the same lines and the next number", async () => {
  const { issued, expectCall, clock } = await startInvoicing();
  const original = await issued({
    notes: "n",
    discount_type: "percentage",
    discount_value: 10,
    adjustment_amount: 5,
  });
  await expectCall(200, "POST", `/invoices/${original.id}/mark-paid`);
  clock.set("2026-03-20T12:00:00Z");
  const copy = await expectCall(201, "POST", `/invoices/${original.id}/duplicate`);
  expect(copy).toMatchObject({
    status: "draft",
    invoice_number: "INV-00002",
    client_id: original.client_id,
    issue_date: "2026-03-20",
    due_date: "2026-04-19",
    notes: "n",
    discount_value: 10,
    adjustment_amount: 5,
    total: 9005,
    amount_paid: 0,
    sent_at: null,
    line_items: [{ description: "Consulting", amount: 10_000, discount_amount: 1000 }],
  });
  expect(copy.uuid).not.toBe(original.uuid);
});

test("archiving and unarchiving keep the status, and may be repeated", async () => {
  const { issued, expectCall, eventsOf } = await startInvoicing();
  const { id } = await issued();
  await expectCall(204, "POST", `/invoices/${id}/archive`);
  await expectCall(204, "POST", `/invoices/${id}/archive`);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    is_archived: true,
    status: "sent",
  });
  await expectCall(204, "POST", `/invoices/${id}/unarchive`);
  expect((await eventsOf(id)).slice(-2)).toEqual(["invoice.archived", "invoice.unarchived"]);
});

test("actions in bulk change those they apply to and say how many", async () => {
  const { draft, issued, expectCall, expectInvalid, call } = await startInvoicing();
  const [first, second, open] = [await draft(), await draft(), await issued()];
  const ids = [first.id, second.id, open.id, 999_999];
  const bulk = async (action: string, some: number[] = ids) =>
    (await expectCall(200, "POST", "/invoices/bulk-action", { ids: some, action })).affected;
  expect(await bulk("archive")).toBe(3);
  expect(await bulk("archive")).toBe(0);
  expect(await bulk("unarchive", [first.id])).toBe(1);
  expect(await bulk("mark-sent", [first.id, open.id])).toBe(1);
  expect(await bulk("delete")).toBe(1);
  expect((await call("GET", `/invoices/${second.id}`)).status).toBe(404);
  expect(await expectCall(200, "GET", `/invoices/${first.id}`)).toMatchObject({ status: "sent" });
  await expectInvalid("action", "POST", "/invoices/bulk-action", { ids, action: "pay" });
});

test("a viewer may read invoices and change none", async () => {
  const { draft, call, sql, companyId } = await startInvoicing();
  const { id } = await draft();
  await sql`update company_members set role = 'viewer' where company_id = ${companyId}`;
  // Another request than the ones before, so that no remembered role is used.
  const asViewer = { headers: { "X-Company-Id": String(companyId) } };
  expect((await call("GET", `/invoices/${id}`, undefined, asViewer)).status).toBe(200);
  const refused = await call("POST", `/invoices/${id}/mark-sent`, undefined, asViewer);
  expect(refused).toMatchObject({ status: 403, body: { role: "member" } });
});
