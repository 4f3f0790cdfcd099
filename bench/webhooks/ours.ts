import { setTimeout as delay } from "node:timers/promises";
import { sealWebhookSecret } from "../../src/actions/webhook-secrets.ts";
import type { Connectors } from "../../src/connectors/contract.ts";
import { createWebhookSecret } from "../../src/connectors/webhook-target/signature.ts";
import { createWebhookTarget } from "../../src/connectors/webhook-target/webhook-target.ts";
import { openDatabase, type Sql } from "../../src/db/client.ts";
import { recordEvents, type NewEvent } from "../../src/db/events.ts";
import { migrate } from "../../src/db/migrate.ts";
import { insertWebhookDeliveries } from "../../src/db/webhook-deliveries.ts";
import { deliverWebhooks, eventNames } from "../../src/jobs/webhooks/deliver.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createLog } from "../../src/platform/log.ts";
import { createMetricsRegistry } from "../../src/platform/metrics.ts";
import { createKeyRing } from "../../src/platform/sealing.ts";
import { createRuntimeMetrics } from "../../src/workers/metrics.ts";
import { startScheduler } from "../../src/workers/scheduler.ts";
import { startWorker } from "../../src/workers/worker.ts";
import type { Receiver } from "./receiver.ts";
import { insertCompany, insertWebhook } from "../../test/support/records.ts";

const EVENTS_PER_TRANSACTION = 500;
/** As many as the bare loop has. */
const WARM_UP = 1_000;
const LOOK_EVERY_MS = 5;
/** When it takes so long, something is broken. */
const STUCK_MS = 60_000;

/** Messages a second. Each is about a record of its own. */
export interface Rates {
  /** From the first transaction that leaves events: followed, written down, and then as below. */
  fromEvent: number;
  /** Of what is written down and owed: looked up, signed, sent, answered, logged. */
  delivering: number;
}

/** Both to the record of the last delivery, one after the other. */
export async function measureOurs(
  databaseUrl: string,
  receiver: Receiver,
  messages: number,
): Promise<Rates> {
  const sql = openDatabase({ url: databaseUrl, connectionsMax: 10, applicationName: "bench-ours" });
  await migrate(sql);
  const companyId = await insertCompany(sql);
  const id = await insertWebhook(sql, companyId, `${receiver.url}/ours`);
  const keys = createKeyRing([{ id: "bench", key: Buffer.alloc(32, 7) }]);
  const sealed = sealWebhookSecret(keys, { companyId, id }, createWebhookSecret());
  await sql`update webhook_endpoints set secret = ${sealed}`;

  const rules = { allowsHttp: true, allowed: [{ address: "127.0.0.0", prefix: 8 }] };
  const webhookTarget = createWebhookTarget({ rules, clock: systemClock });
  const registry = createMetricsRegistry({ withProcessMetrics: false });
  const parts = {
    sql,
    queueUrl: databaseUrl,
    queuePrefix: "bench",
    jobs: [deliverWebhooks],
    clock: systemClock,
    log: createLog({ level: "error", name: "bench" }),
    metrics: createRuntimeMetrics(registry),
  };
  const scheduler = await startScheduler(parts);
  const worker = await startWorker({
    ...parts,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the job reaches for no other
    connectors: {
      connections: { keys, providers: new Map() },
      webhookTarget,
    } as Partial<Connectors> as Connectors,
    storage: {} as never,
  });
  try {
    await leaveEvents(sql, companyId, { from: 1, count: WARM_UP });
    await untilDelivered(sql, WARM_UP);
    const measure = async (begin: () => Promise<void>, wanted: number): Promise<number> => {
      // Who asks the database all the while makes it slower: it is asked once all have come.
      const { come } = await receiver.await(messages);
      const startedAt = performance.now();
      await begin();
      await come;
      await untilDelivered(sql, wanted);
      return (messages * 1_000) / (performance.now() - startedAt);
    };
    let from = WARM_UP + 1;
    const fromEvent = await measure(async () => {
      await leaveEvents(sql, companyId, { from, count: messages });
    }, WARM_UP + messages);
    from += messages;
    await untilNobodyDelivers(sql);
    await oweMessages(sql, companyId, { from, count: messages - 1 });
    if ((await countDelivered(sql)) !== WARM_UP + messages) {
      throw new Error("what was owed was delivered before the clock ran");
    }
    const delivering = await measure(
      async () => {
        // Somebody has to be told of it.
        await leaveEvents(sql, companyId, { from: from + messages, count: 1 });
      },
      WARM_UP + 2 * messages,
    );
    return { fromEvent, delivering };
  } finally {
    await scheduler.stop();
    await worker.stop();
    webhookTarget.close();
    await sql.end();
    registry.clear();
  }
}

async function leaveEvents(
  sql: Sql,
  companyId: number,
  subjects: { from: number; count: number },
): Promise<void> {
  for (const events of eventsAbout(subjects)) {
    await sql.begin((tx) => recordEvents(tx, companyId, events));
  }
}

/** As if whoever was told of these events had been lost: they are written down, and nobody is at them. */
async function oweMessages(
  sql: Sql,
  companyId: number,
  subjects: { from: number; count: number },
): Promise<void> {
  for (const events of eventsAbout(subjects)) {
    await sql.begin(async (tx) => {
      const eventIds = await recordEvents(tx, companyId, events);
      await insertWebhookDeliveries(tx, { eventIds, events: eventNames });
      await tx`delete from event_outbox where event_id = any(${eventIds})`;
    });
  }
}

/** As many at a time as one transaction leaves. */
function* eventsAbout({ from, count }: { from: number; count: number }): Generator<NewEvent[]> {
  for (let left = count; left > 0; left -= EVENTS_PER_TRANSACTION) {
    const first = from + count - left;
    yield Array.from({ length: Math.min(EVENTS_PER_TRANSACTION, left) }, (_, index) => ({
      type: "invoice.paid",
      subjectType: "invoice",
      subjectId: first + index,
      occurredAt: new Date(),
      payload: { invoice_number: "INV-0007", status: "paid", currency: "USD", total: 10_000 },
    }));
  }
}

async function untilDelivered(sql: Sql, wanted: number): Promise<void> {
  const deadline = performance.now() + STUCK_MS;
  while (await isSomethingOwed(sql)) {
    if (performance.now() > deadline) throw new Error("something is owed, and nobody delivers it");
    await delay(LOOK_EVERY_MS);
  }
  const count = await countDelivered(sql);
  if (count !== wanted) throw new Error(`${count} are delivered instead of ${wanted}`);
}

async function isSomethingOwed(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ isOwed: boolean }[]>`
    select
      exists (select from event_outbox)
      or exists (
        select from webhook_endpoints as endpoint
        join webhook_deliveries as delivery using (company_id)
        where delivery.endpoint_id = endpoint.id and delivery.status = 'pending'
      ) as is_owed
  `;
  return row!.isOwed;
}

async function countDelivered(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from webhook_deliveries where status = 'delivered'
  `;
  return row!.count;
}

/** Runs look for more when they have delivered what there was. */
async function untilNobodyDelivers(sql: Sql): Promise<void> {
  const deadline = performance.now() + STUCK_MS;
  for (;;) {
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int as count from job_runs where status in ('queued', 'running', 'retrying')
    `;
    if (row!.count === 0) return;
    if (performance.now() > deadline) throw new Error(`${row!.count} runs do not end`);
    await delay(LOOK_EVERY_MS);
  }
}
