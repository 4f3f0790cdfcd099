import { expect, test } from "vitest";
import { reorderTaskRows } from "../../../src/db/tasks.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { untilBlocked } from "../../support/blocked.ts";
import { startWork } from "./start-work.ts";

interface Listed {
  id: number;
  task_id: number;
  summary: string;
}

test("a task is made, changed, found, archived and brought back", async () => {
  const { expectCall, expectInvalid, call, project, clientId, userId, colleague } =
    await startWork();
  const first = await expectCall(201, "POST", "/tasks", {
    summary: "Follow up with client",
    tags: [],
  });
  expect(first).toEqual({
    id: expect.any(Number),
    user_id: userId,
    client_id: null,
    project_id: null,
    summary: "Follow up with client",
    notes: null,
    status: "open",
    position: expect.any(Number),
    due_date: null,
    is_billable: true,
    hourly_rate: null,
    completed_at: null,
    is_archived: false,
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
    tags: [],
    client: null,
    project: null,
    time: { duration: 0, billable_duration: 0, unbilled_duration: 0 },
  });
  const free = await project({ billing_method: "non_billable", name: "Favours" });
  const member = await colleague("member");
  const second = await expectCall(201, "POST", "/tasks", {
    summary: "Design",
    notes: "Two drafts",
    project_id: free.id,
    user_id: member.userId,
    due_date: "2026-03-10",
    tags: ["Print"],
  });
  expect(second).toMatchObject({
    client_id: clientId,
    client: { id: clientId, name: "Maple Street Bakery" },
    project: { id: free.id, name: "Favours" },
    is_billable: false,
    tags: ["Print"],
  });
  const other = await expectCall(201, "POST", "/clients", { name: "Oak" });
  const path = `/tasks/${second.id}`;
  await expectInvalid("summary", "POST", "/tasks", { summary: " " });
  await expectInvalid("user_id", "PATCH", path, { user_id: 4711 });
  await expectInvalid("client_id", "PATCH", path, { client_id: other.id });
  await expectInvalid("status", "PATCH", path, { status: "done" });
  await expectInvalid("hourly_rate", "PATCH", path, { hourly_rate: -1 });

  const done = await expectCall(200, "PATCH", path, { status: "completed", notes: "" });
  expect(done).toMatchObject({ notes: null, completed_at: "2026-03-02T09:00:00.000000Z" });
  await expectCall(200, "PUT", path, { status: "completed" });
  expect(await expectCall(200, "PATCH", path, { status: "in_progress" })).toMatchObject({
    completed_at: null,
  });
  await expectCall(200, "PATCH", path, { tags: ["print"] });
  await expectCall(200, "PATCH", path, { tags: [] });
  await expectCall(200, "PATCH", path, { tags: ["Print"] });
  await expectCall(204, "DELETE", path);
  await expectCall(204, "DELETE", path);
  expect(await expectCall(200, "GET", path)).toMatchObject({ is_archived: true });
  const listed = async (query: string) =>
    (await expectCall(200, "GET", `/tasks?${query}`)).map((task: Listed) => task.summary);
  expect(await listed("")).toEqual(["Follow up with client"]);
  expect(await listed("is_archived=true")).toEqual(["Design"]);
  await expectCall(200, "PATCH", path, { is_archived: false });
  expect(await listed("sort=-position")).toEqual(["Design", "Follow up with client"]);
  const tag = (await expectCall(200, "GET", "/tags"))[0];
  for (const query of [
    `client_id=${clientId}`,
    `filter[project_id]=${free.id}`,
    `user_id=${member.userId}`,
    "status=in_progress",
    "is_billable=false",
    "due_from=2026-03-10&due_to=2026-03-10",
    "search=DESIGN",
    `tag_id=${tag.id}`,
  ]) {
    expect([query, await listed(query)]).toEqual([query, ["Design"]]);
  }
  expect(await listed("due_to=2026-03-09")).toEqual([]);
  const late = "from=2026-03-10&to=2026-03-09";
  await expectInvalid("to", "GET", `${path}/activities?${late}`);
  await expectInvalid("to", "GET", `/tasks/invoice-import-candidates?${late}`);
  await expectInvalid("due_to", "GET", "/tasks?due_from=2026-03-10&due_to=2026-03-09");
  const due = "filter[due_from]=2026-03-10&filter[due_to]=2026-03-09";
  await expectInvalid("filter.due_to", "GET", `/tasks?${due}`);
  const page = await call("GET", "/tasks?limit=1&offset=1");
  expect(["x-total-count", "x-offset", "x-limit"].map((name) => page.headers.get(name))).toEqual([
    "2",
    "1",
    "1",
  ]);
  const log = await expectCall(
    200,
    "GET",
    `/activity-log?subject_type=task&subject_id=${second.id}`,
  );
  expect(log.map(({ event }: { event: string }) => event).toReversed()).toEqual([
    "created",
    "completed",
    "updated",
    "reopened",
    "updated",
    "updated",
    "archived",
    "unarchived",
  ]);
});

test("notes of tasks are listed and searched, without tasks that have none", async () => {
  const { expectCall } = await startWork();
  const noted = await expectCall(201, "POST", "/tasks", { summary: "Call", notes: "About paper" });
  await expectCall(201, "POST", "/tasks", { summary: "No notes" });
  await expectCall(201, "POST", "/tasks", { summary: "Print", notes: "On cotton" });
  expect(await expectCall(200, "GET", "/tasks/notes?search=PAPER")).toEqual([
    {
      task_id: noted.id,
      summary: "Call",
      status: "open",
      client_id: null,
      project_id: null,
      notes: "About paper",
      updated_at: "2026-03-02T09:00:00.000000Z",
    },
  ]);
  const all = await expectCall(200, "GET", "/tasks/notes?sort=summary");
  expect(all.map((note: Listed) => note.summary)).toEqual(["Call", "Print"]);
});

test("thousands of tasks are reordered with one statement, the others stay, two at once leave an order", async () => {
  const { sql, clock, companyId, expectCall, expectInvalid } = await startWork();
  await sql`
    insert into tasks (company_id, summary, is_billable, created_at, updated_at)
    select ${companyId}, 'Task ' || n, true, now(), now() from generate_series(1, 5000) as n
  `;
  const order = async (): Promise<number[]> =>
    (await sql<{ id: number }[]>`select id from tasks order by position`).map(({ id }) => id);
  const ids = await order();
  // The first stays first, the last one last.
  const wanted = ids.slice(1, -1).toReversed();
  const written = async (): Promise<bigint> => {
    const [row] = await sql<{ count: bigint }[]>`
      select count(*) as count from events where type = 'tasks.reordered'
    `;
    return row!.count;
  };
  expect(await expectCall(200, "PATCH", "/tasks/reorder", { task_ids: wanted })).toEqual({
    moved: 4998,
  });
  const reordered = [ids[0], ...wanted, ids.at(-1)];
  expect(await order()).toEqual(reordered);
  expect(await written()).toBe(1n);
  expect(await expectCall(200, "PATCH", "/tasks/reorder", { task_ids: wanted })).toEqual({
    moved: 0,
  });
  expect(await written()).toBe(1n);

  const unknown = { task_ids: [ids[3], 999_999_999, ids[2]] };
  await expectInvalid("task_ids.1", "PATCH", "/tasks/reorder", unknown);
  await expectInvalid("task_ids", "PATCH", "/tasks/reorder", { task_ids: [ids[1], ids[1]] });
  await expectInvalid("task_ids", "PATCH", "/tasks/reorder", { task_ids: [] });
  expect(await order()).toEqual(reordered);

  const some = ids.slice(100, 140);
  await Promise.all(
    [some, some.toReversed(), ids.slice(120, 160).toReversed()].map(
      async (task_ids) => await expectCall(200, "PATCH", "/tasks/reorder", { task_ids }),
    ),
  );
  const [row] = await sql<{ places: number; tasks: number }[]>`
    select count(distinct position)::int as places, count(*)::int as tasks from tasks
  `;
  expect(row).toEqual({ places: 5000, tasks: 5000 });

  // Who waits for another's order exchanges the places that this one leaves, not those of before.
  const [a = 0, b = 0, c = 0] = await order();
  let waiting: Promise<unknown> | undefined;
  await inTransaction(sql, async (tx) => {
    await reorderTaskRows(tx, { companyId, ids: [c, a, b], now: clock.now() });
    waiting = expectCall(200, "PATCH", "/tasks/reorder", { task_ids: [a, c, b] });
    await untilBlocked(sql);
  });
  expect(await waiting).toEqual({ moved: 2 });
  expect((await order()).slice(0, 3)).toEqual([a, c, b]);
});

test("time on a task takes client, project, rate and billing from it, and is a time entry like any other", async () => {
  const { expectCall, expectInvalid, call, project, clientId, serviceId, colleague, worked } =
    await startWork();
  const { id: projectId } = await project({ hourly_rate: 9_000 });
  const task = await expectCall(201, "POST", "/tasks", {
    summary: "Design",
    project_id: projectId,
    hourly_rate: 12_000,
  });
  const path = `/tasks/${task.id}/activities`;
  const activity = await expectCall(201, "POST", path, { duration: 1800, notes: "Sketches" });
  expect(activity).toMatchObject({
    task_id: task.id,
    project_id: projectId,
    client_id: clientId,
    service_id: null,
    date: "2026-03-02",
    hourly_rate: 12_000,
    is_billable: true,
    calculated_amount: 6_000,
  });
  expect(await expectCall(200, "GET", `/time-entries/${activity.id}`)).toEqual(activity);
  expect(await expectCall(200, "GET", `${path}/${activity.id}`)).toEqual(activity);
  const changed = await expectCall(200, "PATCH", `${path}/${activity.id}`, {
    duration: 3600,
    service_id: serviceId,
    is_billable: false,
  });
  expect(changed).toMatchObject({ duration: 3600, task_id: task.id, is_billable: false });
  const linked = await worked({ project_id: projectId, task_id: task.id, hourly_rate: null });
  expect(linked).toMatchObject({ task_id: task.id, hourly_rate: 12_000 });
  const timer = await expectCall(201, "POST", "/timer/start", { task_id: task.id });
  expect(timer).toMatchObject({ task_id: task.id, project_id: projectId, client_id: clientId });
  await expectCall(200, "PUT", "/timer/stop");
  const listed = await expectCall(200, "GET", `${path}?sort=id&is_running=false`);
  expect(listed.map((entry: Listed) => entry.id)).toEqual([activity.id, linked.id, timer.id]);
  expect(await expectCall(200, "GET", `/time-entries?task_id=${task.id}`)).toHaveLength(3);
  expect(await expectCall(200, "GET", `/tasks/${task.id}`)).toMatchObject({
    time: { duration: 7200, billable_duration: 3600, unbilled_duration: 3600 },
  });

  // What does not fit the task, or is none of it.
  const elsewhere = await project({ name: "Elsewhere" });
  const entry = { service_id: serviceId, date: "2026-03-02", duration: 60, task_id: task.id };
  await expectInvalid("task_id", "POST", "/time-entries", { ...entry, project_id: elsewhere.id });
  await expectInvalid("duration", "POST", path, { notes: "?" });
  await expectInvalid("project_id", "POST", path, { duration: 60, project_id: projectId });
  const other = await worked();
  await expectCall(404, "GET", `${path}/${other.id}`);
  await expectCall(404, "PATCH", `${path}/${other.id}`, { duration: 1 });
  await expectCall(404, "DELETE", `${path}/${other.id}`);
  await expectCall(404, "GET", "/tasks/4711/activities");
  await expectCall(404, "POST", "/tasks/4711/activities", { duration: 1 });
  const member = await colleague("member");
  const asMember = { token: member.token };
  expect((await call("PATCH", `${path}/${linked.id}`, { duration: 1 }, asMember)).status).toBe(403);
  expect((await call("POST", path, { duration: 1 }, asMember)).status).toBe(201);

  await expectCall(204, "DELETE", `/tasks/${task.id}`);
  const refused = await call("POST", path, { duration: 60 });
  expect(refused).toMatchObject({ status: 409, body: { code: "task_archived" } });
  await expectInvalid("task_id", "POST", "/time-entries", { ...entry, project_id: projectId });
  // What was worked before can still be put right, and taken away.
  await expectCall(200, "PATCH", `/time-entries/${linked.id}`, { duration: 60 });
  await expectCall(204, "DELETE", `${path}/${activity.id}`);
});

test("tasks are billed entry by entry, on one invoice only, and again when it is voided", async () => {
  const work = await startWork();
  const { expectCall, expectInvalid, call, draft, project, clientId, tokenWith, worked } = work;
  const { id: projectId } = await project();
  const task = async (summary: string) =>
    await expectCall(201, "POST", "/tasks", { summary, project_id: projectId, hourly_rate: 6_000 });
  const [design, print] = [await task("Design"), await task("Print")];
  const log = async (of: { id: number }, body: object) =>
    await expectCall(201, "POST", `/tasks/${of.id}/activities`, body);
  await log(design, { duration: 3600, date: "2026-02-28", notes: "Sketches" });
  await log(design, { duration: 1800 });
  await log(design, { duration: 1800, is_billable: false });
  await log(print, { duration: 600 });
  await worked({ project_id: projectId });

  const candidates = "/tasks/invoice-import-candidates";
  expect(await expectCall(200, "GET", `${candidates}?client_id=${clientId}&to=2026-03-02`)).toEqual(
    [
      {
        task_id: design.id,
        summary: "Design",
        project_id: projectId,
        client_id: clientId,
        time: {
          entries: 2,
          duration: 5400,
          amount: 9_000,
          currency: "USD",
          first_date: "2026-02-28",
          last_date: "2026-03-02",
        },
      },
      expect.objectContaining({ task_id: print.id }),
    ],
  );
  expect(await expectCall(200, "GET", `${candidates}?to=2026-02-28`)).toHaveLength(1);
  const blind = await call("GET", candidates, undefined, {
    token: await tokenWith(["tasks:read"]),
  });
  expect(blind.body.data[0]).not.toHaveProperty("time");

  const body = { task_ids: [design.id, print.id] };
  const invoices = [await draft({ line_items: [] }), await draft({ line_items: [] })];
  const replies = await Promise.all(
    invoices.map(async ({ id }) => await call("POST", `/invoices/${id}/import-time`, body)),
  );
  expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 422]);
  const { data } = replies.find(({ status }) => status === 200)!.body;
  expect(data.total).toBe(10_000);
  expect(data.line_items).toMatchObject([
    { description: "Design: Sketches (2026-02-28)", quantity: 1, amount: 6_000 },
    { description: "Design (2026-03-02)", quantity: 0.5, amount: 3_000 },
    { description: "Print (2026-03-02)", quantity: 0.1667, amount: 1_000 },
  ]);
  expect(await expectCall(200, "GET", candidates)).toEqual([]);
  const pack = await expectCall(200, "GET", `/proof-packs?invoiceId=${data.id}`);
  expect(pack.parts.tasks).toMatchObject([{ summary: "Design" }, { summary: "Print" }]);

  const spare = await draft({ line_items: [] });
  const path = `/invoices/${spare.id}/import-time`;
  await expectInvalid("task_ids.0", "POST", path, body);
  await expectInvalid("task_ids.0", "POST", path, { task_ids: [4711] });
  await expectInvalid("task_ids", "POST", path, { task_ids: [print.id, print.id] });
  await expectCall(200, "POST", `/invoices/${data.id}/void`);
  expect(await expectCall(200, "GET", candidates)).toHaveLength(2);
  expect(await expectCall(200, "POST", path, { task_ids: [print.id] })).toMatchObject({
    total: 1_000,
  });
  const { id: otherClient } = await expectCall(201, "POST", "/clients", { name: "Oak" });
  const theirs = await draft({ client_id: otherClient });
  await expectInvalid("task_ids.0", "POST", `/invoices/${theirs.id}/import-time`, {
    task_ids: [design.id],
  });
  await work.sql`
    insert into time_entries (
      company_id, user_id, client_id, task_id, date, duration, hourly_rate, created_at, updated_at
    )
    select ${work.companyId}, ${work.userId}, ${clientId}, ${design.id}, '2026-03-02', 60, 100, now(), now()
    from generate_series(1, 501)
  `;
  await expectInvalid("task_ids", "POST", path, { task_ids: [design.id] });
  const token = await tokenWith([
    "invoices:read",
    "invoices:write",
    "time-entries:read",
    "time-entries:write",
  ]);
  const refused = await call("POST", path, { task_ids: [design.id] }, { token });
  expect(refused).toMatchObject({ status: 403, body: { scope: "tasks:read" } });
});

test("a token sees of a task what its scopes say, and asks for time by either name", async () => {
  const { expectCall, call, tokenWith, project } = await startWork();
  const { id } = await expectCall(201, "POST", "/tasks", {
    summary: "Design",
    project_id: (await project()).id,
    tags: ["Print"],
  });
  const seen = async (scopes: string[]) => {
    const token = await tokenWith(["tasks:read", ...scopes]);
    const { data } = (await call("GET", `/tasks/${id}`, undefined, { token })).body;
    return ["client", "project", "tags", "time"].filter((key) => key in data);
  };
  expect(await seen([])).toEqual([]);
  expect(await seen(["clients:read"])).toEqual(["client"]);
  expect(await seen(["projects:read", "tags:read"])).toEqual(["project", "tags"]);
  expect(await seen(["time-entries:read"])).toEqual(["time"]);

  const { token, scopes } = await expectCall(201, "POST", "/api-tokens", {
    name: "Script",
    scopes: ["tasks:read", "tasks:write", "time:read", "time:write", "tags:read"],
  });
  expect(scopes).toContain("time-entries:write");
  const ask = { token };
  const logged = await call("POST", `/tasks/${id}/activities`, { duration: 60 }, ask);
  expect(logged.status).toBe(201);
  const tagged = await call("PUT", `/tasks/${id}`, { tags: ["Print", "New"] }, ask);
  expect(tagged).toMatchObject({ status: 403, body: { scope: "tags:write" } });
  const own = { token: await tokenWith(["tasks:read", "tasks:write"]) };
  const untagged = await call("POST", "/tasks", { summary: "x", tags: ["Print"] }, own);
  expect(untagged).toMatchObject({ status: 403, body: { scope: "tags:read" } });
  const activities = await call("GET", `/tasks/${id}/activities`, undefined, own);
  expect(activities).toMatchObject({ status: 403, body: { scope: "time-entries:read" } });
});
