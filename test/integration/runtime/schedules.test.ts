import { expect, test } from "vitest";
import { listRuns } from "../../../src/db/runs.ts";
import { listSchedules, setSchedulePaused } from "../../../src/db/schedules.ts";
import { declareSchedules, tickSchedules } from "../../../src/workers/schedules.ts";
import { eventually } from "../../support/eventually.ts";
import { setup } from "../../support/setup.ts";
import { noteJob, openQueues, runtime, schedule } from "./harness.ts";

const nightly = noteJob(undefined, { name: "test.run-nightly", schedule: { cron: "0 2 * * *" } });
const jobs = new Map([[nightly.name, nightly]]);

test("D3: a tick has one run, however often and by however many the clock rings", async () => {
  const { sql, clock } = await setup({ now: "2026-03-02T01:00:00Z" });
  await declareSchedules(sql, jobs, clock.now());
  clock.set("2026-03-02T02:00:00Z");
  const ring = () => tickSchedules(sql, jobs, { now: clock.now(), lateMs: 60_000 });
  await Promise.all(Array.from({ length: 8 }, ring));
  for (let hour = 3; hour < 24; hour += 1) {
    clock.advanceMs(3_600_000);
    await ring();
  }
  const runs = await listRuns(sql, { job: nightly.name }, { limit: 10 });
  expect(runs).toMatchObject([
    {
      key: "test.run-nightly/2026-03-02T02:00:00.000Z",
      triggerKind: "schedule",
      triggerId: nightly.name,
    },
  ]);
  expect(await listSchedules(sql)).toMatchObject([
    {
      lastTickAt: new Date("2026-03-02T02:00:00Z"),
      nextTickAt: new Date("2026-03-03T02:00:00Z"),
      lastRunId: runs[0]!.id,
      missedCount: 0,
    },
  ]);
});

test("ticks that passed unheard make one run together, and are reported", async () => {
  const { sql, clock } = await setup({ now: "2026-03-02T01:00:00Z" });
  await declareSchedules(sql, jobs, clock.now());
  clock.set("2026-03-06T09:00:00Z");
  const ticks = await tickSchedules(sql, jobs, { now: clock.now(), lateMs: 60_000 });
  expect(ticks).toMatchObject([{ name: nightly.name, lateMs: 4 * 86_400_000 + 7 * 3_600_000 }]);
  expect(await listRuns(sql, {}, { limit: 10 })).toHaveLength(1);
  expect(await listSchedules(sql)).toMatchObject([
    { missedCount: 1, nextTickAt: new Date("2026-03-07T02:00:00Z") },
  ]);
});

test("two schedulers tick once, by BullMQ's alarm or without it", async () => {
  const context = await setup();
  const secondly = noteJob(undefined, {
    name: "test.run-secondly",
    schedule: { everyMs: 1_000 },
  });
  await runtime(context, [secondly]);
  await schedule(context, [secondly]);
  const countTicks = async (): Promise<number> =>
    (await listRuns(context.sql, {}, { limit: 50 })).length;
  await eventually(async () => (await countTicks()) >= 2);
  // Somebody removes the alarm: the reconciler looks at the rows, too.
  await openQueues(context).setAlarms("clock", []);
  const before = await countTicks();
  await eventually(async () => (await countTicks()) >= before + 2);
  const keys = (await listRuns(context.sql, {}, { limit: 50 })).map((run) => run.key);
  expect(new Set(keys).size).toBe(keys.length);
});

test("a paused schedule does not tick; what it missed is not made up for", async () => {
  const { sql, clock } = await setup({ now: "2026-03-02T01:00:00Z" });
  await declareSchedules(sql, jobs, clock.now());
  expect(await setSchedulePaused(sql, nightly.name, { isPaused: true })).toBe(true);
  clock.set("2026-03-05T09:00:00Z");
  const ring = () => tickSchedules(sql, jobs, { now: clock.now(), lateMs: 60_000 });
  expect(await ring()).toEqual([]);
  await setSchedulePaused(sql, nightly.name, {
    isPaused: false,
    nextTickAt: new Date("2026-03-06T02:00:00Z"),
  });
  expect(await ring()).toEqual([]);
  clock.set("2026-03-06T02:00:00Z");
  expect(await ring()).toHaveLength(1);
  expect(await setSchedulePaused(sql, "no such", { isPaused: true })).toBe(false);
});

test("a new rhythm counts from now on, an old one is kept as it was", async () => {
  const { sql, clock } = await setup({ now: "2026-03-02T01:00:00Z" });
  await declareSchedules(sql, jobs, clock.now());
  clock.set("2026-03-02T03:00:00Z");
  await declareSchedules(sql, jobs, clock.now());
  expect(await listSchedules(sql)).toMatchObject([
    { nextTickAt: new Date("2026-03-02T02:00:00Z") },
  ]);
  const changed = { ...nightly, schedule: { cron: "30 4 * * *" } };
  await declareSchedules(sql, new Map([[changed.name, changed]]), clock.now());
  expect(await listSchedules(sql)).toMatchObject([
    { nextTickAt: new Date("2026-03-02T04:30:00Z") },
  ]);
  await declareSchedules(sql, new Map(), clock.now());
  expect(await listSchedules(sql)).toEqual([]);
});
