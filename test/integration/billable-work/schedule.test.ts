import { expect, test } from "vitest";
import { startWork } from "./start-work.ts";

const visit = {
  title: "Site visit",
  starts_at: "2026-03-10T14:00:00Z",
  ends_at: "2026-03-10T16:00:00Z",
};

test("planned work says when, by whom and for whom; each change leaves an event", async () => {
  const { call, expectCall, project, userId, clientId, colleague } = await startWork({
    timezone: "America/Chicago",
  });
  const { id: projectId } = await project();
  const made = await expectCall(201, "POST", "/schedule", {
    ...visit,
    project_id: projectId,
    notes: "Bring the ladder",
    location: "1 Maple Street",
  });
  expect(made).toEqual({
    id: made.id,
    user_id: userId,
    client_id: clientId,
    project_id: projectId,
    title: "Site visit",
    notes: "Bring the ladder",
    location: "1 Maple Street",
    is_all_day: false,
    starts_at: "2026-03-10T14:00:00.000000Z",
    ends_at: "2026-03-10T16:00:00.000000Z",
    start_date: "2026-03-10",
    end_date: "2026-03-10",
    timezone: "America/Chicago",
    source: "api",
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
  });
  const path = `/schedule/${made.id}`;
  const read = await call("GET", path);
  expect(read.body.data).toEqual(made);

  // As it is: nothing happens, and the record's version stays.
  const same = await call("PATCH", path, { title: "Site visit", ends_at: visit.ends_at });
  expect(same.headers.get("etag")).toBe(read.headers.get("etag"));

  const other = await colleague("viewer");
  const changed = await expectCall(200, "PATCH", path, {
    // Past midnight in Chicago, and not in UTC.
    ends_at: "2026-03-11T06:00:00Z",
    user_id: other.userId,
    notes: "",
  });
  expect(changed).toMatchObject({
    starts_at: made.starts_at,
    end_date: "2026-03-11",
    user_id: other.userId,
    notes: null,
    project_id: projectId,
  });
  // Ends at midnight: the day after is not touched. In another zone it is another day.
  const days = async (body: object) => {
    const { start_date, end_date } = await expectCall(200, "PATCH", path, body);
    return [start_date, end_date];
  };
  expect(await days({ ends_at: "2026-03-11T05:00:00Z" })).toEqual(["2026-03-10", "2026-03-10"]);
  expect(await days({ timezone: "Asia/Tokyo" })).toEqual(["2026-03-10", "2026-03-11"]);

  const whole = { starts_at: "2026-03-28", ends_at: "2026-03-29" };
  expect(await expectCall(200, "PUT", path, { ...whole, title: "Fair" })).toMatchObject({
    title: "Fair",
    is_all_day: true,
    ...whole,
    start_date: "2026-03-28",
    end_date: "2026-03-29",
  });
  const stale = await call("DELETE", path, undefined, {
    headers: { "If-Match": read.headers.get("etag") ?? "" },
  });
  expect(stale.status).toBe(412);
  await expectCall(204, "DELETE", path);
  await expectCall(404, "GET", path);
  await expectCall(404, "PATCH", path, { title: "Gone" });
  await expectCall(404, "DELETE", path);
  const log = await expectCall(
    200,
    "GET",
    `/activity-log?subject_type=schedule-entry&subject_id=${made.id}`,
  );
  const events = log.map(({ event }: { event: string }) => event);
  expect(events).toEqual(["deleted", "updated", "updated", "updated", "updated", "created"]);
  expect(log[1].properties).toMatchObject({ title: "Fair", starts_at: "2026-03-28" });
});

test("what does not fit is refused with its field", async () => {
  const { call, expectCall, expectInvalid, project, clientId, signUp } = await startWork();
  const stranger = await signUp();
  const wrong: Record<string, unknown> = {
    title: "",
    starts_at: "tomorrow",
    ends_at: "2026-02-30",
    timezone: "Mars/Olympus",
    notes: "x".repeat(8_193),
    location: 5,
    user_id: "me",
    client_id: 0,
    project_id: 1.5,
    status: "done",
  };
  const reply = await call("POST", "/schedule", wrong);
  expect(reply.status).toBe(422);
  expect(Object.keys(reply.body.errors).toSorted()).toEqual(Object.keys(wrong).toSorted());

  const bodies: readonly [field: string, body: object][] = [
    ["starts_at", { title: "x", ends_at: visit.ends_at }],
    ["starts_at", { ...visit, starts_at: "2026-03-10T14:00:00" }],
    ["starts_at", { ...visit, starts_at: "0001-01-01T00:00:00Z" }],
    ["ends_at", { ...visit, ends_at: "9999-12-31" }],
    ["ends_at", { ...visit, ends_at: "2026-03-10T13:59:59Z" }],
    ["ends_at", { ...visit, ends_at: "2026-03-10" }],
    ["ends_at", { ...visit, starts_at: "2026-03-10", ends_at: "2026-03-09" }],
    ["user_id", { ...visit, user_id: stranger.userId }],
    ["client_id", { ...visit, client_id: 999_999 }],
    ["project_id", { ...visit, project_id: 999_999 }],
  ];
  for (const [field, body] of bodies) await expectInvalid(field, "POST", "/schedule", body);

  // Another client's project; a project brings its own client.
  const other = await expectCall(201, "POST", "/clients", { name: "Other" });
  const { id: projectId } = await project();
  await expectInvalid("client_id", "POST", "/schedule", {
    ...visit,
    client_id: other.id,
    project_id: projectId,
  });
  const entry = await expectCall(201, "POST", "/schedule", { ...visit, client_id: other.id });
  const path = `/schedule/${entry.id}`;
  const filed = { client_id: null, project_id: projectId };
  expect(await expectCall(200, "PATCH", path, filed)).toMatchObject({
    client_id: clientId,
    project_id: projectId,
  });
  // Half of a change between hours and days.
  await expectInvalid("ends_at", "PATCH", path, { starts_at: "2026-03-10" });
  // A deleted client stays on what has it.
  await expectCall(204, "DELETE", `/projects/${projectId}`);
  await expectCall(200, "PATCH", path, { title: "Another" });
  await expectInvalid("project_id", "POST", "/schedule", { ...visit, project_id: projectId });
});

test("the schedule is filtered by days that are touched, people, clients and words", async () => {
  const { call, expectCall, expectInvalid, clientId, colleague, tokenWith } = await startWork();
  const { userId, token } = await colleague("member");
  const plan = async (title: string, fields: object) =>
    await expectCall(201, "POST", "/schedule", { ...visit, title, user_id: null, ...fields });
  await plan("Long", { starts_at: "2026-03-01", ends_at: "2026-03-31" });
  await plan("Morning", { starts_at: "2026-03-05T08:00:00Z", ends_at: "2026-03-05T09:00:00Z" });
  await plan("Day", { starts_at: "2026-03-05", ends_at: "2026-03-05", client_id: clientId });
  await plan("Evening", { user_id: userId, notes: "at the OFFICE" });

  const titles = async (query: string) => {
    const { body, status } = await call("GET", `/schedule?${query}`);
    expect([status, query]).toEqual([200, query]);
    expect(body.meta.total).toBe(body.data.length);
    return body.data.map(({ title }: { title: string }) => title);
  };
  // Whole days stand before the hours of their day.
  expect(await titles("")).toEqual(["Long", "Day", "Morning", "Evening"]);
  expect(await titles("sort=-starts_at")).toEqual(["Evening", "Morning", "Day", "Long"]);
  expect(await titles("sort=-ends_at")).toEqual(["Long", "Evening", "Day", "Morning"]);
  expect(await titles("from=2026-03-06&to=2026-03-09")).toEqual(["Long"]);
  await expectInvalid("to", "GET", "/schedule?from=2026-03-09&to=2026-03-08");
  await expectInvalid("to", "GET", "/schedule?filter[from]=2026-03-09&to=2026-03-08");
  expect(await titles("filter[from]=2026-03-10&sort=title")).toEqual(["Evening", "Long"]);
  expect(await titles("to=2026-03-05&is_all_day=false")).toEqual(["Morning"]);
  expect(await titles(`client_id=${clientId}`)).toEqual(["Day"]);
  expect(await titles(`filter[user_id]=${userId}`)).toEqual(["Evening"]);
  expect(await titles("search=office")).toEqual(["Evening"]);
  expect(await titles("source=google-calendar")).toEqual([]);
  const page = await call("GET", "/schedule?page=2&per_page=3");
  expect(page.body.meta).toMatchObject({ total: 4, last_page: 2 });
  expect((await call("GET", "/schedule?status=done")).status).toBe(422);

  // A member plans; a token needs its scope.
  expect((await call("POST", "/schedule", visit, { token })).status).toBe(201);
  const reader = await tokenWith(["schedule:read"]);
  expect((await call("GET", "/schedule", undefined, { token: reader })).status).toBe(200);
  const refused = await call("POST", "/schedule", visit, { token: reader });
  expect([refused.status, refused.body.scope]).toEqual([403, "schedule:write"]);
});
