import { expect, test } from "vitest";
import { startQuoting } from "../quotes/start-quoting.ts";

test("a client sees an invoice by its UUID; the first look is told of once", async () => {
  const { issued, ask, expectCall, eventsOf } = await startQuoting({ name: "Harbour Studio" });
  await expectCall(201, "POST", "/settings/bank-accounts", {
    name: "Main Account",
    details: "BSB 123-456",
  });
  const { id, uuid } = await issued({ notes: "Thank you" });
  const path = `/api/v1/portal/invoices/${uuid}`;
  const looks = await Promise.all([1, 2, 3].map(async () => await ask("GET", path)));
  for (const { status, body } of looks) {
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: {
        id,
        invoice_number: "INV-00001",
        status: "viewed",
        total: 10_000,
        amount_due: 10_000,
        currency: "USD",
        notes: "Thank you",
        company: { name: "Harbour Studio" },
        client: { name: "Maple Street Bakery" },
        line_items: [{ description: "Consulting", amount: 10_000 }],
      },
      payment_available: false,
      bank_details: [{ name: "Main Account", details: "BSB 123-456" }],
    });
    // Nothing that is the company's own business.
    const text = JSON.stringify(body);
    for (const key of ["is_archived", "is_disputed", "reminders", "client_id", "service_id"]) {
      expect(text).not.toContain(key);
    }
  }
  expect(await eventsOf(id)).toEqual(["invoice.created", "invoice.sent", "invoice.viewed"]);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    status: "viewed",
    viewed_at: "2026-03-02T09:00:00.000000Z",
  });
  const pdf = await ask("GET", `${path}/pdf`);
  expect(pdf.headers.get("content-type")).toBe("application/pdf");
  expect(pdf.text.startsWith("%PDF-")).toBe(true);
});

test("drafts, deleted records and unknown UUIDs are the same 404 to a client", async () => {
  const { draft, quote, sentQuote, ask, sql } = await startQuoting();
  const invoice = await draft();
  const [drafted, sent] = [await quote(), await sentQuote()];
  await sql`update quotes set deleted_at = now() where id = ${sent.id}`;
  const nobody = "018f0000-0000-7000-8000-000000000000";
  const hidden = [
    ...[invoice.uuid, nobody].flatMap((uuid) => [
      `GET /portal/invoices/${uuid}`,
      `GET /portal/invoices/${uuid}/pdf`,
      `POST /portal/invoices/${uuid}/checkout`,
    ]),
    ...[drafted.uuid, sent.uuid, nobody].flatMap((uuid) => [
      `GET /portal/quotes/${uuid}`,
      `GET /portal/quotes/${uuid}/pdf`,
      `POST /portal/quotes/${uuid}/accept`,
      `POST /portal/quotes/${uuid}/decline`,
    ]),
    "GET /portal/quotes/1",
  ];
  for (const operation of hidden) {
    const [method = "", path = ""] = operation.split(" ");
    const { status } = await ask(method, `/api/v1${path}`);
    expect([operation, status]).toEqual([operation, 404]);
  }
});

test("a client views a quote and answers it once, whoever clicks first", async () => {
  const { sentQuote, ask, expectCall, eventsOfQuote } = await startQuoting();
  const { id, uuid } = await sentQuote();
  const path = `/api/v1/portal/quotes/${uuid}`;
  const seen = await ask("GET", path);
  expect(seen.body.data).toMatchObject({
    quote_number: "QUO-00001",
    status: "viewed",
    status_color: "indigo",
    line_items: [{ description: "Consulting" }],
  });
  expect((await ask("GET", `${path}/pdf`)).text.startsWith("%PDF-")).toBe(true);
  const answers = await Promise.all([
    ask("POST", `${path}/accept`),
    ask("POST", `${path}/decline`),
    ask("POST", `${path}/accept`),
  ]);
  const statuses = answers.map(({ status }) => status);
  expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 422, 422]);
  const refused = answers.find(({ status }) => status === 422);
  expect(refused?.body.message).toMatch(
    /^Quote cannot be (accepted|declined) in its current status\.$/,
  );
  const { status } = await expectCall(200, "GET", `/quotes/${id}`);
  expect(answers.find((answer) => answer.status === 200)?.body.data.status).toBe(status);
  expect(await eventsOfQuote(id)).toEqual([
    "quote.created",
    "quote.sent",
    "quote.viewed",
    `quote.${status}`,
  ]);
});

test("an expired quote can be looked at, and not be accepted", async () => {
  const { sentQuote, ask, clock } = await startQuoting();
  const { uuid } = await sentQuote({ expiry_date: "2026-03-02" });
  clock.set("2026-03-03T00:00:00Z");
  const path = `/api/v1/portal/quotes/${uuid}`;
  expect((await ask("GET", path)).body.data).toMatchObject({ status: "expired" });
  expect((await ask("POST", `${path}/accept`)).status).toBe(422);
  expect((await ask("POST", `${path}/decline`)).status).toBe(422);
});

test("checkout tells the bank accounts, or that there is nothing or nowhere to pay", async () => {
  const { issued, ask, expectCall } = await startQuoting();
  const { id, uuid } = await issued();
  const checkout = async () => await ask("POST", `/api/v1/portal/invoices/${uuid}/checkout`);
  expect((await checkout()).body).toMatchObject({ message: "Invoice is not payable." });
  const account = { name: "Main Account", details: "Account 987654321" };
  await expectCall(201, "POST", "/settings/bank-accounts", account);
  const reply = await checkout();
  expect([reply.status, reply.body.data]).toEqual([
    200,
    {
      payment_method: "bank_details",
      bank_accounts: [account],
      reference: "INV-00001",
      amount: 10_000,
      currency: "USD",
    },
  ]);
  await expectCall(200, "POST", `/invoices/${id}/mark-paid`);
  expect((await checkout()).status).toBe(422);
  // A paid invoice that is looked at for the first time stays paid.
  const seen = await ask("GET", `/api/v1/portal/invoices/${uuid}`);
  expect(seen.body).toMatchObject({ data: { status: "paid" }, bank_details: null });
});

test("bank accounts are kept in the company's order, each change with an audit row", async () => {
  const { expectCall, expectInvalid, call, sql, companyId } = await startQuoting();
  const path = "/settings/bank-accounts";
  const last = await expectCall(201, "POST", path, { name: "Last", sort_order: 9 });
  const first = await expectCall(201, "POST", path, { name: "First", details: "IBAN" });
  expect(first).toMatchObject({ name: "First", details: "IBAN", sort_order: 0 });
  const names = async () =>
    (await expectCall(200, "GET", path)).map((account: { name: string }) => account.name);
  expect(await names()).toEqual(["First", "Last"]);
  await expectCall(200, "PATCH", `${path}/${first.id}`, { sort_order: 10 });
  expect(await names()).toEqual(["Last", "First"]);
  await expectInvalid("name", "PUT", `${path}/${last.id}`, { sort_order: 1 });
  await expectInvalid("name", "POST", path, { name: "x".repeat(101) });
  await expectInvalid("sort_order", "POST", path, { name: "x", sort_order: -1 });
  await expectCall(204, "DELETE", `${path}/${last.id}`);
  expect((await call("GET", `${path}/${last.id}`)).status).toBe(404);
  const audit = await sql`
    select action from audit_log
    where company_id = ${companyId} and subject_type = 'bank-account' order by id
  `;
  expect(audit.map((row) => row["action"])).toEqual([
    "bank-account.created",
    "bank-account.created",
    "bank-account.updated",
    "bank-account.deleted",
  ]);
});
