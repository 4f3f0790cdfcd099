import { expect, test } from "vitest";
import type { Books, Entry } from "../../../sandbox/freshbooks/books.ts";
import { holdRetries, hurryRetries } from "../../support/retries.ts";
import { startImporting } from "./start-importing.ts";

const BASE = "/settings/freshbooks";

/** The books of a FreshBooks, to look at and to change. */
function booksOf({ readState }: { readState: () => unknown }): Books {
  return readState() as Books;
}

function cents({ amount }: { amount: string }): number {
  return Math.round(Number(amount) * 100);
}

const amountOf = (entry: Entry, name = "amount") => cents(entry[name] as { amount: string });

test("whole books come over to the cent; what cannot is told of, and nobody is mailed, reminded or charged", async () => {
  const { call, connect, runImport, sandbox, sql, companyId, platform, eventually } =
    await startImporting({ seed: { clients: 40, invoices: 260 } });
  const books = booksOf(sandbox);
  await connect();
  await call("PUT", "/settings/late-fees", {
    late_fee_type: "flat",
    late_fee_value: 500,
    late_fee_days: 5,
  });
  await call("POST", "/settings/reminders", {
    reminder_number: 1,
    days_offset: 3,
    subject: "Overdue",
    body: "Please pay.",
  });
  // A credit that an invoice took: over there a payment.
  const [open] = books.invoices.filter(
    ({ v3_status: status, vis_state: state }) => status === "overdue" && state === 0,
  );
  const [credit] = books.credit_notes;
  const code = String(open?.["currency_code"]);
  Object.assign(credit!, {
    clientid: String(open?.["customerid"]),
    currency_code: code,
    amount: { amount: "50.00", code },
    paid: { amount: "20.00", code },
  });
  const left = amountOf(open!) - 2_000;
  Object.assign(open!, {
    paid: { amount: "20.00", code },
    outstanding: { amount: (left / 100).toFixed(2), code },
  });
  books.payments.push({
    ...books.payments[0]!,
    id: "99001",
    invoiceid: String(open?.id),
    amount: { amount: "20.00", code },
    type: "Credit",
    creditid: credit!.id,
    vis_state: 0,
  });

  const ended = await runImport();
  expect(ended).toMatchObject({ status: "completed", error_message: null });
  expect(ended.progress).toEqual({
    clients: 39,
    taxes: 3,
    items: 5,
    services: 5,
    projects: 10,
    invoice_profiles: 6,
    invoices: 254,
    credit_notes: 4,
    payments: 206,
    expenses: 63,
    time_entries: 65,
    estimates: 26,
  });
  const report = await call("GET", `${BASE}/report?per_page=100`);
  const told = report.body.data.map((item: Record<string, string>) =>
    [item["kind"], item["resource"], item["external_id"], item["reason"]].join(" | "),
  );
  expect(told).toEqual([
    "adjusted | clients | 1003 | Not of a form we know, and left out: country.",
    "refused | invoices | 20013 | There is no currency XBT.",
    "adjusted | invoices | 20097 | By our rules its total is another one; an adjustment keeps theirs.",
    "adjusted | invoices | 20194 | By our rules its total is another one; an adjustment keeps theirs.",
    "refused | payments | 50011 | Its invoice 20013 is not here.",
    "refused | expenses | 60005 | It is of no amount above zero.",
    "differs | expenses | 60005 | It is there and not here.",
  ]);
  // Sums by currency and status agree, but for the expense of nothing.
  expect(ended.reconciliation).toMatchObject({ agrees: false, differing: 1 });
  const sums: { kind: string; there: { amount: number }; here: { amount: number } }[] =
    ended.reconciliation.sums;
  expect(new Set(sums.map(({ kind }) => kind))).toEqual(
    new Set(["credit", "expense", "invoice", "payment", "quote"]),
  );
  for (const sum of sums) expect(sum.here.amount, JSON.stringify(sum)).toBe(sum.there.amount);

  // Numbers, dates, totals and states are those of there.
  const invoices = await sql`
    select external_id, invoice_number, issue_date, due_date, total, amount_paid, status, is_disputed,
      is_archived, dunning_from is not null as is_spared,
      (select count(*)::int from invoice_lines where invoice_id = invoices.id) as lines
    from invoices
    join external_refs on record_id = invoices.id and kind = 'invoice'
    where invoices.company_id = ${companyId}
  `;
  expect(invoices).toHaveLength(253);
  for (const invoice of invoices) {
    const source = books.invoices.find(({ id }) => String(id) === invoice["externalId"])!;
    const status = source["v3_status"] === "disputed" ? "sent" : source["v3_status"];
    expect(invoice).toMatchObject({
      invoiceNumber: source["invoice_number"],
      issueDate: source["create_date"],
      dueDate: source["due_date"],
      total: BigInt(amountOf(source)),
      amountPaid: BigInt(amountOf(source, "paid")),
      status,
      isDisputed: source["v3_status"] === "disputed",
      isArchived: source["vis_state"] === 2,
      isSpared: true,
      lines: (source["lines"] as unknown[]).length,
    });
  }
  const [kept] = await sql`
    select credits.remaining, sum(credit_applications.amount)::int8 as used
    from credit_applications join credits on credits.id = credit_id
    group by credits.remaining
  `;
  expect(kept).toEqual({ remaining: 3_000n, used: 2_000n });
  const others = await sql`
    select
      (select count(*)::int from clients where is_archived) as archived_clients,
      (select count(*)::int from recurring_invoices where status = 'paused') as paused_series,
      (select count(*)::int from recurring_invoices where status = 'active') as active_series,
      (select count(*)::int from quotes where status = 'accepted') as accepted_quotes,
      (select count(*)::int from time_entries where is_billed) as billed_time,
      (select count(*)::int from expenses where category = 'travel_transport') as travel
  `;
  expect(others[0]).toMatchObject({ pausedSeries: 6, activeSeries: 0, acceptedQuotes: 8 });
  expect(others[0]).toMatchObject({ billedTime: 16, travel: 15 });
  // One client is deleted there, but invoices speak of it: it is here, archived with three others.
  expect(books.clients.filter((client) => client["vis_state"] === 2)).toHaveLength(3);
  expect(others[0]!["archivedClients"]).toBe(4);

  // A night later: what lies before the import has no fee and no mail.
  await call("POST", "/nights", {});
  await eventually(async () => {
    const [night] = await sql`select status from billing_nights where company_id = ${companyId}`;
    return night?.["status"] === "completed";
  });
  const done = await sql`
    select
      (select count(*)::int from invoice_late_fees) as fees,
      (select count(*)::int from deliveries) as mails,
      (select count(*)::int from invoices where overdue_on is not null) > 0 as is_overdue
  `;
  expect(done[0]).toEqual({ fees: 0, mails: 0, isOverdue: true });
  expect(platform.mail.mails).toEqual([]);

  // A coming number that an imported invoice has is passed over: FB-00013 did not come.
  await call("PUT", "/settings", { invoice_prefix: "FB-" });
  const [{ id: clientId } = { id: 0 }] = await sql<
    { id: number }[]
  >`select id from clients limit 1`;
  const body = {
    client_id: clientId,
    line_items: [{ description: "x", quantity: 1, unit_price: 1 }],
  };
  const numbers = [];
  for (let count = 0; count < 3; count += 1) {
    numbers.push((await call("POST", "/invoices", body)).body.data.invoice_number);
  }
  expect(numbers).toEqual(["FB-00013", "FB-00041", "FB-00082"]);
}, 180_000);

test("a second import adds what is new; written over, what was changed here is told of, and what was paid here stays", async () => {
  const { call, connect, runImport, sandbox, sql, companyId } = await startImporting({
    seed: { clients: 8, invoices: 40 },
  });
  const books = booksOf(sandbox);
  await connect();
  const selected_resources = ["clients", "invoices", "payments"];
  await runImport({ selected_resources });
  const count = async () =>
    await sql`
      select
        (select count(*)::int from invoices) as invoices, (select count(*)::int from payments) as payments,
        (select sum(amount_paid)::int8 from invoices) as paid
    `;
  const [before] = await count();
  const idOf = async (entry: Entry): Promise<number> => {
    const [row] = await sql<{ recordId: number }[]>`
      select record_id from external_refs where kind = 'invoice' and external_id = ${String(entry.id)}
    `;
    return row!.recordId;
  };
  const open = books.invoices.filter(
    ({ v3_status: status, vis_state: state }) =>
      ["sent", "overdue"].includes(String(status)) && state === 0,
  );
  const [paidThere, paidHere, changed, voidedHere] = open as [Entry, Entry, Entry, Entry];

  // Somebody pays over there.
  const pay = paidThere["amount"];
  books.payments.push({
    ...books.payments[0]!,
    id: "99002",
    invoiceid: String(paidThere.id),
    amount: pay,
    vis_state: 0,
  });
  Object.assign(paidThere, {
    v3_status: "paid",
    paid: pay,
    outstanding: { amount: "0.00", code: paidThere["currency_code"] },
  });
  // Another was voided here meanwhile: money for it is not booked where nobody would find it.
  const voided = await call("POST", `/invoices/${await idOf(voidedHere)}/void`);
  expect(voided.status).toBe(200);
  books.payments.push({
    ...books.payments[0]!,
    id: "99003",
    invoiceid: String(voidedHere.id),
    amount: voidedHere["amount"],
    vis_state: 0,
  });
  const again = await runImport({ selected_resources });
  expect(again.tally.invoices).toMatchObject({ created: 0, updated: 0 });
  const refused = await call("GET", `${BASE}/report?resource=payments`);
  expect(
    refused.body.data.filter((item: { external_id: string }) => item.external_id === "99003"),
  ).toMatchObject([
    { kind: "refused", reason: "Its invoice was voided here." },
    { kind: "differs", reason: "It is there and not here." },
  ]);
  expect(again.tally.payments).toMatchObject({ created: 1, updated: 0 });
  const [after] = await count();
  expect(after).toEqual({
    invoices: before!["invoices"],
    payments: Number(before!["payments"]) + 1,
    paid: BigInt(String(before!["paid"])) + BigInt(amountOf(paidThere)),
  });
  const settled = await call("GET", `/invoices/${await idOf(paidThere)}`);
  expect(settled.body.data).toMatchObject({ status: "paid", amount_due: 0 });

  await call("POST", `/invoices/${await idOf(paidHere)}/record-payment`, {
    amount: 100,
    payment_date: "2026-03-01",
  });
  await sql`update invoices set notes = 'Written here' where id = ${await idOf(changed)}`;
  const over = await runImport({ selected_resources, reimport_existing: true });
  expect(over.tally.invoices.refused).toBe(again.tally.invoices.refused);
  const told = await call("GET", `${BASE}/report?resource=invoices`);
  const about = (entry: Entry) =>
    told.body.data.filter((item: { external_id: string }) => item.external_id === String(entry.id));
  expect(about(changed)).toMatchObject([
    { kind: "overwritten", details: { notes: { here: "Written here", there: null } } },
  ]);
  // Its own payment stays, so there and here differ.
  expect(about(paidHere)).toMatchObject([
    { kind: "kept", reason: expect.stringContaining("payments") },
    { kind: "differs", details: { here: { status: "partial" } } },
  ]);
  expect((await count())[0]).toMatchObject({ invoices: before!["invoices"] });
  const doubled = await sql`
    select count(*)::int from external_refs where company_id = ${companyId}
    group by kind, external_id having count(*) > 1
  `;
  expect([...doubled]).toEqual([]);
}, 180_000);

test("an import that fails, is reset, or meets a closed resource says so and goes on where it was", async () => {
  const { call, connect, runImport, status, ended, sandbox, sql, eventually } =
    await startImporting({ seed: { clients: 130, invoices: 130 } });
  const page = (path: string, number: string) =>
    sandbox
      .requests()
      .filter(
        (request) =>
          request.path.endsWith(path) &&
          request.query["page"] === number &&
          request.query["search[vis_state]"] === "0" &&
          request.query["per_page"] === "100",
      ).length;
  await connect();

  // The page is written, but the process dies before its commit: nothing of the page is there.
  await sql`
    create function die() returns trigger language plpgsql as $$
    begin raise exception using errcode = '57P01', message = 'the worker died'; end $$
  `;
  await sql`
    create trigger dies before update on imports for each row
    when (old.step = 0 and old.page = 2) execute function die()
  `;
  await call("POST", `${BASE}/import`, { selected_resources: ["clients"] });
  await holdRetries(sql);
  expect(await sql`select count(*)::int as count from clients`).toMatchObject([{ count: 100 }]);
  expect(await status()).toMatchObject({ status: "importing", progress: { clients: 100 } });
  await sql`drop trigger dies on imports`;
  await hurryRetries(sql);
  expect(await ended()).toMatchObject({
    status: "completed",
    tally: { clients: { created: 125 } },
  });
  // Each start goes on with the page that was not kept.
  const [run] = await sql`select starts from job_runs where job = 'freshbooks.import'`;
  expect(run!["starts"]).toBeGreaterThan(1);
  expect([page("/clients", "1"), page("/clients", "2")]).toEqual([1, run!["starts"]]);
  expect(await sql`select count(*)::int as count from clients`).toMatchObject([{ count: 125 }]);

  // The plan over there does not reach to expenses: the rest comes.
  sandbox.fault({
    match: { path: "/accounting/account/ACM123/expenses" },
    fault: { kind: "status", status: 403, body: { message: "You do not have access to this." } },
    times: 9,
  });
  const partly = await runImport({ selected_resources: ["expenses", "estimates"] });
  expect(partly).toMatchObject({ status: "completed", tally: { estimates: { created: 13 } } });
  const told = await call("GET", `${BASE}/report?resource=expenses`);
  expect(told.body.data).toMatchObject([{ external_id: "all", kind: "refused" }]);
  sandbox.clearFaults();

  // Refused for good: it has failed, and its run goes on with it when it is started again.
  sandbox.fault({
    match: { path: "/accounting/account/ACM123/invoices" },
    fault: { kind: "status", status: 422, body: { errno: 7012, error: "No." } },
  });
  const failed = await runImport({ selected_resources: ["invoices"] });
  expect(failed).toMatchObject({ status: "failed", error_message: expect.stringContaining("No.") });
  const types = await sql`select type from events where type like 'import.%' order by id`;
  expect(types.map(({ type }) => String(type))).toEqual([
    "import.completed",
    "import.completed",
    "import.failed",
  ]);
  // A run ends a moment after its import.
  await eventually(async () => {
    const { status: answer } = await call("POST", `/runs/${failed.run_id}/retry`, {});
    return answer < 300;
  });
  await eventually(async () => (await status()).status === "completed");

  // Reset while it waits for another attempt.
  sandbox.fault({
    match: { path: "/accounting" },
    fault: { kind: "status", status: 503 },
    times: 50,
  });
  await call("POST", `${BASE}/import`, { selected_resources: ["payments"] });
  expect(await call("POST", `${BASE}/import`, {})).toMatchObject({
    status: 409,
    body: { data: { message: "Import is already in progress." } },
  });
  expect((await call("POST", `${BASE}/reset`, {})).body).toEqual({
    data: { message: "Ready for new import" },
  });
  expect(await status()).toMatchObject({ status: "previewing" });
  sandbox.clearFaults();

  // Access is withdrawn there: the import waits until somebody connects again.
  sandbox.oauth.revokeAll();
  await call("POST", `${BASE}/import`, { selected_resources: ["payments"] });
  await eventually(async () => (await status()).status === "needs_reauth");
  await connect();
  expect(await ended()).toMatchObject({ status: "completed", error_message: null });
  expect(await sql`select count(*)::int as count from payments`).toEqual([{ count: 103 }]);
}, 180_000);
