import { expect, test } from "vitest";
import { REALM } from "../../../sandbox/quickbooks/quickbooks.ts";
import { revertRefund } from "../../../src/actions/revert-refund.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { findCompany } from "../../../src/db/companies.ts";
import { accounts, line, startPushing } from "./start-pushing.ts";

const PATH = `/v3/company/${REALM}`;

test("what changes goes over by itself once it is switched on, and only then", async () => {
  const { need, issued, books, settled, sql, clientId, writes } = await startPushing();
  const early = await issued();
  await settled();
  expect(books.Invoice).toEqual([]);

  await need("PUT", "/integrations/quickbooks/settings", { auto_push: true });
  const draft = await need("POST", "/invoices", {
    client_id: clientId,
    line_items: [line("Work", 1, 10_000)],
  });
  await settled();
  // Drafts are nobody's business over there; what was sent before waits for its next change.
  expect(books.Customer).toEqual([]);

  await need("POST", `/invoices/${draft.id}/mark-sent`);
  await settled();
  expect(books.Invoice).toMatchObject([{ TotalAmt: 100 }]);
  await need("POST", `/invoices/${early.id}/record-payment`, {
    amount: 10_000,
    payment_date: "2026-03-01",
  });
  await settled();
  expect(books.Invoice[1]).toMatchObject({ DocNumber: early.invoice_number, Balance: 0 });
  await need("PUT", `/clients/${clientId}`, { name: "Maple Street Bakers" });
  await need("PUT", `/invoices/${draft.id}`, { line_items: [line("Work", 2, 10_000)] });
  await settled();
  expect(books.Customer).toMatchObject([{ DisplayName: "Maple Street Bakers" }]);
  expect(books.Invoice[0]).toMatchObject({ TotalAmt: 200 });
  await need("POST", `/invoices/${draft.id}/void`);
  await settled();
  expect(books.Invoice[0]).toMatchObject({ TotalAmt: 0, PrivateNote: "Voided" });

  // A change that is none over there costs no request.
  const before = writes().length;
  await need("POST", `/invoices/${early.id}/archive`);
  await settled();
  expect(writes()).toHaveLength(before);
  // Deleted there by somebody: it stays so until it is pushed by hand.
  books.Invoice.splice(1, 1);
  const [paid] = await need("GET", `/invoices/${early.id}/payments`);
  await need("POST", `/payments/${paid.id}/refund`, { amount: 100 });
  await settled();
  const runs = await sql`
    select distinct status, reason from job_runs
    where job = 'quickbooks.push-invoice' and status <> 'succeeded'
  `;
  expect([...runs]).toEqual([
    { status: "skipped", reason: expect.stringContaining("deleted in QuickBooks") },
  ]);
  expect(books.Invoice).toHaveLength(1);
});

test("a refund that failed after all is taken back there, too", async () => {
  const { need, issued, books, settled, sql, companyId } = await startPushing({
    settings: { ...accounts, auto_push: true },
  });
  const invoice = await issued();
  const payment = { amount: 6_000, payment_date: "2026-03-01" };
  await need("POST", `/invoices/${invoice.id}/record-payment`, payment);
  const [{ id: paymentId }] = await need("GET", `/invoices/${invoice.id}/payments`);
  await need("POST", `/payments/${paymentId}/refund`, { amount: 2_000 });
  await settled();
  expect(books.Payment).toMatchObject([{ TotalAmt: 40 }]);

  const [refund] = await sql<{ id: number }[]>`select id from payment_refunds`;
  const company = await findCompany(sql, companyId);
  const by = { company: company!, causerId: null, now: new Date() };
  const failed = { paymentRefundId: refund!.id, why: "the bank sent it back" };
  await inTransaction(sql, (tx) => revertRefund(tx, by, failed));
  await settled();
  expect(books.Payment).toMatchObject([{ TotalAmt: 60 }]);
  expect(books.Invoice).toMatchObject([{ Balance: 40 }]);
});

test("I3: an invoice edited during its push is pushed again, and the newer version stays", async () => {
  const { need, issued, books, settled, sandbox, sql } = await startPushing({
    settings: { ...accounts, auto_push: true },
  });
  const delayed = () => sandbox.requests().filter(({ fault }) => fault === "delay").length;
  const invoice = await issued();
  await settled();
  const match = { method: "POST", path: `${PATH}/invoice` };
  // The first change is under way for long, the second one is quick: it must not be written over.
  sandbox.fault({ match, fault: { kind: "delay", ms: 60_000 } });
  await need("PUT", `/invoices/${invoice.id}`, { due_date: "2031-01-31" });
  await expect.poll(delayed).toBe(1);
  await need("PUT", `/invoices/${invoice.id}`, { due_date: "2031-02-28" });
  await expect.poll(() => books.Invoice).toMatchObject([{ DueDate: "2031-02-28" }]);
  sandbox.endDelays();
  await settled();
  expect(books.Invoice).toMatchObject([{ DueDate: "2031-02-28" }]);

  // The same while it is being made there.
  sandbox.fault({ match, fault: { kind: "delay", ms: 60_000 } });
  const other = await issued();
  await expect.poll(delayed).toBe(2);
  await need("PUT", `/invoices/${other.id}`, { line_items: [line("More", 3, 10_000)] });
  const waiting = async () =>
    await sql`select from job_runs where reason like '%another run is at the same record'`;
  await expect.poll(waiting).toHaveLength(1);
  sandbox.endDelays();
  await settled();
  expect(books.Invoice[1]).toMatchObject({ TotalAmt: 300 });
  expect(books.Invoice).toHaveLength(2);
});

test("I5: who has to connect again loses no push: all of them are held, and go on", async () => {
  const { need, issued, books, sandbox, sql, connect, settled, openItems, eventually } =
    await startPushing({ settings: { ...accounts, auto_push: true } });
  sandbox.oauth.revokeAll();
  await issued();
  await issued();
  await eventually(async () => {
    const [row] = await sql`select count(*)::int as count from job_runs where status = 'held'`;
    return row?.["count"] === 2;
  });
  expect(await openItems()).toMatchObject([{ kind: "connection.needs-reauth" }]);
  expect(await need("GET", "/integrations/quickbooks/status")).toMatchObject({
    status: "needs_reauth",
    held_runs: 2,
    account: { id: REALM },
  });
  await connect();
  await settled();
  expect(books.Invoice).toHaveLength(2);
  expect(await openItems()).toEqual([]);
  // Disconnecting withdraws the grant there.
  await need("POST", "/integrations/quickbooks/disconnect");
  const revoked = sandbox.requests().filter(({ path }) => path.endsWith("/tokens/revoke"));
  expect(revoked).toMatchObject([{ status: 200 }]);
});
