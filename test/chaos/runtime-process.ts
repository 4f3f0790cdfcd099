// A process of the runtime, to be killed: `runtime-process.ts worker|scheduler`, with what it
// stands on in the environment. Says "ready" when it takes work.
import { z } from "zod";
import type { Connectors } from "../../src/connectors/contract.ts";
import { openDatabase } from "../../src/db/client.ts";
import { defineJob, done, type FollowTarget } from "../../src/jobs/define-job.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createLog } from "../../src/platform/log.ts";
import type { FileStorage } from "../../src/platform/storage.ts";
import { createMetricsRegistry } from "../../src/platform/metrics.ts";
import { createRuntimeMetrics } from "../../src/workers/metrics.ts";
import { startScheduler } from "../../src/workers/scheduler.ts";
import { startWorker } from "../../src/workers/worker.ts";

const factSchema = z.object({ companyId: z.int(), fact: z.int() });

/** Has one effect per fact, in the manner of all our jobs: a unique key says whether it is there. */
export const haveEffect = defineJob<z.infer<typeof factSchema>>({
  name: "test.have-effect",
  queue: "default",
  payload: factSchema,
  retry: { attempts: 2, delayMsFirst: 10, delayMsMax: 50 },
  timeoutMs: 30_000,
  follows: {
    types: ["test.happened"],
    targets: async (tx, eventIds) =>
      await tx<FollowTarget<z.infer<typeof factSchema>>[]>`
        select
          id as event_id, 'fact' as target, company_id,
          jsonb_build_object('companyId', company_id, 'fact', subject_id) as payload
        from events where id = any(${[...eventIds]}::bigint[])
      `,
  },
  async run({ sql, run }, { fact }) {
    await sql`select pg_sleep(0.02)`;
    await sql`insert into effects (fact, run_id) values (${fact}, ${run.id}) on conflict do nothing`;
    await sql`select pg_sleep(0.02)`;
    return done();
  },
});

async function start(role: string | undefined): Promise<void> {
  const {
    TEST_DATABASE_URL: url = "",
    TEST_QUEUE_URL: queueUrl = "",
    TEST_PREFIX = "",
  } = process.env;
  const parts = {
    sql: openDatabase({ url, connectionsMax: 10, applicationName: "chaos" }),
    queueUrl,
    queuePrefix: TEST_PREFIX,
    jobs: [haveEffect],
    clock: systemClock,
    log: createLog({ level: "error", name: String(role) }),
    metrics: createRuntimeMetrics(createMetricsRegistry({ withProcessMetrics: false })),
  };
  if (role === "worker") {
    const settings = { leaseMs: 1_500, heartbeatMs: 300 };
    const reaching = { connectors: {} as Connectors, storage: {} as FileStorage };
    await startWorker({ ...parts, ...reaching, settings });
  } else {
    const settings = { reconcileMs: 300, deliveryOverdueMs: 1_000, pollMs: 300, crashesMax: 100 };
    await startScheduler({ ...parts, settings });
  }
  console.log("ready");
}

// Not where a test imports what it does.
if (/\bruntime-process\.[jt]s$/.test(process.argv[1] ?? "")) await start(process.argv[2]);
