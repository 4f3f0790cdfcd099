import { expect, test } from "vitest";
import { startWork } from "./start-work.ts";

test("a timer runs from start to stop, and counts whole seconds", async () => {
  const { call, expectCall, clock, project, clientId } = await startWork();
  const { id: projectId } = await project({ hourly_rate: 6000 });
  expect((await call("GET", "/timer/current")).body).toEqual({ data: null });
  const started = await expectCall(201, "POST", "/timer/start", {
    project_id: projectId,
    notes: "Working",
  });
  expect(started).toMatchObject({
    client_id: clientId,
    project_id: projectId,
    service_id: null,
    date: "2026-03-02",
    duration: 0,
    started_at: "2026-03-02T09:00:00.000000Z",
    ended_at: null,
    is_running: true,
    is_billable: true,
    hourly_rate: 6000,
    calculated_amount: 0,
  });
  expect(await expectCall(200, "GET", "/timer/current")).toEqual(started);
  clock.advanceMs(5_400_999);
  const stopped = await expectCall(200, "PUT", "/timer/stop");
  expect(stopped).toMatchObject({
    id: started.id,
    duration: 5400,
    duration_hours: 1.5,
    calculated_amount: 9000,
    ended_at: "2026-03-02T10:30:00.999000Z",
    is_running: false,
  });
  await expectCall(404, "PUT", "/timer/stop");
  expect((await call("GET", "/timer/current")).body).toEqual({ data: null });
});

test("its day is the one where the company is", async () => {
  const { expectCall } = await startWork({ timezone: "Pacific/Honolulu" });
  // 09:00 UTC is 23:00 of the day before.
  expect(await expectCall(201, "POST", "/timer/start", {})).toMatchObject({ date: "2026-03-01" });
});

test("starting another timer stops the first", async () => {
  const { call, expectCall, clock } = await startWork();
  const first = await expectCall(201, "POST", "/timer/start", { notes: "first" });
  clock.advanceMs(60_000);
  const second = await expectCall(201, "POST", "/timer/start", { notes: "second" });
  expect(await expectCall(200, "GET", `/time-entries/${first.id}`)).toMatchObject({
    is_running: false,
    duration: 60,
  });
  expect(await expectCall(200, "GET", "/timer/current")).toMatchObject({ id: second.id });

  // A start that is refused leaves the running one alone.
  const refused = await call("POST", "/timer/start", { project_id: 4711 });
  expect(Object.keys(refused.body.errors)).toEqual(["project_id"]);
  expect(await expectCall(200, "GET", "/timer/current")).toMatchObject({ id: second.id });
});

test("pressed at the same moment, start leaves one timer running", async () => {
  const { call, sql } = await startWork();
  const replies = await Promise.all(
    Array.from({ length: 6 }, async () => await call("POST", "/timer/start", {})),
  );
  expect(replies.map((reply) => reply.status)).toEqual([201, 201, 201, 201, 201, 201]);
  const [row] = await sql`
    select count(*)::int as all, count(*) filter (where is_running)::int as running from time_entries
  `;
  expect(row).toEqual({ all: 6, running: 1 });
});

test("everybody has a timer of their own", async () => {
  const { ask, expectCall, colleague } = await startWork();
  const { token } = await colleague("member");
  const mine = await expectCall(201, "POST", "/timer/start", {});
  const theirs = await ask("POST", "/api/v1/timer/start", { token, body: {} });
  expect(theirs.status).toBe(201);
  expect((await ask("PUT", "/api/v1/timer/stop", { token })).status).toBe(200);
  expect(await expectCall(200, "GET", "/timer/current")).toMatchObject({ id: mine.id });
});

test("a discarded timer leaves nothing, and there need not be one", async () => {
  const { call, expectCall } = await startWork();
  const { id } = await expectCall(201, "POST", "/timer/start", {});
  await expectCall(204, "DELETE", "/timer/discard");
  await expectCall(404, "GET", `/time-entries/${id}`);
  await expectCall(204, "DELETE", "/timer/discard");
  expect((await call("GET", "/time-entries")).body.meta.total).toBe(0);
});

test("while it runs, what it is for may change, and its time may not", async () => {
  const { expectCall, project } = await startWork();
  const { id } = await expectCall(201, "POST", "/timer/start", {});
  const path = `/time-entries/${id}`;
  const { id: projectId, client_id: clientId } = await project();
  expect(
    await expectCall(200, "PATCH", path, { project_id: projectId, notes: "more" }),
  ).toMatchObject({ project_id: projectId, client_id: clientId, is_running: true });
  await expectCall(409, "PATCH", path, { duration: 60 });
  await expectCall(409, "PATCH", path, { date: "2026-03-01" });
  await expectCall(409, "PATCH", path, { is_billed: true });
});

test("a timer at a test company's clock takes that clock", async () => {
  const { expectCall, call } = await startWork();
  await expectCall(201, "POST", "/timer/start", {});
  // The company goes to live in the past of its own timer.
  const clock = await call("POST", "/test-clock", { now: "2026-01-01T00:00:00Z" });
  expect(clock.status).toBeLessThan(300);
  expect(await expectCall(200, "PUT", "/timer/stop")).toMatchObject({ duration: 0 });
  expect(await expectCall(201, "POST", "/timer/start", {})).toMatchObject({
    date: "2026-01-01",
    started_at: "2026-01-01T00:00:00.000000Z",
  });
});
