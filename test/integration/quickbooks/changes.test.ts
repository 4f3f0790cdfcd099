import { expect, test } from "vitest";
import { faultOf } from "../../../sandbox/quickbooks/faults.ts";
import { REALM } from "../../../sandbox/quickbooks/quickbooks.ts";
import { accounts, line, startPushing } from "./start-pushing.ts";

const payment = (amount: number, more: object = {}) => ({
  amount,
  payment_date: "2026-03-01",
  ...more,
});

test("payments, refunds, payments taken back and voids end there as they do here", async () => {
  const { need, push, issued, books, writes, openItems, sandbox, ended } = await startPushing();
  const invoice = await issued();
  const pay = async (amount: number) =>
    (await need("POST", `/invoices/${invoice.id}/record-payment`, payment(amount))).payment ?? {};
  await pay(3_000);
  await pay(2_000);
  await push(invoice.id);
  expect(books.Invoice).toMatchObject([{ TotalAmt: 100, Balance: 50 }]);
  const { [0]: first, [1]: second } = await need("GET", `/invoices/${invoice.id}/payments`);

  // A part is given back, then all of it; the other one was a mistake.
  await need("POST", `/payments/${first.id}/refund`, { amount: 1_000 });
  await push(invoice.id);
  expect(books.Payment).toMatchObject([{ TotalAmt: 20 }, { TotalAmt: 20 }]);
  expect(books.Invoice).toMatchObject([{ Balance: 60 }]);
  await need("POST", `/payments/${first.id}/refund`, {});
  await need("DELETE", `/invoices/${invoice.id}/payments/${second.id}`);
  await push(invoice.id);
  expect(books.Payment).toMatchObject([
    { TotalAmt: 0, PrivateNote: "Voided" },
    { TotalAmt: 0, PrivateNote: "Voided" },
  ]);
  expect(books.Invoice).toMatchObject([{ Balance: 100 }]);

  // Too much is the customer's credit there, too.
  await pay(12_500);
  await push(invoice.id);
  expect(books.Payment[2]).toMatchObject({ TotalAmt: 125, Line: [{ Amount: 100 }] });
  expect(books.Invoice).toMatchObject([{ Balance: 0 }]);

  // One that is voided with something paid: the paper has no amounts, the money is the customer's.
  const other = await issued({ line_items: [line("Work", 1, 5_000)] });
  await need("POST", `/invoices/${other.id}/record-payment`, payment(2_000));
  await push(other.id);
  await need("POST", `/invoices/${other.id}/void`);
  expect(await push(other.id)).toMatchObject({ voided: 1 });
  expect(books.Invoice[1]).toMatchObject({ TotalAmt: 0, Balance: 0, PrivateNote: "Voided" });
  expect(books.Payment[3]).toMatchObject({ TotalAmt: 20, Line: [] });
  const before = writes().length;
  expect(await push(other.id)).toMatchObject({ unchanged: 1 });
  expect(writes()).toHaveLength(before);
  // Deleted here, it stays voided there; voided before it went over, it does not go over.
  await need("DELETE", `/invoices/${other.id}`);
  const never = await issued();
  await need("POST", `/invoices/${never.id}/void`);
  expect(await push(never.id)).toMatchObject({ skipped: 1 });
  expect(books.Invoice).toHaveLength(2);

  // A credit used here is for a person to use there; a late fee and an adjustment are lines.
  const last = await issued({
    line_items: [line("Work", 1, 10_000)],
    adjustment_description: "Rounded",
    adjustment_amount: -50,
  });
  const [credit] = await need("GET", "/credits");
  await need("POST", `/credits/${credit.id}/apply`, { invoice_id: last.id, amount: 1_000 });
  await push(last.id);
  expect(books.Invoice[2]).toMatchObject({ TotalAmt: 99.5, Balance: 99.5 });
  expect(books.Item.map(({ Name }) => Name)).toEqual(["Services", "Adjustment"]);
  expect(await openItems()).toMatchObject([
    { kind: "quickbooks.differs", key: String(last.id), detail: expect.stringContaining("$10.00") },
  ]);
  expect(sandbox.problems()).toEqual([]);

  await need("PUT", "/settings/late-fees", {
    late_fee_type: "flat",
    late_fee_value: 500,
    late_fee_days: 5,
    late_fee_tax_name: "VAT",
    late_fee_tax_rate: 1_000,
  });
  const late = await issued({ issue_date: "2026-01-02", due_date: "2026-01-16" });
  await ended((await need("POST", "/nights", {})).id);
  await push(late.id);
  expect(books.Invoice[3]).toMatchObject({ TotalAmt: 105.5, TxnTaxDetail: { TotalTax: 0.5 } });
  expect(books.Item.at(-1)).toMatchObject({ Name: "Late fee" });

  // QuickBooks may come to another total all the same: a person is told until they are equal.
  const body = { Invoice: { ...books.Invoice[3], SyncToken: "9", TotalAmt: 110 } };
  const match = { method: "POST", path: `/v3/company/${REALM}/invoice` };
  sandbox.fault({ match, fault: { kind: "status", status: 200, body } });
  await need("PUT", `/invoices/${late.id}`, { notes: "Please" });
  await push(late.id);
  const differing = (await openItems()).filter(({ key }) => key === String(late.id));
  expect(differing).toMatchObject([{ kind: "quickbooks.differs" }]);
  expect(differing[0]?.detail).toMatch(/110\.00 there.*\$105\.50 here/);
  await push(late.id);
  expect((await openItems()).filter(({ key }) => key === String(late.id))).toEqual([]);
});

test("names and numbers that are taken: ours is found again, another's stays its own", async () => {
  const { need, push, issued, books, openItems, sql } = await startPushing();
  const invoiceOf = async (name: string, fields: object = {}) => {
    const client = await need("POST", "/clients", { name });
    return await issued({ client_id: client.id, ...fields });
  };
  const first = await invoiceOf("Norton Lumber"); // A vendor's name.
  books.Customer.push(
    {
      Id: "50",
      SyncToken: "0",
      DisplayName: "O'Brien & Co",
      CurrencyRef: { value: "USD" },
      Active: true,
      Notes: "Ours since 1987",
    },
    {
      Id: "51",
      SyncToken: "0",
      DisplayName: "Sleeper",
      CurrencyRef: { value: "USD" },
      Active: false,
    },
  );
  const second = await invoiceOf("o'brien & co");
  const third = await invoiceOf("O'Brien & Co"); // A twin of it.
  const fourth = await invoiceOf("Sleeper");
  expect(await push(first.id, second.id, third.id, fourth.id)).toMatchObject({ created: 4 });
  const customerOf = (number: number) => {
    const id = Object(books.Invoice[number]?.["CustomerRef"])["value"];
    return books.Customer.find(({ Id }) => Id === id);
  };
  expect(customerOf(0)?.["DisplayName"]).toMatch(/^Norton Lumber \(\d+\)$/);
  expect(customerOf(1)).toMatchObject({
    Id: "50",
    DisplayName: "O'Brien & Co",
    Notes: "Ours since 1987",
  });
  expect(customerOf(2)?.["DisplayName"]).toMatch(/^O'Brien & Co \(\d+\)$/);
  expect(customerOf(3)).toMatchObject({ Id: "51", Active: true });

  // A number that is another invoice's is told of; once that is renumbered, ours goes over.
  const fifth = await issued();
  const theirs = structuredClone(books.Invoice[0]!);
  books.Invoice.push({
    ...theirs,
    Id: "90",
    DocNumber: fifth.invoice_number,
    PrivateNote: "By hand",
  });
  expect(await push(fifth.id)).toMatchObject({ waiting: 1, reasons: [{ invoice_id: fifth.id }] });
  expect(await openItems()).toMatchObject([
    { kind: "quickbooks.refused", key: String(fifth.id), detail: expect.stringContaining("id 90") },
  ]);
  books.Invoice.find(({ Id }) => Id === "90")!["DocNumber"] = "OTHER";
  expect(await push(fifth.id)).toMatchObject({ created: 1 });
  expect(await openItems()).toEqual([]);
  // One of ours that we have forgotten is found by its mark.
  await sql`delete from external_refs where kind = 'invoice' and record_id = ${fifth.id}`;
  const count = books.Invoice.length;
  await push(fifth.id);
  expect(books.Invoice).toHaveLength(count);

  // What somebody removed there: the customer is made anew; an invoice only when it is asked for.
  const customer = customerOf(0)!;
  customer["Active"] = false;
  const sixth = await issued({ client_id: first.client_id });
  expect(await push(sixth.id)).toMatchObject({ created: 1 });
  expect(customer["Active"]).toBe(true);
  books.Invoice.splice(0, 1);
  expect(await push(first.id)).toMatchObject({ created: 1 });
  expect(books.Invoice.at(-1)).toMatchObject({ DocNumber: first.invoice_number });
  // Voided there by somebody, and not here: nobody but a person can say what is right.
  Object.assign(books.Invoice.at(-1)!, { TotalAmt: 0, PrivateNote: "Voided" });
  await need("PUT", `/invoices/${first.id}`, { due_date: "2031-01-31" });
  expect(await push(first.id)).toMatchObject({ waiting: 1 });
});

test("outside the US a line has a tax code; numbers may be QuickBooks' own; closed books stay closed", async () => {
  const { need, push, issued, books, openItems } = await startPushing();
  books.company.country = "GB";
  books.preferences.homeCurrency = "GBP";
  books.preferences.isMultiCurrency = true;
  books.preferences.hasOwnNumbers = false;
  const invoice = await issued({
    currency: "GBP",
    line_items: [line("Taxed", 3, 3_333, { tax_rate: 20, tax_name: "VAT" }), line("Free", 1, 100)],
  });
  expect(await push(invoice.id)).toMatchObject({ waiting: 1 });
  expect(await openItems()).toMatchObject([
    { key: "tax_codes", detail: expect.stringContaining("20 %") },
  ]);
  await need("PUT", "/integrations/quickbooks/settings", {
    ...accounts,
    tax_codes: [{ rates: [2_000], code: "2" }],
  });
  expect(await push(invoice.id)).toMatchObject({ waiting: 1 });
  expect(await openItems()).toMatchObject([{ key: "untaxed_code" }]);
  await need("PUT", "/integrations/quickbooks/settings", { untaxed_code: "3" });
  await push(invoice.id);
  expect(books.Invoice).toMatchObject([
    {
      DocNumber: "1001",
      GlobalTaxCalculation: "TaxExcluded",
      CurrencyRef: { value: "GBP" },
      TotalAmt: invoice.total / 100,
      Line: [
        { SalesItemLineDetail: { TaxCodeRef: { value: "2" } } },
        { SalesItemLineDetail: { TaxCodeRef: { value: "3" } } },
        {},
      ],
    },
  ]);
  expect(await openItems()).toEqual([]);

  // Rounded to whole yen here: the amount stands without quantity and price.
  const yen = await issued({ currency: "JPY", line_items: [line("Free", 1.5, 33)] });
  await push(yen.id);
  expect(books.Invoice[1]).toMatchObject({ TotalAmt: 50, CurrencyRef: { value: "JPY" } });

  books.preferences.closedUntil = "2099-12-31";
  await need("PUT", `/invoices/${invoice.id}`, { notes: "Changed" });
  expect(await push(invoice.id)).toMatchObject({ unchanged: 0, waiting: 1 });
  expect(await openItems()).toMatchObject([
    { kind: "quickbooks.refused", detail: expect.stringContaining("period has closed") },
  ]);
  books.preferences.closedUntil = null;
  expect(await push(invoice.id)).toMatchObject({ updated: 1 });
  expect(await openItems()).toEqual([]);
});

test("limits are waited for and stale changes are made anew; faults of all kinds leave one of each", async () => {
  const { need, push, issued, books, sandbox } = await startPushing();
  const path = `/v3/company/${REALM}`;
  const limited = faultOf({ code: "3001", message: "ThrottleExceeded", detail: "" });
  sandbox.fault({ match: { path }, fault: { kind: "rate-limit", retryAfter: "0", body: limited } });
  const invoice = await issued();
  expect(await push(invoice.id)).toMatchObject({ created: 1 });

  // Somebody changes it there while we do; once is chance, always is told.
  const stale = faultOf({ code: "5010", message: "Stale Object Error", detail: "" });
  const fault = { kind: "status", status: 400, body: stale } as const;
  const match = { method: "POST", path: `${path}/invoice` };
  sandbox.fault({ match, fault, times: 2 });
  await need("PUT", `/invoices/${invoice.id}`, { due_date: "2031-01-31" });
  expect(await push(invoice.id)).toMatchObject({ updated: 1 });
  expect(books.Invoice).toMatchObject([{ DueDate: "2031-01-31", SyncToken: "1" }]);
  sandbox.fault({ match, fault, times: 3 });
  await need("PUT", `/invoices/${invoice.id}`, { due_date: "2031-02-28" });
  expect(await push(invoice.id)).toMatchObject({ waiting: 1 });
  expect(await push(invoice.id)).toMatchObject({ updated: 1 });
  expect(books.Invoice).toMatchObject([{ DueDate: "2031-02-28" }]);

  // A fault with status 200 is a fault.
  const refused = faultOf({ code: "6000", message: "A business validation error", detail: "No." });
  sandbox.fault({ match, fault: { kind: "status", status: 200, body: refused } });
  const other = await issued();
  expect(await push(other.id)).toMatchObject({ waiting: 1 });
  expect(await push(other.id)).toMatchObject({ created: 1 });
  expect(books.Invoice).toHaveLength(2);
});
