import { expect, test } from "vitest";
import { joinInvoicing } from "../invoices/start-invoicing.ts";
import { startWork } from "./start-work.ts";

test("an entry says how long somebody worked, for whom and what it comes to", async () => {
  const { expectCall, project, userId, clientId, serviceId } = await startWork();
  const { id: projectId } = await project({ hourly_rate: 15_266 });
  const made = await expectCall(201, "POST", "/time-entries", {
    project_id: projectId,
    service_id: serviceId,
    date: "2026-03-11",
    duration: 5783,
    notes: "API integration",
  });
  // The numbers of the contract's own sample.
  expect(made).toEqual({
    id: made.id,
    user_id: userId,
    client_id: clientId,
    project_id: projectId,
    service_id: serviceId,
    task_id: null,
    date: "2026-03-11",
    duration: 5783,
    started_at: null,
    ended_at: null,
    is_running: false,
    is_billable: true,
    is_billed: false,
    invoice_id: null,
    hourly_rate: 15_266,
    notes: "API integration",
    approval: { status: "pending", at: null, by: null, reason: null },
    calculated_amount: 24_523,
    duration_hours: 1.61,
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
  });
  const path = `/time-entries/${made.id}`;
  expect(await expectCall(200, "GET", path)).toEqual(made);
  const changed = await expectCall(200, "PATCH", path, { duration: 3600, is_billable: false });
  expect(changed).toMatchObject({
    duration_hours: 1,
    calculated_amount: 15_266,
    notes: made.notes,
  });
  await expectCall(204, "DELETE", path);
  await expectCall(404, "GET", path);
  await expectCall(404, "PATCH", path, { duration: 1 });
  const log = await expectCall(
    200,
    "GET",
    `/activity-log?subject_type=time-entry&subject_id=${made.id}`,
  );
  expect(log.map((entry: { event: string }) => entry.event)).toEqual([
    "deleted",
    "updated",
    "created",
  ]);
});

test("each limit of the contract is kept, and the timer's keys are not taken", async () => {
  const { call, expectCall, expectInvalid, worked, project, serviceId, sql } = await startWork();
  const wrong: Record<string, unknown> = {
    client_id: 0,
    project_id: null,
    service_id: "x",
    date: "2026-13-01",
    duration: -1,
    is_billable: 1,
    is_billed: "no",
    hourly_rate: -5,
    notes: "x".repeat(2001),
    started_at: "2026-03-01T00:00:00Z",
    ended_at: "2026-03-01T00:00:00Z",
    is_running: true,
  };
  const reply = await call("POST", "/time-entries", wrong);
  expect(reply.status).toBe(422);
  expect(Object.keys(reply.body.errors).toSorted()).toEqual(Object.keys(wrong).toSorted());

  const entry = await worked();
  const { id: _id, ...good } = {
    id: 0,
    project_id: (await project()).id,
    service_id: serviceId,
    date: "2026-03-02",
    duration: 60,
  };
  for (const [field, value] of Object.entries({
    project_id: 4711,
    service_id: 4711,
    client_id: 4711,
    duration: 1.5,
  })) {
    await expectInvalid(field, "POST", "/time-entries", { ...good, [field]: value });
    await expectInvalid(field, "PUT", `/time-entries/${entry.id}`, { ...good, [field]: value });
  }
  await expectInvalid("hourly_rate", "POST", "/time-entries", {
    ...good,
    duration: 7200,
    hourly_rate: 999_999_999_999_999,
  });
  // PUT says everything, PATCH what changes.
  await expectInvalid("duration", "PUT", `/time-entries/${entry.id}`, {
    ...good,
    duration: undefined,
  });
  await expectCall(200, "PUT", `/time-entries/${entry.id}`, good);
  // What is so already is no change, and nobody is told of one.
  const told = await sql`select from events where type = 'time_entry.updated'`;
  await expectCall(200, "PUT", `/time-entries/${entry.id}`, good);
  await expectCall(200, "PATCH", `/time-entries/${entry.id}`, { duration: 60 });
  expect(await sql`select from events where type = 'time_entry.updated'`).toHaveLength(told.length);
});

test("a rate is the project's, else the service's, else one's own there, else the company's", async () => {
  const { call, expectCall, project, userId, serviceId } = await startWork();
  const { id: projectId } = await project();
  const resolved = async () => {
    const query = `project_id=${projectId}&service_id=${serviceId}`;
    return (await call("GET", `/time-entries/resolve-rate?${query}`)).body;
  };
  const logged = async () =>
    (
      await expectCall(201, "POST", "/time-entries", {
        project_id: projectId,
        service_id: serviceId,
        date: "2026-03-02",
        duration: 3600,
      })
    ).hourly_rate;
  const expectRate = async (rate: number | null, source: string | null) => {
    expect(await resolved()).toEqual({ rate, source });
    expect(await logged()).toBe(rate);
  };
  await expectRate(null, null);
  const settings = await call("PUT", "/settings", { default_hourly_rate: 5000 });
  expect(settings.status).toBe(200);
  await expectRate(5000, "company");
  await expectCall(201, "POST", `/projects/${projectId}/members`, {
    user_id: userId,
    hourly_rate: 6000,
  });
  await expectRate(6000, "member");
  await expectCall(200, "PATCH", `/services/${serviceId}`, { default_rate: 7000 });
  await expectRate(7000, "service");
  await expectCall(200, "PATCH", `/projects/${projectId}`, { hourly_rate: 0 });
  await expectRate(0, "project");
  expect((await call("GET", "/time-entries/resolve-rate")).body).toEqual({
    rate: 5000,
    source: "company",
  });
  await expectCall(404, "GET", "/time-entries/resolve-rate?project_id=4711");
  await expectCall(404, "GET", "/time-entries/resolve-rate?service_id=4711");
});

test("a rate once resolved stays until it is asked for anew", async () => {
  const { expectCall, project, worked } = await startWork();
  const { id: projectId } = await project({ hourly_rate: 100 });
  const { id } = await worked({ project_id: projectId, hourly_rate: null });
  await expectCall(200, "PATCH", `/projects/${projectId}`, { hourly_rate: 200 });
  const path = `/time-entries/${id}`;
  expect(await expectCall(200, "PATCH", path, { duration: 60 })).toMatchObject({
    hourly_rate: 100,
  });
  expect(await expectCall(200, "PATCH", path, { hourly_rate: null })).toMatchObject({
    hourly_rate: 200,
  });
});

test("time that had no rate gets none by other words, and its approval stays; on another project it gets that one's", async () => {
  const { call, expectCall, project, worked } = await startWork();
  const { id } = await worked({ hourly_rate: null });
  await expectCall(200, "POST", `/time-entries/${id}/approve`);
  expect((await call("PUT", "/settings", { default_hourly_rate: 5_000 })).status).toBe(200);
  const path = `/time-entries/${id}`;
  expect(await expectCall(200, "PATCH", path, { notes: "with the printer" })).toMatchObject({
    hourly_rate: null,
    approval: { status: "approved" },
  });
  const { id: projectId } = await project({ hourly_rate: 100 });
  expect(await expectCall(200, "PATCH", path, { project_id: projectId })).toMatchObject({
    hourly_rate: 100,
    approval: { status: "pending" },
  });
});

test("an entry is for the project's client, and time on a project that is not billable is not", async () => {
  const { expectCall, expectInvalid, project, worked, clientId } = await startWork();
  const other = await expectCall(201, "POST", "/clients", { name: "Other" });
  const mine = await project();
  const theirs = await project({ client_id: other.id, billing_method: "non_billable" });
  const entry = await worked({ project_id: mine.id });
  expect(entry).toMatchObject({ client_id: clientId, is_billable: true });
  expect(await worked({ project_id: theirs.id })).toMatchObject({
    client_id: other.id,
    is_billable: false,
  });
  const path = `/time-entries/${entry.id}`;
  await expectInvalid("client_id", "PATCH", path, { client_id: other.id });
  // Another project brings its own client.
  expect(await expectCall(200, "PATCH", path, { project_id: theirs.id })).toMatchObject({
    client_id: other.id,
    is_billable: true,
  });
  // A deleted project stays on the entries that name it, and nobody else can name it.
  await expectCall(204, "DELETE", `/projects/${theirs.id}`);
  await expectCall(200, "PATCH", path, { notes: "late" });
  await expectInvalid("project_id", "PATCH", `/time-entries/${(await worked()).id}`, {
    project_id: theirs.id,
  });
});

test("lists filter by who, what and when, latest day first, and sum up the time", async () => {
  const { call, expectCall, expectInvalid, worked, project, userId, clientId } = await startWork();
  const { id: projectId } = await project();
  const a = await worked({ project_id: projectId, date: "2026-03-01", notes: "Kick-off" });
  const b = await worked({ project_id: projectId, date: "2026-03-03", is_billable: false });
  const c = await worked({ date: "2026-03-02", is_billed: true, duration: 60 });
  await call("POST", "/timer/start", { project_id: projectId });
  const { id: running } = await expectCall(200, "GET", "/timer/current");
  const ids = async (path: string) => {
    const reply = await call("GET", path);
    expect([path, reply.status]).toEqual([path, 200]);
    expect(reply.body.meta.total).toBe(reply.body.data.length);
    return reply.body.data.map((entry: { id: number }) => entry.id);
  };
  expect(await ids("/time-entries")).toEqual([b.id, running, c.id, a.id]);
  expect(await ids("/time-entries?sort=duration&is_running=0")).toEqual([c.id, a.id, b.id]);
  expect(await ids(`/time-entries?project_id=${projectId}&filter[to]=2026-03-01`)).toEqual([a.id]);
  expect(await ids("/time-entries?from=2026-03-02&to=2026-03-02&is_billed=true")).toEqual([c.id]);
  expect(await ids("/time-entries?filter[is_billable]=false")).toEqual([b.id]);
  expect(await ids("/time-entries?search=kick")).toEqual([a.id]);
  expect(await ids(`/time-entries?user_id=${userId}&client_id=${clientId}`)).toHaveLength(4);
  expect(await ids("/time-entries/unbilled")).toEqual([a.id]);
  expect(await ids("/time-entries/unbilled?from=2026-03-02")).toEqual([]);
  const { body } = await call("GET", "/time-entries?per_page=1");
  expect(body.meta).toMatchObject({ total: 4, last_page: 4, total_duration: 7260 });
  const wrong = await call("GET", "/time-entries?from=yesterday&filter[mood]=good");
  expect(Object.keys(wrong.body.errors)).toEqual(["from", "filter.mood"]);
  await expectInvalid("filter.to", "GET", "/time-entries?from=2026-03-02&filter[to]=2026-03-01");
});

test("a client's stats have the hours worked for it", async () => {
  const { expectCall, worked, clientId, tokenWith, ask } = await startWork();
  await worked({ duration: 9 * 3600 });
  await worked({ duration: 3.5 * 3600, is_billable: false });
  const stats = await expectCall(200, "GET", `/clients/${clientId}/stats`);
  expect(stats).toMatchObject({ total_hours: 12.5 });
  const token = await tokenWith(["clients:read", "invoices:read"]);
  const shown = await ask("GET", `/api/v1/clients/${clientId}/stats`, { token });
  expect(shown.status).toBe(200);
  expect(shown.body.data).not.toHaveProperty("total_hours");
});

test("fifty entries are written at once, all or none", async () => {
  const { expectCall, expectInvalid, call, project, serviceId } = await startWork();
  const { id: projectId } = await project({ hourly_rate: 100 });
  const entry = { project_id: projectId, service_id: serviceId, date: "2026-03-02", duration: 60 };
  const entries = Array.from({ length: 50 }, (_, index) => ({ ...entry, notes: `${index}` }));
  const made = await expectCall(201, "POST", "/time-entries/bulk", { entries });
  expect(made.map((row: { notes: string }) => row.notes)).toEqual(entries.map((row) => row.notes));
  expect(made[49]).toMatchObject({ hourly_rate: 100, project_id: projectId });

  const path = "/time-entries/bulk";
  await expectInvalid("entries", "POST", path, { entries: [...entries, entry] });
  await expectInvalid("entries", "POST", path, { entries: [] });
  await expectInvalid("entries.1.project_id", "POST", path, {
    entries: [entry, { ...entry, project_id: 4711 }],
  });
  await expectInvalid("entries.0.duration", "POST", path, {
    entries: [{ ...entry, duration: -1 }],
  });
  expect((await call("GET", "/time-entries")).body.meta.total).toBe(50);

  const ids = made.map((row: { id: number }) => row.id);
  await expectInvalid("ids", "DELETE", path, { ids: Array.from({ length: 101 }, (_, n) => n + 1) });
  await expectCall(204, "DELETE", path, { ids: [...ids.slice(0, 49), 4711] });
  expect((await call("GET", "/time-entries")).body.meta.total).toBe(1);
});

test("only who worked, or an admin, changes an entry; in bulk everybody deletes their own", async () => {
  const { ask, worked, colleague, expectCall } = await startWork();
  const entry = await worked();
  const [member, admin] = [await colleague("member"), await colleague("admin")];
  const as = async (token: string, method: string, path: string, body?: unknown) =>
    (await ask(method, `/api/v1/time-entries${path}`, { token, body })).status;
  expect(await as(member.token, "GET", `/${entry.id}`)).toBe(200);
  expect(await as(member.token, "PATCH", `/${entry.id}`, { duration: 1 })).toBe(403);
  expect(await as(member.token, "DELETE", `/${entry.id}`)).toBe(403);
  expect(await as(member.token, "DELETE", "/bulk", { ids: [entry.id] })).toBe(204);
  expect(await as(admin.token, "DELETE", "/bulk", { ids: [entry.id] })).toBe(204);
  expect(await as(admin.token, "PATCH", `/${entry.id}`, { duration: 1 })).toBe(200);
  // An admin's correction leaves the work with who did it.
  expect(await expectCall(200, "GET", `/time-entries/${entry.id}`)).toMatchObject({
    duration: 1,
    user_id: entry.user_id,
  });
  expect(await as(admin.token, "DELETE", `/${entry.id}`)).toBe(204);
});

test("another company's time is not there", async () => {
  const work = await startWork();
  const { id, project_id: projectId } = await work.worked();
  const other = await joinInvoicing(work);
  const path = `/time-entries/${id}`;
  await other.expectCall(404, "GET", path);
  await other.expectCall(404, "PATCH", path, { duration: 1 });
  await other.expectCall(404, "DELETE", path);
  await other.expectCall(204, "DELETE", "/time-entries/bulk", { ids: [id] });
  await other.expectInvalid("project_id", "POST", "/timer/start", { project_id: projectId });
  const { id: invoiceId } = await other.draft();
  await other.expectInvalid("time_entry_ids.0", "POST", `/invoices/${invoiceId}/import-time`, {
    time_entry_ids: [id],
  });
  expect(await work.expectCall(200, "GET", path)).toMatchObject({ id, is_billed: false });
});
