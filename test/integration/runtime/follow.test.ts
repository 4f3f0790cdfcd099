import { expect, test } from "vitest";
import type { Sql } from "../../../src/db/client.ts";
import { recordEvents } from "../../../src/db/events.ts";
import { listAttention } from "../../../src/db/attention.ts";
import { listRuns } from "../../../src/db/runs.ts";
import { done, type FollowTarget } from "../../../src/jobs/define-job.ts";
import { followEvents, retryFollowers } from "../../../src/workers/follow.ts";
import { eventually } from "../../support/eventually.ts";
import { insertCompany } from "../../support/records.ts";
import { setup } from "../../support/setup.ts";
import { noteJob, partsOf, reaches, runtime, schedule, type Note } from "./harness.ts";

async function happen(sql: Sql, companyId: number, types: readonly string[]): Promise<number[]> {
  return await sql.begin((tx) =>
    recordEvents(
      tx,
      companyId,
      types.map((type) => ({ type, subjectType: "invoice", subjectId: 1, occurredAt: new Date() })),
    ),
  );
}

/** Follows paid invoices, for two targets each. */
function follower(name: string, onTargets: (ids: readonly number[]) => void = () => {}) {
  return noteJob(async () => done(), {
    name,
    follows: {
      types: ["invoice.paid"],
      async targets(tx, eventIds): Promise<FollowTarget<Note>[]> {
        onTargets(eventIds);
        return await tx<FollowTarget<Note>[]>`
          select
            events.id as event_id, target, company_id,
            jsonb_build_object('companyId', company_id, 'n', events.id) as payload
          from events cross join (values ('a'), ('b')) as targets (target)
          where events.id = any(${[...eventIds]}::bigint[])
        `;
      },
    },
  });
}

test("each follower gets one run per event and target, and events nobody follows none", async () => {
  const context = await setup();
  const companyId = await insertCompany(context.sql);
  const jobs = [follower("test.follow-one"), follower("test.follow-two")];
  await runtime(context, jobs);
  const [paid] = await happen(context.sql, companyId, ["invoice.paid", "invoice.viewed"]);
  const runs = await eventually(async () => {
    const found = await listRuns(context.sql, { companyId }, { limit: 10 });
    return found.length === 4 ? found : undefined;
  });
  for (const run of runs) {
    await reaches(context.sql, run.id, "succeeded");
    expect(run).toMatchObject({ triggerKind: "event", triggerId: String(paid) });
  }
  expect(await context.sql`select event_id from event_outbox`).toEqual([]);
});

test("a relay that dies before its commit has followed nothing; the next one follows once", async () => {
  const context = await setup();
  const companyId = await insertCompany(context.sql);
  const parts = partsOf(context);
  const dying = follower("test.follow-one", () => {
    throw Object.assign(new Error("killed"), { code: "CONNECTION_CLOSED" });
  });
  await happen(
    context.sql,
    companyId,
    Array.from({ length: 30 }, () => "invoice.paid"),
  );
  const relayOf = (job: ReturnType<typeof follower>) => ({
    sql: context.sql,
    jobs: new Map([[job.name, job]]),
    log: parts.log,
  });
  await expect(followEvents(relayOf(dying))).rejects.toThrow("killed");
  expect(await listRuns(context.sql, {}, { limit: 10 })).toEqual([]);
  // Two at once afterwards: between them they follow each event once.
  const relay = relayOf(follower("test.follow-one"));
  const taken = await Promise.all([followEvents(relay), followEvents(relay)]);
  expect(taken.reduce((sum, count) => sum + count, 0)).toBe(30);
  expect(await listRuns(context.sql, {}, { limit: 100 })).toHaveLength(60);
});

test("a follower that fails is asked again later; the others go on meanwhile", async () => {
  const context = await setup();
  const companyId = await insertCompany(context.sql);
  let isBroken = true;
  const broken = follower("test.follow-badly", () => {
    if (isBroken) throw new Error("a bug in the SQL");
  });
  const jobs = [broken, follower("test.follow-well")];
  await schedule(context, jobs);
  await happen(context.sql, companyId, ["invoice.paid", "invoice.paid"]);
  await eventually(async () => {
    const runs = await listRuns(context.sql, { job: "test.follow-well" }, { limit: 10 });
    return runs.length === 4;
  });
  const failures = await eventually(async () => {
    const rows = await context.sql<{ errorMessage: string }[]>`
      select error_message from event_follow_failures
    `;
    return rows.length === 2 ? rows : undefined;
  });
  expect(failures[0]?.errorMessage).toBe("a bug in the SQL");
  const open = { companyId, isOpen: true, limit: 10 };
  expect(await listAttention(context.sql, open)).toMatchObject([
    {
      kind: "event.not-followed",
      key: "test.follow-badly",
      detail: "invoice.paid: a bug in the SQL",
    },
  ]);
  isBroken = false;
  await context.sql`update event_follow_failures set next_try_at = now()`;
  await eventually(async () => {
    const runs = await listRuns(context.sql, { job: "test.follow-badly" }, { limit: 10 });
    return runs.length === 4;
  });
  expect(await context.sql`select event_id from event_follow_failures`).toEqual([]);
  expect(await listAttention(context.sql, open)).toEqual([]);
});

test("failures of a follower that exists no more are forgotten", async () => {
  const context = await setup();
  const { log } = partsOf(context);
  await context.sql`
    insert into event_follow_failures (event_id, job, next_try_at, error_message)
    values (1, 'test.be-gone', now(), 'gone')
  `;
  expect(await retryFollowers({ sql: context.sql, jobs: new Map(), log })).toBe(1);
  expect(await context.sql`select event_id from event_follow_failures`).toEqual([]);
});
