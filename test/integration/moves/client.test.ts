import { expect, test } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { countMovable, findDangling, startMoving } from "./start-moving.ts";

test("a client moves with all that was ever done for it, and nothing of it is left behind", async () => {
  const moving = await startMoving();
  const { here, there, sql, clock } = moving;
  const bakery = await here.client();
  const { id: clientId } = bakery;
  const makeContact = { name: "Ann", email: "ann@maple.example", is_primary: true };
  await here.expectCall(201, "POST", `/clients/${clientId}/contacts`, makeContact);
  const service = await here.expectCall(201, "POST", "/services", { name: "Development" });
  const lines = [line("Consulting", 1, 10_000, { service_id: service.id })];

  // Two drafts with the numbers 1 and 2, of which the other company has the first.
  await there.expectCall(201, "POST", "/invoices", { client_id: (await there.client()).id });
  const body = { client_id: clientId, line_items: lines };
  const paid = await here.expectCall(201, "POST", "/invoices", body);
  const open = await here.expectCall(201, "POST", "/invoices", body);
  await here.expectCall(200, "POST", `/invoices/${open.id}/mark-sent`);
  const payment = { amount: 15_000, payment_date: "2026-03-02" };
  await here.expectCall(200, "POST", `/invoices/${paid.id}/record-payment`, payment);
  const [{ id: paymentId }] = await here.expectCall(200, "GET", `/invoices/${paid.id}/payments`);
  await here.expectCall(201, "POST", `/payments/${paymentId}/refund`, { amount: 1_000 });
  const [credit] = await here.expectCall(200, "GET", "/credits");
  const use = { invoice_id: open.id, amount: 4_000 };
  await here.expectCall(200, "POST", `/credits/${credit.id}/apply`, use);

  // A quote that became an invoice and a project, with time, a timer that runs, and an expense.
  const quote = await here.expectCall(201, "POST", "/quotes", body);
  await here.expectCall(200, "POST", `/quotes/${quote.id}/mark-sent`);
  const draft = await here.expectCall(201, "POST", `/quotes/${quote.id}/convert-to-invoice`);
  const project = await here.expectCall(201, "POST", `/quotes/${quote.id}/convert-to-project`);
  const adjustment = { amount: 100, description: "Travel" };
  await here.expectCall(201, "POST", `/invoices/${draft.id}/adjustments`, adjustment);
  await here.expectCall(201, "POST", `/projects/${project.id}/members`, {
    user_id: moving.userId,
    hourly_rate: 9_000,
  });
  const work = { project_id: project.id, service_id: service.id };
  const logged = { ...work, date: "2026-03-02", duration: 3_600, hourly_rate: 12_000 };
  const entry = await here.expectCall(201, "POST", "/time-entries", logged);
  const ids = { time_entry_ids: [entry.id] };
  await here.expectCall(200, "POST", `/invoices/${draft.id}/import-time`, ids);
  const timer = await here.expectCall(201, "POST", "/timer/start", work);
  const expense = await here.expectCall(201, "POST", "/expenses", {
    client_id: clientId,
    project_id: project.id,
    category: "travel_transport",
    amount: 500,
    currency: "USD",
    expense_date: "2026-03-02",
    is_billable: true,
  });

  // A series with an invoice of tonight, an overdue invoice with a fee and reminders, a statement.
  const series = await here.expectCall(201, "POST", "/recurring-invoices", {
    ...body,
    title: "Retainer",
    frequency: "monthly",
    start_date: "2026-03-02",
    auto_send: true,
  });
  await here.expectCall(200, "PUT", "/settings/late-fees", {
    late_fee_type: "flat",
    late_fee_value: 500,
    late_fee_days: 5,
  });
  const stage = { reminder_number: 1, days_offset: 1 };
  await here.expectCall(201, "POST", "/settings/reminders", stage);
  await sql`update payment_reminders set created_at = '2026-01-01'`;
  await sql`
    update invoices set issue_date = '2026-02-01', due_date = '2026-02-10', sent_at = '2026-02-01'
    where id = ${open.id}
  `;
  expect((await here.night("2026-03-02")).report).toMatchObject({
    generated: { count: 1 },
    fees: { count: 1 },
    reminders: { queued: 1 },
  });
  const dates = { from: "2026-01-01", to: "2026-03-31" };
  await here.expectCall(200, "POST", `/clients/${clientId}/statement/send`, dates);

  const before = await countMovable(sql, here.companyId);
  expect(Object.keys(before)).toEqual([
    "clients",
    "contacts",
    "credit_applications",
    "credits",
    "deliveries",
    "expenses",
    "invoice_adjustments",
    "invoice_late_fees",
    "invoice_lines",
    "invoice_reminders",
    "invoices",
    "payment_refunds",
    "payments",
    "projects",
    "quote_lines",
    "quotes",
    "recurring_invoice_lines",
    "recurring_invoices",
    "recurring_occurrences",
    "statements",
    "time_entries",
  ]);
  const others = await countMovable(sql, there.companyId);
  clock.set("2026-03-02T10:00:00Z");
  const target = { target_company_id: there.companyId };
  const moved = await here.expectCall(200, "POST", `/clients/${clientId}/move`, target);
  const { tags: _tags, ...answered } = bakery;
  expect(moved).toEqual({ ...answered, updated_at: "2026-03-02T10:00:00.000000Z" });

  expect(await countMovable(sql, here.companyId)).toEqual({});
  const after = await countMovable(sql, there.companyId);
  for (const [table, count] of Object.entries(before)) {
    expect([table, after[table]]).toEqual([table, count + (others[table] ?? 0)]);
  }
  expect(await findDangling(sql)).toEqual([]);
  expect(await sql`select from project_members`).toHaveLength(0);

  // Here it is gone, there it is whole.
  for (const path of [`/clients/${clientId}`, `/invoices/${open.id}`, `/projects/${project.id}`]) {
    await here.expectCall(404, "GET", path);
  }
  expect(await there.expectCall(200, "GET", `/invoices/${open.id}`)).toMatchObject({
    client_id: clientId,
    client: { id: clientId, name: "Maple Street Bakery" },
    status: "overdue",
    amount_paid: 4_000,
    late_fee_amount: 500,
    line_items: [{ service_id: null }, { is_late_fee: true }],
    late_fees: [{ fee: 500 }],
    reminders: [{ status: "cancelled", reminder_number: null }],
  });
  expect(await there.expectCall(200, "GET", `/quotes/${quote.id}`)).toMatchObject({
    converted_to_invoice_id: draft.id,
    converted_to_project_id: project.id,
  });
  expect(await there.expectCall(200, "GET", `/time-entries/${entry.id}`)).toMatchObject({
    invoice_id: draft.id,
    project_id: project.id,
    service_id: null,
  });
  expect(await there.expectCall(200, "GET", `/time-entries/${timer.id}`)).toMatchObject({
    is_running: false,
    duration: 3_600,
  });
  expect(await there.expectCall(200, "GET", `/expenses/${expense.id}`)).toMatchObject({
    project_id: project.id,
  });
  expect(await there.expectCall(200, "GET", "/credits")).toMatchObject([
    { id: credit.id, client_id: clientId, balance: 0 },
  ]);
  const occurrences = await there.expectCall(
    200,
    "GET",
    `/recurring-invoices/${series.id}/occurrences`,
  );
  expect(occurrences).toMatchObject([{ outcome: "generated", period_start: "2026-03-02" }]);

  // Each side's log has its part of the story.
  expect(await here.story("invoice", paid.id)).toEqual([
    "created",
    "received",
    "paid",
    "refunded",
    "moved",
  ]);
  expect(await there.story("invoice", paid.id)).toEqual(["moved"]);
  expect(await here.story("client", clientId)).toContain("moved");
  expect(await there.story("client", clientId)).toEqual(["moved", "statement-requested"]);
  expect(await there.story("quote", quote.id)).toEqual(["moved"]);
  expect(await there.story("project", project.id)).toEqual(["moved"]);

  // The night there has done nothing of what the night here did, and goes on with what came.
  expect((await there.night("2026-03-02")).report).toMatchObject({
    generated: { count: 0 },
    fees: { count: 0 },
    overdue: { count: 0 },
    reminders: { queued: 0, cancelled: 0 },
  });
  clock.set("2026-04-02T02:00:00Z");
  expect((await there.night("2026-04-02")).report).toMatchObject({ generated: { count: 1 } });
  expect((await here.night("2026-04-02")).report).toMatchObject({ generated: { count: 0 } });
});

test("a client that is there already, is nobody's, or may not go there is refused", async () => {
  const moving = await startMoving();
  const { here, there, sql, signUp } = moving;
  const { id } = await here.client();
  const path = `/clients/${id}/move`;
  const same = await here.call("POST", path, { target_company_id: here.companyId });
  expect(same.status).toBe(422);
  expect(same.body).toMatchObject({
    message: "Client is already in this company.",
    data: { message: "Client is already in this company." },
    errors: { target_company_id: ["Client is already in this company."] },
  });
  const toThere = { target_company_id: there.companyId };
  const stranger = await signUp();
  const refusals: [string, unknown, number][] = [
    [path, {}, 422],
    [path, { target_company_id: "x" }, 422],
    [path, { target_company_id: stranger.companyId }, 404],
    [path, { target_company_id: 999_999 }, 404],
    ["/clients/999999/move", toThere, 404],
    ["/clients/999999/move", { target_company_id: here.companyId }, 404],
  ];
  for (const [where, body, status] of refusals) {
    expect({ body, status: (await here.call("POST", where, body)).status }).toEqual({
      body,
      status,
    });
  }
  // Somebody who only looks on there, or here.
  await sql`update company_members set role = 'viewer' where company_id = ${there.companyId}`;
  const viewer = await here.call("POST", path, toThere);
  expect({ status: viewer.status, code: viewer.body.code }).toEqual({
    status: 403,
    code: "role_required",
  });
  await sql`update company_members set role = 'member' where company_id = ${there.companyId}`;
  await sql`update company_members set role = 'viewer' where company_id = ${here.companyId}`;
  moving.clock.set("2026-03-02T10:00:00Z");
  expect((await here.call("POST", path, toThere)).status).toBe(403);
  await sql`update company_members set role = 'owner' where company_id = ${here.companyId}`;
  moving.clock.set("2026-03-02T11:00:00Z");
  const { token } = await here.expectCall(201, "POST", "/api-tokens", { name: "CI" });
  for (const resource of ["clients", "invoices", "projects", "recurring-invoices"]) {
    const reply = await moving.ask("POST", `/api/v1/${resource}/1/move`, { token, body: toThere });
    expect({ status: reply.status, code: reply.body.code }).toEqual({
      status: 403,
      code: "session_required",
    });
  }
  expect((await here.call("POST", path, toThere)).status).toBe(200);
});

test("a client goes into another owner's company only as far as the plan there has room", async () => {
  const { here, sql, signUp, userId, clock } = await startMoving();
  const other = await signUp();
  await sql`
    insert into company_members (company_id, user_id, role) values (${other.companyId}, ${userId}, 'member')
  `;
  const { id: clientId } = await here.client();
  for (let n = 0; n < 4; n += 1) {
    await here.expectCall(201, "POST", "/projects", { client_id: clientId, name: `Project ${n}` });
    await here.expectCall(201, "POST", "/invoices", { client_id: clientId });
  }
  const quote = await here.expectCall(201, "POST", "/quotes", { client_id: clientId });
  await sql`update companies set plan = 'free' where id = ${other.companyId}`;
  const move = async () =>
    await here.call("POST", `/clients/${clientId}/move`, { target_company_id: other.companyId });
  const refused = async () => {
    const reply = await move();
    expect(reply).toMatchObject({ status: 403, body: { upgrade_required: true } });
    return reply.body.message;
  };
  expect(await refused()).toBe("Quotes require a Starter plan. Please upgrade.");
  await here.expectCall(204, "DELETE", `/quotes/${quote.id}`);
  expect(await refused()).toBe(
    "You've reached your free plan limit of 3 projects. Please upgrade.",
  );
  const [project] = await here.expectCall(200, "GET", "/projects");
  await here.expectCall(204, "DELETE", `/projects/${project.id}`);
  await sql`
    insert into invoices (
      company_id, client_id, invoice_number, issue_date, due_date, currency, created_at, updated_at
    )
    select company_id, id, 'X-' || n, '2026-03-01', '2026-03-01', 'USD', '2026-03-01', '2026-03-01'
    from clients, generate_series(1, 2) n
  `;
  expect(await refused()).toBe(
    "You've reached your free plan limit of 5 invoices a month. Please upgrade.",
  );
  // Those of last month do not count.
  await sql`update invoices set created_at = '2026-02-28T23:59:59Z' where invoice_number = 'X-1'`;
  clock.set("2026-03-02T10:00:00Z");
  const path = `/clients/${clientId}/move`;
  await here.expectCall(200, "POST", path, { target_company_id: other.companyId });
});
