import { expect, test } from "vitest";
import { listOf } from "../../../sandbox/quickbooks/books.ts";
import { pushInvoiceToQuickBooks } from "../../../src/jobs/quickbooks/push-invoice.ts";
import { enqueue } from "../../../src/queue/enqueue.ts";
import { accounts, line, startPushing } from "./start-pushing.ts";

const at = (name: string) => `/integrations/quickbooks/${name}`;

test("an invoice goes over with its customer, items and payments; again only when it changed", async () => {
  const {
    need,
    call,
    push,
    issued,
    books,
    sandbox,
    writes,
    companyId,
    clientId,
    sql,
    ended,
    openItems,
  } = await startPushing();
  const service = await need("POST", "/services", { name: "Design: work", description: "By hour" });
  const invoice = await issued({
    line_items: [
      line("Design", 1.5, 10_000, { service_id: service.id, tax_rate: 10, tax_name: "VAT" }),
      line("Travel", 2, 3_333),
    ],
    discount_type: "percentage",
    discount_value: 10,
    notes: "Thank you",
  });
  await need("POST", `/invoices/${invoice.id}/record-payment`, {
    amount: 5_000,
    payment_date: "2026-03-01",
    reference: "CHK-17",
  });

  expect(await push(invoice.id)).toMatchObject({ created: 1, updated: 0, waiting: 0, reasons: [] });
  expect(books.Customer).toMatchObject([
    {
      DisplayName: "Maple Street Bakery",
      PrimaryEmailAddr: { Address: "books@maple.example" },
      BillAddr: { City: "Portland", CountrySubDivisionCode: "OR", Country: "US" },
    },
  ]);
  expect(books.Item).toMatchObject([
    { Name: "Design work", Description: "By hour", IncomeAccountRef: { value: "79" } },
    { Name: "Services", Type: "Service" },
  ]);
  const [customer] = books.Customer;
  const [design, work] = books.Item;
  expect(books.Invoice).toMatchObject([
    {
      DocNumber: invoice.invoice_number,
      CustomerRef: { value: customer?.Id },
      TxnDate: invoice.issue_date,
      DueDate: invoice.due_date,
      CustomerMemo: { value: "Thank you" },
      PrivateNote: expect.stringContaining(`${companyId}-${invoice.id}`),
      TotalAmt: invoice.total / 100,
      Balance: invoice.total / 100 - 50,
    },
  ]);
  const [first, second, discount] = listOf(books.Invoice[0]?.["Line"]);
  expect(first).toMatchObject({
    Amount: 150,
    SalesItemLineDetail: {
      ItemRef: { value: design?.Id },
      Qty: 1.5,
      UnitPrice: 100,
      TaxCodeRef: { value: "TAX" },
    },
  });
  expect(second).toMatchObject({
    Amount: 66.66,
    SalesItemLineDetail: { ItemRef: { value: work?.Id }, TaxCodeRef: { value: "NON" } },
  });
  expect(discount).toMatchObject({ DetailType: "DiscountLineDetail", Amount: 21.67 });
  expect(books.Payment).toMatchObject([
    {
      TotalAmt: 50,
      PaymentRefNum: "CHK-17",
      TxnDate: "2026-03-01",
      Line: [{ Amount: 50, LinkedTxn: [{ TxnType: "Invoice", TxnId: books.Invoice[0]?.Id }] }],
    },
  ]);
  // What has a name goes together, and every write that makes something says for what.
  expect(writes()).toEqual(["batch", "invoice", "payment"]);
  const ids = sandbox
    .requests()
    .filter(({ method, path }) => method === "POST" && path.startsWith("/v3/"));
  expect(new Set(ids.map(({ query }) => query["requestid"])).size).toBe(3);
  expect(ids.every(({ query }) => query["minorversion"] === "75")).toBe(true);

  // As it is: looked at, nothing written. Changed there by somebody: mended. Changed here: updated.
  expect(await push(invoice.id)).toMatchObject({ unchanged: 1 });
  expect(writes()).toHaveLength(3);
  books.Invoice[0]!["TotalAmt"] = 1;
  expect(await push(invoice.id)).toMatchObject({ updated: 1 });
  expect(books.Invoice[0]).toMatchObject({ TotalAmt: invoice.total / 100 });
  await need("PUT", `/invoices/${invoice.id}`, { due_date: "2031-01-31" });
  await need("PUT", `/clients/${clientId}`, {
    phone: "555 0100",
  });
  expect(await push(invoice.id)).toMatchObject({ updated: 1 });
  expect(books.Invoice).toMatchObject([{ DueDate: "2031-01-31", TotalAmt: invoice.total / 100 }]);
  expect(books.Customer).toMatchObject([{ PrimaryPhone: { FreeFormNumber: "555 0100" } }]);
  expect([books.Invoice, books.Payment, books.Item].map((book) => book.length)).toEqual([1, 1, 2]);

  // What is asked for must be there, and sent.
  const draft = await need("POST", "/invoices", {
    client_id: clientId,
    line_items: [line("Later", 1, 100)],
  });
  for (const [wanted, field] of [
    [[invoice.id, 4_711], "invoice_ids.1"],
    [[draft.id], "invoice_ids.0"],
    [[], "invoice_ids"],
  ] as const) {
    const refused = await call("POST", at("push"), { invoice_ids: wanted });
    expect(refused).toMatchObject({
      status: 422,
      body: { errors: { [field]: [expect.any(String)] } },
    });
  }
  expect(await openItems()).toEqual([]);
  expect(sandbox.problems()).toEqual([]);
  const told = await sql`select payload from events where type = 'invoice.pushed' order by id`;
  expect(told.map(({ payload }) => payload.outcome)).toEqual(["created", "updated", "updated"]);
  // What has left the company stays in its books.
  const other = await need("POST", "/companies", { name: "Other" });
  await need("POST", `/invoices/${invoice.id}/move`, { target_company_id: other.id });
  const { runId } = await sql.begin(
    async (tx) =>
      await enqueue(tx, pushInvoiceToQuickBooks, { companyId, invoiceId: invoice.id, eventId: 0 }),
  );
  const left = { status: "skipped", reason: "it is gone" };
  expect(await ended(runId)).toMatchObject(left);
  expect(books.Invoice).toMatchObject([{ TotalAmt: invoice.total / 100 }]);

  // Settings name things of one account.
  await sql`update connections set external_id = 'another'`;
  const others = await need("PUT", at("settings"), { auto_push: true });
  expect(others).toMatchObject({ auto_push: true, income_account_id: null });

  await need("POST", at("disconnect"));
  expect(await call("POST", at("push"), { invoice_ids: [invoice.id] })).toMatchObject({
    status: 409,
    body: { code: "not_connected" },
  });
  expect((await call("PUT", at("settings"), accounts)).status).toBe(409);
});

test("a missing setting is told of once; when it is there, what waited goes over by itself", async () => {
  const { need, call, push, issued, books, openItems, settled } = await startPushing({
    settings: null,
  });
  const plain = await issued();
  const discounted = await issued({ discount_type: "fixed", discount_value: 500 });
  expect(await push(plain.id, discounted.id)).toMatchObject({ created: 0, waiting: 2 });
  expect(await openItems()).toMatchObject([
    { kind: "quickbooks.setting-missing", key: "income_account_id" },
  ]);
  expect(books.Customer).toEqual([]);

  const bad = await call("PUT", at("settings"), { income_account_id: "no id!" });
  expect(bad).toMatchObject({
    status: 422,
    body: { errors: { income_account_id: [expect.any(String)] } },
  });
  const twice = [
    { rates: [500, 900], code: "2" },
    { rates: [900, 500], code: "3" },
  ];
  const doubled = await call("PUT", at("settings"), { tax_codes: twice });
  expect(doubled).toMatchObject({
    status: 422,
    body: { errors: { "tax_codes.1.rates": [expect.any(String)] } },
  });

  const saved = await need("PUT", at("settings"), { income_account_id: "79" });
  expect(saved).toMatchObject({ income_account_id: "79", auto_push: false, tax_codes: [] });
  await settled();
  expect(books.Invoice).toMatchObject([{ DocNumber: plain.invoice_number }]);
  expect(await openItems()).toMatchObject([{ key: "discount_account_id" }]);

  await need("PUT", at("settings"), { discount_account_id: "86" });
  await settled();
  expect(books.Invoice).toHaveLength(2);
  expect(books.Invoice[1]).toMatchObject({ TotalAmt: 95 });
  expect(await openItems()).toEqual([]);
  const { settings } = await need("GET", at("status"));
  expect(settings).toMatchObject({ income_account_id: "79", discount_account_id: "86" });

  // Another currency than the books have waits for QuickBooks; once it is turned on, it goes over.
  const euros = await issued({ currency: "EUR" });
  expect(await push(euros.id)).toMatchObject({ waiting: 1 });
  expect(await openItems()).toMatchObject([{ key: "currency" }]);
  books.preferences.isMultiCurrency = true;
  expect(await push(euros.id)).toMatchObject({ created: 1 });
  expect(books.Customer.map(({ DisplayName }) => DisplayName)).toEqual([
    "Maple Street Bakery",
    "Maple Street Bakery (EUR)",
  ]);
  expect(books.Invoice[2]).toMatchObject({ CurrencyRef: { value: "EUR" } });
  expect(await openItems()).toEqual([]);
});
