import { expect, test } from "vitest";
import { joinInvoicing } from "../invoices/start-invoicing.ts";
import { startWork } from "./start-work.ts";

test("a project is made, read with its client and members, changed and deleted", async () => {
  const { expectCall, clientId, userId, email } = await startWork();
  const made = await expectCall(201, "POST", "/projects", {
    client_id: String(clientId),
    name: "Website",
    billing_method: "hourly",
    hourly_rate: 14_351,
    budget_hours: 12.5,
    budget_amount: 300_000,
    start_date: "2026-04-05T19:38:15",
    end_date: "2026-05-01",
  });
  expect(made).toEqual({
    id: made.id,
    client_id: clientId,
    name: "Website",
    status: "active",
    is_archived: false,
    billing_method: "hourly",
    hourly_rate: 14_351,
    budget_hours: 12.5,
    budget_amount: 300_000,
    budget_period: null,
    start_date: "2026-04-05",
    end_date: "2026-05-01",
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
    tags: [],
  });
  const path = `/projects/${made.id}`;
  await expectCall(201, "POST", `${path}/members`, { user_id: userId, hourly_rate: 9000 });
  expect(await expectCall(200, "GET", path)).toMatchObject({
    ...made,
    client: { id: clientId, name: "Maple Street Bakery" },
    members: [{ id: userId, email, hourly_rate: 9000 }],
  });

  const changed = await expectCall(200, "PATCH", path, {
    name: "Web shop",
    hourly_rate: null,
    end_date: null,
  });
  expect(changed).toMatchObject({ name: "Web shop", hourly_rate: null, end_date: null });
  expect(changed).toMatchObject({ budget_hours: 12.5, start_date: "2026-04-05" });
  await expectCall(204, "DELETE", path);
  await expectCall(404, "GET", path);
  await expectCall(404, "PUT", path, { name: "x" });
  const log = await expectCall(
    200,
    "GET",
    `/activity-log?subject_type=project&subject_id=${made.id}`,
  );
  expect(log.map((entry: { event: string }) => entry.event)).toEqual([
    "deleted",
    "updated",
    "member_added",
    "created",
  ]);
});

test("each limit of the contract is kept", async () => {
  const { call, expectInvalid, expectCall, clientId, project } = await startWork();
  const wrong: Record<string, unknown> = {
    client_id: "x",
    name: "x".repeat(256),
    status: "paused",
    billing_method: "barter",
    hourly_rate: -1,
    budget_hours: -0.5,
    budget_amount: 1.5,
    start_date: "2026-02-30",
    end_date: "soon",
    is_archived: "yes",
    colour: "red",
  };
  const reply = await call("POST", "/projects", wrong);
  expect(reply.status).toBe(422);
  expect(Object.keys(reply.body.errors).toSorted()).toEqual(Object.keys(wrong).toSorted());

  const post = { client_id: clientId, name: "x" };
  await expectInvalid("client_id", "POST", "/projects", { ...post, client_id: 4711 });
  const dates = { start_date: "2026-02-02", end_date: "2026-02-01" };
  await expectInvalid("end_date", "POST", "/projects", { ...post, ...dates });
  const { id } = await project({ end_date: "2026-02-01" });
  await expectInvalid("start_date", "PUT", `/projects/${id}`, { start_date: "2026-02-02" });
  await expectCall(200, "PUT", `/projects/${id}`, { start_date: "2026-02-01" });
});

test("lists filter by status, client and name, and count every status beside", async () => {
  const { call, expectCall, project, clientId } = await startWork();
  const other = await expectCall(201, "POST", "/clients", { name: "Other" });
  await project({ name: "Alpha" });
  await project({ name: "Beta", status: "completed" });
  await project({ name: "Gamma", status: "archived" });
  await project({ name: "Alphabet", client_id: other.id, is_archived: true });
  const names = async (query: string) => {
    const reply = await call("GET", `/projects${query}`);
    expect(reply.status).toBe(200);
    expect(reply.body.meta.total).toBe(reply.body.data.length);
    return reply.body.data.map((found: { name: string }) => found.name);
  };
  expect(await names("")).toEqual(["Alpha", "Alphabet", "Beta", "Gamma"]);
  expect(await names("?filter[status]=completed")).toEqual(["Beta"]);
  expect(await names("?status=active&is_archived=false")).toEqual(["Alpha"]);
  expect(await names(`?filter[client_id]=${clientId}&sort=-name`)).toEqual([
    "Gamma",
    "Beta",
    "Alpha",
  ]);
  expect(await names("?search=ALPHA")).toEqual(["Alpha", "Alphabet"]);
  const { body } = await call("GET", "/projects?filter[status]=completed");
  expect(body.meta).toMatchObject({
    status_counts: { active: 2, completed: 1, archived: 1 },
    archived_count: 2,
  });
  const own = await expectCall(200, "GET", `/clients/${other.id}/projects`);
  expect(own).toMatchObject([{ name: "Alphabet" }]);
  await expectCall(404, "GET", "/clients/4711/projects");
});

test("archiving and the status archived go together", async () => {
  const { expectCall, expectInvalid, project } = await startWork();
  const { id } = await project({ status: "completed" });
  const path = `/projects/${id}`;
  const state = async () => {
    const { status, is_archived: isArchived } = await expectCall(200, "GET", path);
    return [status, isArchived];
  };
  await expectCall(204, "POST", `${path}/archive`);
  expect(await state()).toEqual(["completed", true]);
  await expectCall(204, "POST", `${path}/archive`);
  await expectCall(204, "POST", `${path}/unarchive`);
  expect(await state()).toEqual(["completed", false]);

  await expectCall(200, "PATCH", path, { status: "archived" });
  expect(await state()).toEqual(["archived", true]);
  await expectCall(204, "POST", `${path}/unarchive`);
  expect(await state()).toEqual(["active", false]);
  await expectCall(200, "PATCH", path, { status: "archived" });
  await expectCall(200, "PATCH", path, { status: "completed" });
  expect(await state()).toEqual(["completed", false]);
  await expectInvalid("is_archived", "PATCH", path, { status: "archived", is_archived: false });
  await expectCall(404, "POST", "/projects/4711/archive");
  await expectCall(404, "POST", "/projects/4711/unarchive");
});

test("a bulk action counts what it changed and names what is not there", async () => {
  const { expectCall, expectInvalid, project } = await startWork();
  const [a, b] = [await project(), await project({ is_archived: true })];
  const act = async (action: string) =>
    await expectCall(200, "POST", "/projects/bulk-action", { ids: [a.id, b.id, 4711], action });
  expect(await act("archive")).toEqual({ affected: 1, not_found: [4711] });
  expect(await act("unarchive")).toMatchObject({ affected: 2 });
  expect(await act("complete")).toMatchObject({ affected: 2 });
  expect(await act("complete")).toMatchObject({ affected: 0 });
  expect(await act("delete")).toMatchObject({ affected: 2 });
  expect(await act("delete")).toEqual({ affected: 0, not_found: [a.id, b.id, 4711] });
  await expectInvalid("action", "POST", "/projects/bulk-action", { ids: [1], action: "burn" });
});

test("only who belongs to the company works on its projects, each at a rate of their own", async () => {
  const { ask, token, expectCall, expectInvalid, project, colleague, signUp, sql } =
    await startWork();
  const { id } = await project();
  const path = `/projects/${id}/members`;
  const friend = await colleague("member");
  const stranger = await signUp({ company: null });
  const added = await ask("POST", `/api/v1${path}`, {
    token,
    body: { user_id: friend.userId, hourly_rate: 15_000 },
  });
  expect({ status: added.status, body: added.body }).toEqual({
    status: 201,
    body: { message: "Member added." },
  });
  await expectCall(201, "POST", path, { user_id: friend.userId, hourly_rate: 16_000 });
  expect(await expectCall(200, "GET", path)).toEqual([
    { id: friend.userId, name: expect.any(String), email: expect.any(String), hourly_rate: 16_000 },
  ]);
  await expectInvalid("user_id", "POST", path, { user_id: stranger.userId });
  await expectInvalid("hourly_rate", "POST", path, { user_id: friend.userId, hourly_rate: -1 });
  await expectCall(404, "DELETE", `${path}/${stranger.userId}`);
  await expectCall(204, "DELETE", `${path}/${friend.userId}`);
  await expectCall(404, "DELETE", `${path}/${friend.userId}`);

  await expectCall(201, "POST", path, { user_id: friend.userId });
  await sql`delete from company_members where user_id = ${friend.userId}`;
  expect(await expectCall(200, "GET", path)).toEqual([]);
});

test("stats tell billed hours from those still to be billed", async () => {
  const { expectCall, project, worked, call, tokenWith, ask } = await startWork();
  const { id } = await project({ budget_hours: 20, budget_amount: 300_000 });
  await worked({ project_id: id, duration: 4 * 3600, is_billed: true });
  await worked({ project_id: id, duration: 6.5 * 3600 });
  await worked({ project_id: id, duration: 900, is_billable: false });
  await call("POST", "/timer/start", { project_id: id });
  expect(await expectCall(200, "GET", `/projects/${id}/stats`)).toEqual({
    total_hours: 10.75,
    billed_hours: 4,
    unbilled_hours: 6.5,
    budget_hours: 20,
    budget_amount: 300_000,
  });
  await expectCall(404, "GET", "/projects/4711/stats");
  const token = await tokenWith(["projects:read"]);
  const refused = await ask("GET", `/api/v1/projects/${id}/stats`, { token });
  expect(refused).toMatchObject({ status: 403, body: { scope: "time-entries:read" } });
  // Nested details of another resource need its scope.
  const shown = await ask("GET", `/api/v1/projects/${id}`, { token });
  expect(shown.body.data).not.toHaveProperty("client");
});

test("another company's projects are not there", async () => {
  const work = await startWork();
  const { id } = await work.project();
  const other = await joinInvoicing(work);
  await other.expectCall(404, "GET", `/projects/${id}`);
  await other.expectCall(404, "PATCH", `/projects/${id}`, { name: "x" });
  await other.expectCall(404, "DELETE", `/projects/${id}`);
  await other.expectCall(404, "GET", `/projects/${id}/members`);
  await other.expectInvalid("client_id", "POST", "/projects", {
    client_id: work.clientId,
    name: "x",
  });
  const bulk = await other.expectCall(200, "POST", "/projects/bulk-action", {
    ids: [id],
    action: "delete",
  });
  expect(bulk).toEqual({ affected: 0, not_found: [id] });
});
