import { expect, test } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { findDangling, startMoving } from "./start-moving.ts";

test("a series goes without its client and invoices, and waits, parked, until it has a client", async () => {
  const { here, there, sql, clock } = await startMoving();
  const { id: clientId } = await here.client();
  const service = await here.expectCall(201, "POST", "/services", { name: "Development" });
  const series = await here.expectCall(201, "POST", "/recurring-invoices", {
    client_id: clientId,
    title: "Retainer",
    frequency: "weekly",
    start_date: "2026-03-02",
    line_items: [line("Retainer", 1, 10_000, { service_id: service.id })],
  });
  await here.night("2026-03-02");
  const path = `/recurring-invoices/${series.id}`;
  const target = { target_company_id: there.companyId };
  const moved = await here.expectCall(200, "POST", `${path}/move`, target);
  expect(moved).toMatchObject({
    id: series.id,
    client_id: null,
    status: "active",
    next_generate_date: "2026-03-09",
    occurrences_generated: 1,
    parked_code: "no_client",
  });
  await here.expectCall(404, "GET", path);
  expect(await there.expectCall(200, "GET", path)).toMatchObject({
    client: null,
    invoices: [],
    line_items: [{ service_id: null, description: "Retainer" }],
  });
  expect(await there.expectCall(200, "GET", `${path}/occurrences`)).toMatchObject([
    { outcome: "moved", period_start: "2026-03-02" },
  ]);
  const [invoice] = await here.expectCall(200, "GET", "/invoices");
  expect(invoice).toMatchObject({ recurring_invoice_id: null, period_start: "2026-03-02" });
  expect(await findDangling(sql)).toEqual([]);
  expect(await there.expectCall(200, "GET", "/attention-items")).toMatchObject([
    { kind: "series.parked", title: expect.stringContaining("no client") },
  ]);

  // No night bills it, nobody releases it, until it is given a client.
  expect((await there.night("2026-03-09")).report).toMatchObject({ generated: { count: 0 } });
  expect((await here.night("2026-03-09")).report).toMatchObject({ generated: { count: 0 } });
  const released = await there.call("POST", `${path}/release`, {});
  expect(released).toMatchObject({
    status: 422,
    body: { errors: { client_id: [expect.anything()] } },
  });
  await there.expectCall(409, "POST", `${path}/generate`);
  const pine = await there.client({ name: "Pine & Sons" });
  expect(await there.expectCall(200, "PATCH", path, { client_id: pine.id })).toMatchObject({
    client_id: pine.id,
    parked_at: null,
    parked_code: null,
  });
  expect(await there.expectCall(200, "GET", "/attention-items")).toEqual([]);
  clock.set("2026-03-10T02:00:00Z");
  expect((await there.night("2026-03-10")).report).toMatchObject({
    generated: { count: 1, made_up: 1 },
    parked: { count: 0 },
  });
});

test("a parked series stays parked for its own reason, and a completed one asks for nothing", async () => {
  const { here, there, sql } = await startMoving();
  const { id: clientId } = await here.client();
  const make = async (fields: Record<string, unknown>) =>
    await here.expectCall(201, "POST", "/recurring-invoices", {
      client_id: clientId,
      title: "Retainer",
      frequency: "monthly",
      start_date: "2026-03-02",
      line_items: [line("Retainer", 1, 10_000)],
      ...fields,
    });
  const [empty, once] = [await make({ line_items: [] }), await make({ max_occurrences: 1 })];
  await here.night("2026-03-02");
  const target = { target_company_id: there.companyId };
  const parked = await here.expectCall(200, "POST", `/recurring-invoices/${empty.id}/move`, target);
  expect(parked).toMatchObject({ client_id: null, parked_code: "no_lines" });
  // The item about it goes along, open as it is.
  expect(await here.expectCall(200, "GET", "/attention-items")).toEqual([]);
  expect(await there.expectCall(200, "GET", "/attention-items")).toMatchObject([
    { kind: "series.parked", subject_id: empty.id },
  ]);
  // A night there did not park it.
  expect((await there.night("2026-03-02")).report).toMatchObject({ parked: { count: 0 } });

  const path = `/recurring-invoices/${once.id}`;
  await here.expectCall(200, "POST", `${path}/move`, target);
  expect(await there.expectCall(200, "GET", "/attention-items")).toHaveLength(1);
  const reopened = await there.call("PATCH", path, { max_occurrences: 2 });
  expect(reopened).toMatchObject({
    status: 422,
    body: { errors: { client_id: [expect.anything()] } },
  });
  const { id } = await there.client();
  const both = { max_occurrences: 2, client_id: id };
  expect(await there.expectCall(200, "PATCH", path, both)).toMatchObject({
    status: "active",
    parked_at: null,
  });
  expect(await findDangling(sql)).toEqual([]);
});

test("a project goes with its time, without client and members; timers on it are stopped", async () => {
  const { here, there, sql, userId, clock } = await startMoving();
  const { id: clientId } = await here.client();
  const service = await here.expectCall(201, "POST", "/services", { name: "Development" });
  const project = await here.expectCall(201, "POST", "/projects", {
    client_id: clientId,
    name: "Website",
  });
  await here.expectCall(201, "POST", `/projects/${project.id}/members`, {
    user_id: userId,
    hourly_rate: 9_000,
  });
  const work = { project_id: project.id, service_id: service.id };
  const logged = { ...work, date: "2026-03-02", duration: 3_600, hourly_rate: 12_000 };
  const [billed, open] = [
    await here.expectCall(201, "POST", "/time-entries", logged),
    await here.expectCall(201, "POST", "/time-entries", logged),
  ];
  const invoice = await here.expectCall(201, "POST", "/invoices", { client_id: clientId });
  await here.expectCall(200, "POST", `/invoices/${invoice.id}/import-time`, {
    time_entry_ids: [billed.id],
  });
  const expense = await here.expectCall(201, "POST", "/expenses", {
    project_id: project.id,
    category: "travel_transport",
    amount: 500,
    currency: "USD",
    expense_date: "2026-03-02",
  });
  const timer = await here.expectCall(201, "POST", "/timer/start", work);
  clock.set("2026-03-02T09:30:00Z");
  const path = `/projects/${project.id}`;
  const target = { target_company_id: there.companyId };
  const moved = await here.expectCall(200, "POST", `${path}/move`, target);
  const { tags: _tags, ...answered } = project;
  expect(moved).toEqual({ ...answered, client_id: null, updated_at: moved.updated_at });

  await here.expectCall(404, "GET", path);
  expect(await here.expectCall(200, "GET", "/timer/current")).toBeNull();
  expect(await there.expectCall(200, "GET", path)).toMatchObject({ client: null, members: [] });
  const entries = await there.expectCall(200, "GET", `/time-entries?project_id=${project.id}`);
  expect(entries).toHaveLength(3);
  for (const entry of entries) expect(entry).toMatchObject({ client_id: null, service_id: null });
  const entryOf = async (id: number) => await there.expectCall(200, "GET", `/time-entries/${id}`);
  expect(await entryOf(timer.id)).toMatchObject({ is_running: false, duration: 1_800 });
  // Billed stays billed; the invoice here keeps its line.
  expect(await entryOf(billed.id)).toMatchObject({ is_billed: true, invoice_id: null });
  expect(await entryOf(open.id)).toMatchObject({ is_billed: false });
  expect(await here.expectCall(200, "GET", `/invoices/${invoice.id}`)).toMatchObject({
    total: 12_000,
    line_items: [{ time_entry_id: null, amount: 12_000 }],
  });
  expect(await here.expectCall(200, "GET", `/expenses/${expense.id}`)).toMatchObject({
    project_id: null,
  });
  expect(await here.story("time-entry", timer.id)).toEqual(["started", "created"]);
  expect([
    await here.story("project", project.id),
    await there.story("project", project.id),
  ]).toEqual([["created", "member_added", "moved"], ["moved"]]);
  expect(await findDangling(sql)).toEqual([]);
});

test("tasks go with their project or client, with their time and tags, and keep their order", async () => {
  const { here, there, sql } = await startMoving();
  const { id: clientId } = await here.client();
  const project = await here.expectCall(201, "POST", "/projects", {
    client_id: clientId,
    name: "Website",
  });
  const make = async (fields: Record<string, unknown>) =>
    await here.expectCall(201, "POST", "/tasks", { summary: "Design", tags: ["Print"], ...fields });
  const ofProject = await make({ project_id: project.id });
  const ofClient = await make({ client_id: clientId });
  const stays = await make({});
  const log = async (id: number) =>
    await here.expectCall(201, "POST", `/tasks/${id}/activities`, { duration: 60 });
  const entry = await log(ofProject.id);
  const target = { target_company_id: there.companyId };

  await here.expectCall(200, "POST", `/projects/${project.id}/move`, target);
  expect(await there.expectCall(200, "GET", `/tasks/${ofProject.id}`)).toMatchObject({
    project_id: project.id,
    client_id: null,
    tags: ["Print"],
    time: { duration: 60 },
  });
  const activities = `/tasks/${ofProject.id}/activities`;
  expect(await there.expectCall(200, "GET", activities)).toMatchObject([{ id: entry.id }]);
  await log(ofClient.id);
  await here.expectCall(200, "POST", `/clients/${clientId}/move`, target);
  const ids = async (side: typeof here) =>
    (await side.expectCall(200, "GET", "/tasks")).map(({ id }: { id: number }) => id);
  expect(await ids(there)).toEqual([ofProject.id, ofClient.id]);
  expect(await ids(here)).toEqual([stays.id]);
  expect(await findDangling(sql)).toEqual([]);
});

test("time that leaves with its invoice gives back what it used of a retainer", async () => {
  const { here, there, sql } = await startMoving();
  const { id: clientId } = await here.client();
  await here.expectCall(201, "POST", "/rules", {
    kind: "billing",
    name: "Care plan",
    conditions: [{ field: "client_id", operator: "equals", value: clientId }],
    terms: { type: "retainer", seconds: 3600 },
  });
  const task = await here.expectCall(201, "POST", "/tasks", {
    summary: "Care",
    client_id: clientId,
    hourly_rate: 12_000,
  });
  const bill = async () => {
    await here.expectCall(201, "POST", `/tasks/${task.id}/activities`, { duration: 3600 });
    const { id } = await here.expectCall(201, "POST", "/invoices", { client_id: clientId });
    return await here.expectCall(200, "POST", `/invoices/${id}/import-time`, {
      task_ids: [task.id],
    });
  };
  const covered = await bill();
  expect([covered.total, (await bill()).total]).toEqual([0, 12_000]);
  const target = { target_company_id: there.companyId };
  await here.expectCall(200, "POST", `/invoices/${covered.id}/move`, target);
  expect(await findDangling(sql)).toEqual([]);
  // The task stays: it is the client's, who stays.
  expect(await there.expectCall(200, "GET", "/time-entries")).toMatchObject([
    { task_id: null, invoice_id: covered.id },
  ]);
  expect((await bill()).total).toBe(0);
});
