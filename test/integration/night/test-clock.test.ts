import { expect, test } from "vitest";
import { setTestAdvance } from "../../../src/db/test-clocks.ts";
import { advanceClock } from "../../../src/jobs/billing/advance-clock.ts";
import { enqueue } from "../../../src/queue/enqueue.ts";
import { openCompany } from "../../support/company.ts";
import { startPlatform } from "../../support/platform.ts";
import { setup } from "../../support/setup.ts";

async function open() {
  const platform = await startPlatform(await setup());
  const company = await openCompany(platform, { testClock: "2026-01-01T00:00:00Z" });
  return { sql: platform.sql, platform, company };
}

test("two runs that were both asked to advance one clock do not wait for each other", async () => {
  const { sql, company } = await open();
  const companyId = company.id;
  const to = new Date("2026-01-03T12:00:00Z");
  const payload = { companyId, to: to.toISOString() };
  const runs = await sql.begin(async (tx) => {
    const first = await enqueue(tx, advanceClock, { ...payload, request: "first" });
    const second = await enqueue(tx, advanceClock, { ...payload, request: "second" });
    await setTestAdvance(tx, companyId, { to, runId: second.runId });
    return [first.runId, second.runId] as const;
  });
  await company.settle(runs[1]);
  expect(await company.get("/test-clock")).toMatchObject({
    status: "ready",
    now: "2026-01-03T12:00:00.000000Z",
  });
  expect(await company.get(`/runs/${runs[0]}`)).toMatchObject({ status: "skipped" });
});

test("a clock whose advance was cancelled is ready to be advanced again", async () => {
  const { sql, company } = await open();
  const runId = await company.accept("/test-clock/advance", { to: "2026-01-02T00:00:00Z" });
  await company.settle(runId);
  await sql`update job_runs set status = 'cancelled' where id = ${runId}`;
  await sql`
    update companies set test_advance_to = '2026-02-01', test_run_id = ${runId}
    where id = ${company.id}
  `;
  expect(await company.get("/test-clock")).toEqual({
    now: "2026-01-02T00:00:00.000000Z",
    status: "ready",
    advance_to: null,
    run_id: null,
  });
  await company.advance("2026-01-03T00:00:00Z");
});

test("the clock is not advanced twice at once, not backwards, and not out of the calendar", async () => {
  const { sql, company } = await open();
  const advance = async (to: string) => await company.try("POST", "/test-clock/advance", { to });
  for (const to of ["2025-12-31T00:00:00Z", "2046-01-01T00:00:00Z", "tomorrow"]) {
    expect(await advance(to)).toMatchObject({
      status: 422,
      json: { errors: { to: [expect.anything()] } },
    });
  }
  const waiting = await sql.begin(async (tx) => {
    // The run cannot open a night before we let the table go.
    await tx`lock table billing_nights in share mode`;
    const first = await advance("2026-01-05T00:00:00Z");
    expect(first.status).toBe(202);
    expect(await advance("2026-01-06T00:00:00Z")).toMatchObject({
      status: 409,
      json: { code: "clock_advancing" },
    });
    expect(await company.get("/test-clock")).toMatchObject({
      status: "advancing",
      advance_to: "2026-01-05T00:00:00.000000Z",
      run_id: first.json.data.id,
    });
    return { runId: first.json.data.id };
  });
  await company.settle(waiting.runId);
  await company.advance("2026-01-06T00:00:00Z");
  expect((await company.list("/nights")).meta.total).toBe(5);
});

test("a company can be given a test clock once, within the years a calendar can be kept in", async () => {
  const { platform, company } = await open();
  expect(await company.try("POST", "/test-clock", { now: "2026-01-01T00:00:00Z" })).toMatchObject({
    status: 409,
  });
  const other = await openCompany(platform);
  expect(await other.try("GET", "/test-clock")).toMatchObject({ status: 404 });
  expect(
    await other.try("POST", "/test-clock/advance", { to: "2026-01-01T00:00:00Z" }),
  ).toMatchObject({ status: 409 });
  for (const now of ["0001-01-01T00:00:00Z", "9999-12-31T23:00:00Z", "next week", 5]) {
    const answer = await other.try("POST", "/test-clock", { now });
    expect(answer).toMatchObject({ status: 422, json: { errors: { now: [expect.anything()] } } });
  }
  expect(await other.try("POST", "/test-clock", { now: "1990-01-01T00:00:00Z" })).toMatchObject({
    status: 201,
  });
});
