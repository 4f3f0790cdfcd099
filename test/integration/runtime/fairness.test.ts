import { expect, test } from "vitest";
import { takeTurns } from "../../../src/db/run-feed.ts";
import { done } from "../../../src/jobs/define-job.ts";
import { enqueue, enqueueMany } from "../../../src/queue/enqueue.ts";
import { eventually } from "../../support/eventually.ts";
import { setup } from "../../support/setup.ts";
import { noteJob, reaches, schedule, work } from "./harness.ts";

test("one run of a company does not stand behind nine thousand of another", async () => {
  const context = await setup();
  const startedOf = new Map<number, number>();
  let bigBefore = -1;
  const job = noteJob(async ({ run }) => {
    const company = run.companyId ?? 0;
    startedOf.set(company, (startedOf.get(company) ?? 0) + 1);
    if (company === 2) bigBefore = startedOf.get(1) ?? 0;
    return done();
  });
  await context.sql.begin((tx) =>
    enqueueMany(
      tx,
      job,
      Array.from({ length: 9_000 }, (_, n) => ({ payload: { companyId: 1, n } })),
    ),
  );
  const window = 40;
  await schedule(context, [job], {
    window: { nights: window, notifications: window, webhooks: window, default: window },
  });
  await eventually(async () => {
    const rows = await context.sql`select 1 from run_feed where state = 'handed'`;
    return rows.length === window;
  });
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { companyId: 2, n: 1 }));
  await work(context, [job], {
    concurrency: { nights: 1, notifications: 1, webhooks: 1, default: 5 },
  });
  await reaches(context.sql, runId, "succeeded");
  // Before it: what the queue held already, and what was given to it in the same portion.
  expect(bigBefore).toBeLessThanOrEqual(2 * window);
});

test("companies are served in turn, going on where the last portion ended", async () => {
  const { sql } = await setup();
  const job = noteJob();
  await sql.begin(async (tx) => {
    for (const [companyId, count] of [
      [1, 6],
      [2, 3],
      [3, 1],
    ] as const) {
      const requests = Array.from({ length: count }, (_, n) => ({ payload: { companyId, n } }));
      await enqueueMany(tx, job, requests);
    }
  });
  const served: number[] = [];
  for (let portion = 0; portion < 5; portion += 1) {
    const rows = await takeTurns(sql, {
      queue: "default",
      window: 2,
      afterCompanyId: served.at(-1) ?? -1,
    });
    served.push(...rows.map((row) => row.companyId));
    await sql`delete from run_feed where state = 'handed'`;
  }
  expect(served).toEqual([1, 2, 3, 1, 2, 1, 2, 1, 1, 1]);
});

test("a queue is never given more than its window, by however many schedulers", async () => {
  const { sql } = await setup();
  const job = noteJob();
  await sql.begin((tx) =>
    enqueueMany(
      tx,
      job,
      Array.from({ length: 300 }, (_, n) => ({ payload: { companyId: n % 7, n } })),
    ),
  );
  const portions = await Promise.all(
    Array.from({ length: 4 }, () =>
      takeTurns(sql, { queue: "default", window: 50, afterCompanyId: -1 }),
    ),
  );
  const ids = portions.flat().map((row) => row.runId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(await takeTurns(sql, { queue: "default", window: 50, afterCompanyId: -1 })).toEqual([]);
});
