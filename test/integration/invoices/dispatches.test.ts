import { expect, test } from "vitest";
import { listAttention, raiseAttention } from "../../../src/db/attention.ts";
import { openCompany } from "../../support/company.ts";
import { eventually } from "../../support/eventually.ts";
import { textOfPdf } from "../../support/pdf-text.ts";
import { startPlatform } from "../../support/platform.ts";
import { holdRetries, hurryRetries } from "../../support/retries.ts";
import { setup } from "../../support/setup.ts";
import { joinInvoicing, startInvoicing, type Invoicing } from "./start-invoicing.ts";

const today = "2026-03-02";

async function open() {
  const invoicing = await startInvoicing({ name: "Harbour Studio", email: "us@harbour.example" });
  return { ...invoicing, platform: await startPlatform(invoicing) };
}

/** What was sent about an invoice, once all of it was taken by the mail server. */
async function untilAccepted({ expectCall }: Invoicing, invoiceId: number, count: number) {
  return await eventually(
    async () => {
      const sent = await expectCall(200, "GET", `/invoices/${invoiceId}/dispatches`);
      const accepted = sent.filter(({ status }: { status: string }) => status === "accepted");
      return accepted.length === count && sent;
    },
    { withinMs: 20_000 },
  );
}

const wordsOf = (pdf: Buffer | undefined): string => textOfPdf(pdf!).flat().join("\n");

test("a receipt is mailed once with its PDF, and again with what was refunded since", async () => {
  const api = await open();
  const { issued, expectCall, call, platform, eventsOf } = api;
  const { id, sent_at } = await issued();
  const payment = await expectCall(201, "POST", `/invoices/${id}/payments`, {
    amount: 12_500,
    payment_date: today,
    payment_method: "bank_transfer",
    reference: "RF18",
  });
  const path = `/invoices/${id}/payments/${payment.id}/send-receipt`;
  const asked = await Promise.all([call("POST", path), call("POST", path)]);
  expect(asked.map(({ status }) => status)).toEqual([200, 200]);
  expect(asked[1]?.body.data.id).toBe(asked[0]?.body.data.id);
  const [receipt] = await untilAccepted(api, id, 1);
  expect(receipt).toMatchObject({
    kind: "receipt",
    payment_id: payment.id,
    recipient: "books@maple.example",
    attempts: 1,
    response: expect.stringMatching(/^250/),
    accepted_at: expect.any(String),
    resend_of_id: null,
  });
  const [mail] = platform.mail.mails;
  expect(mail?.subject).toBe("Receipt for invoice INV-00001 from Harbour Studio");
  expect(mail?.text).toContain("$125.00 of 2 March 2026 for invoice INV-00001");
  const name = `receipt-INV-00001-${payment.id}.pdf`;
  expect(mail?.attachments.map((file) => file.name)).toEqual([name]);
  const words = wordsOf(mail?.attachments[0]?.content);
  for (const part of ["RECEIPT", "INV-00001", "bank transfer", "RF18", "$125.00", "$25.00"]) {
    expect(words).toContain(part);
  }
  expect(words).not.toContain("Refunded");
  // A receipt sends no invoice.
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({ sent_at });
  expect((await eventsOf(id)).slice(-2)).toEqual([
    "payment.receipt-requested",
    "payment.receipt_sent",
  ]);

  await expectCall(201, "POST", `/payments/${payment.id}/refund`, { amount: 3000 });
  const again = await expectCall(200, "POST", `/invoices/${id}/dispatches/${receipt.id}/resend`);
  expect(again).toMatchObject({ kind: "receipt", resend_of_id: receipt.id });
  await untilAccepted(api, id, 2);
  expect(platform.mail.mails).toHaveLength(2);
  expect(platform.mail.mails[1]?.text).toContain("Refunded: $30.00");
  expect(wordsOf(platform.mail.mails[1]?.attachments[0]?.content)).toContain("$5.00");
});

test("payments in bulk tell each client; of one without an address a person is told", async () => {
  const api = await open();
  const { issued, expectCall, platform, sql } = api;
  const nobody = await expectCall(201, "POST", "/clients", { name: "No Mail" });
  const [first, second] = [await issued(), await issued({ client_id: nobody.id })];
  const payments = [first, second].map(({ id }) => ({
    invoice_id: id,
    amount: 10_000,
    payment_date: today,
  }));
  const bulk = { payments, send_notification: true };
  expect(await expectCall(200, "POST", "/invoices/bulk-record-payment", bulk)).toEqual({
    recorded: 2,
    errors: [],
  });
  await untilAccepted(api, first.id, 1);
  expect(platform.mail.mails).toHaveLength(1);
  const [blocked] = await expectCall(200, "GET", `/invoices/${second.id}/dispatches`);
  expect(blocked).toMatchObject({ kind: "receipt", status: "blocked", recipient: null });
  const openItems = async () =>
    await sql`
    select kind, subject_id from attention_items where resolved_at is null
  `;
  expect(await openItems()).toEqual([{ kind: "receipt.no-recipient", subjectId: second.id }]);
  const resend = `/invoices/${second.id}/dispatches/${blocked.id}/resend`;
  await expectCall(422, "POST", resend);
  await expectCall(200, "PATCH", `/clients/${nobody.id}`, { email: "now@nobody.example" });
  await expectCall(200, "POST", resend);
  await untilAccepted(api, second.id, 1);
  expect(await openItems()).toEqual([]);
});

test("the preview is the mail that is sent, to the last byte of the PDF, and leaves nothing", async () => {
  const api = await open();
  const { draft, expectCall, platform, eventsOf } = api;
  const { id } = await draft({ adjustment_amount: -500, adjustment_description: "Goodwill" });
  const before = await eventsOf(id);
  const preview = await expectCall(200, "POST", `/invoices/${id}/preview`);
  expect(preview).toMatchObject({
    subject: "Invoice INV-00001 from Harbour Studio",
    recipients: [{ name: "Maple Street Bakery", address: "books@maple.example" }],
    reply_to: { name: "Harbour Studio", address: "us@harbour.example" },
    obstacle: null,
  });
  expect(await eventsOf(id)).toEqual(before);
  expect(await expectCall(200, "GET", `/invoices/${id}/dispatches`)).toEqual([]);
  expect(platform.mail.mails).toEqual([]);

  await expectCall(200, "POST", `/invoices/${id}/send`);
  const [first] = await untilAccepted(api, id, 1);
  const [mail] = platform.mail.mails;
  expect(mail?.subject).toBe(preview.subject);
  expect(mail?.text.replaceAll("\r\n", "\n").trim()).toBe(preview.text.trim());
  const [file] = mail?.attachments ?? [];
  expect(file).toMatchObject({ name: preview.pdf.file_name, sha256: preview.pdf.sha256 });
  expect(file?.content.equals(Buffer.from(preview.pdf.content, "base64"))).toBe(true);
  expect(file?.content.length).toBe(preview.pdf.size);
  // To whom it goes it is no draft.
  expect(wordsOf(file?.content)).not.toContain("DRAFT");
  expect(wordsOf(file?.content)).toContain("Goodwill");

  // A copy of what is paid can still be had; a new sending, or one of what was voided, cannot.
  await expectCall(200, "POST", `/invoices/${id}/mark-paid`);
  await expectCall(200, "POST", `/invoices/${id}/dispatches/${first.id}/resend`);
  await untilAccepted(api, id, 2);
  expect(platform.mail.mails[1]?.text).toContain("There is nothing left to pay.");
  expect(await expectCall(200, "POST", `/invoices/${id}/preview`)).toMatchObject({
    obstacle: "Invoice INV-00001 is paid and cannot be sent.",
  });
});

test("a reminder goes out again at most once in 24 hours, and not when it was paid", async () => {
  const platform = await startPlatform(await setup());
  const company = await openCompany(platform, { testClock: "2026-03-01T08:00:00Z" });
  const client = await company.post("/clients", { name: "Pine", email: "pine@pine.example" });
  await company.post("/settings/reminders", { reminder_number: 1, days_offset: 1 });
  const { id } = await company.post("/invoices", {
    client_id: client.id,
    issue_date: "2026-03-01",
    due_date: "2026-03-09",
    line_items: [{ description: "Work", quantity: 1, unit_price: 10_000 }],
  });
  await company.post(`/invoices/${id}/mark-sent`);
  await company.advance("2026-03-10T12:00:00Z");
  const [reminder] = await company.get(`/invoices/${id}/dispatches`);
  expect(reminder).toMatchObject({ kind: "reminder", status: "accepted" });

  const resend = `/invoices/${id}/dispatches/${reminder.id}/resend`;
  const early = await company.try("POST", resend);
  expect([early.status, early.json.message]).toEqual([409, expect.stringMatching(/24 hours/)]);
  await company.advance("2026-03-11T12:00:00Z");
  await company.post(`/invoices/${id}/record-payment`, {
    amount: 2500,
    payment_date: "2026-03-11",
  });
  const again = await company.post(resend);
  // Asked for twice it is one mail.
  expect((await company.post(resend)).id).toBe(again.id);
  await company.advance("2026-03-12T13:00:00Z");
  expect(platform.mail.mails).toHaveLength(2);
  expect(platform.mail.mails[1]?.text).toContain("$75.00");
  expect(await company.get(`/invoices/${id}`)).toMatchObject({
    reminders_sent: 2,
    reminders: [{ status: "sent", delivery_id: again.id }],
  });
  await company.post(`/invoices/${id}/mark-paid`);
  const late = await company.try("POST", resend);
  expect([late.status, late.json.message]).toEqual([409, expect.stringMatching(/is paid/)]);
});

test("a reminder that meets one sent again waits for its day, and is not given up", async () => {
  const platform = await startPlatform(await setup());
  const { sql, mail } = platform;
  const company = await openCompany(platform, { testClock: "2026-03-01T08:00:00Z" });
  const client = await company.post("/clients", { name: "Pine", email: "pine@pine.example" });
  for (const days_offset of [1, 3]) {
    const reminder_number = days_offset === 1 ? 1 : 2;
    await company.post("/settings/reminders", { reminder_number, days_offset });
  }
  const { id } = await company.post("/invoices", {
    client_id: client.id,
    issue_date: "2026-03-01",
    due_date: "2026-03-09",
    line_items: [{ description: "Work", quantity: 1, unit_price: 10_000 }],
  });
  await company.post(`/invoices/${id}/mark-sent`);
  await company.advance("2026-03-11T12:00:00Z");
  const [first] = await company.get(`/invoices/${id}/dispatches`);
  const second = async () => (await company.get(`/invoices/${id}/dispatches`))[1];
  // The second one's mail is put off, and meanwhile somebody has the first one sent again.
  mail.fail({ kind: "refuse", code: 450 });
  await company.advance("2026-03-12T12:00:00Z");
  await holdRetries(sql);
  expect(await second()).toMatchObject({ status: "queued", error_code: "unavailable" });
  mail.heal();
  await company.post(`/invoices/${id}/dispatches/${first.id}/resend`);
  await mail.waitForCount(2);
  await hurryRetries(sql);
  // It looks at 07:00, 19 hours after the other one, before the clock moves on.
  for (const time of ["07:00", "07:01"]) await company.advance(`2026-03-13T${time}:00Z`);
  expect(await second()).toMatchObject({ status: "queued" });
  await company.advance("2026-03-13T13:00:00Z");
  await eventually(async () => (await second()).status === "accepted");
  expect(mail.mails).toHaveLength(3);
});

test("what cannot be sent again says why; strangers find nothing; sending needs its scope", async () => {
  const api = await startInvoicing();
  const { issued, draft, expectCall, expectInvalid, call, ask, sql, companyId, clientId } = api;
  const { id } = await issued();
  const money = { amount: 100, payment_date: today };
  const payment = await expectCall(201, "POST", `/invoices/${id}/payments`, money);
  const send = `/invoices/${id}/payments/${payment.id}/send-receipt`;
  const receipt = await expectCall(200, "POST", send);
  const resend = `/invoices/${id}/dispatches/${receipt.id}/resend`;

  const made = await call("POST", "/api-tokens", { name: "T", scopes: ["invoices:read"] });
  const token = String(made.body.data.token);
  for (const path of [send, resend, `/invoices/${id}/preview`]) {
    const refused = await ask("POST", `/api/v1${path}`, { token });
    expect([refused.status, refused.body.scope]).toEqual([403, "invoices:send"]);
  }
  expect((await ask("GET", `/api/v1/invoices/${id}/dispatches`, { token })).status).toBe(200);
  const stranger = await joinInvoicing(api);
  const theirs = await stranger.issued();
  for (const [method, path] of [
    ["POST", send],
    ["POST", resend],
    ["POST", `/invoices/${id}/preview`],
    ["GET", `/invoices/${id}/dispatches`],
    ["POST", `/invoices/${theirs.id}/dispatches/${receipt.id}/resend`],
    ["POST", `/invoices/${theirs.id}/payments/${payment.id}/send-receipt`],
  ] as const) {
    expect((await stranger.call(method, path)).status).toBe(404);
  }
  const other = await issued();
  await expectCall(404, "POST", `/invoices/${other.id}/dispatches/${receipt.id}/resend`);

  // A payment recorded by mistake takes its receipt with it, as long as that waits.
  await expectCall(204, "DELETE", `/invoices/${id}/payments/${payment.id}`);
  expect(await expectCall(200, "GET", `/invoices/${id}/dispatches`)).toMatchObject([
    { status: "cancelled", error_message: "the payment was deleted", payment_id: null },
  ]);
  const gone = await call("POST", resend);
  expect([gone.status, gone.body.message]).toEqual([409, expect.stringMatching(/was deleted/)]);
  // Nor did it send the invoice of a draft.
  const unsent = await draft();
  const early = await expectCall(201, "POST", `/invoices/${unsent.id}/payments`, money);
  await expectCall(200, "POST", `/invoices/${unsent.id}/payments/${early.id}/send-receipt`);
  await expectCall(204, "DELETE", `/invoices/${unsent.id}/payments/${early.id}`);
  expect(await expectCall(200, "GET", `/invoices/${unsent.id}`)).toMatchObject({ status: "draft" });

  const mailed = await expectCall(200, "POST", `/invoices/${other.id}/send`);
  const copy = `/invoices/${other.id}/dispatches/${mailed.delivery.id}/resend`;
  expect(await expectCall(200, "POST", copy)).toMatchObject({ id: mailed.delivery.id });
  // Nobody knows whether it arrived; who sends it again has decided that.
  await sql`update deliveries set status = 'unknown' where id = ${mailed.delivery.id}`;
  const doubt = { companyId, kind: "mail.unknown", key: String(mailed.delivery.id), title: "?" };
  await raiseAttention(sql, doubt);
  expect(await expectCall(200, "POST", copy)).toMatchObject({ resend_of_id: mailed.delivery.id });
  expect(await listAttention(sql, { companyId, isOpen: true, limit: 1 })).toEqual([]);
  await sql`update deliveries set status = 'failed' where status = 'queued'`;
  await expectCall(200, "POST", `/invoices/${other.id}/void`);
  const voided = await call("POST", copy);
  expect([voided.status, voided.body.message]).toEqual([409, expect.stringMatching(/voided/)]);
  await expectCall(200, "PATCH", `/clients/${clientId}`, { email: null });
  const last = await expectCall(201, "POST", `/invoices/${id}/payments`, money);
  await expectInvalid("client", "POST", `/invoices/${id}/payments/${last.id}/send-receipt`);
  expect(await expectCall(200, "POST", `/invoices/${id}/preview`)).toMatchObject({
    recipients: [],
    obstacle: "The client has no email address.",
  });
});
