import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { sealWebhookSecret } from "../../../src/actions/webhook-secrets.ts";
import { takeWebhookTurn } from "../../../src/actions/webhook-turns.ts";
import { createWebhookSecret } from "../../../src/connectors/webhook-target/signature.ts";
import { recordEvent } from "../../../src/db/events.ts";
import type { JobContext } from "../../../src/jobs/define-job.ts";
import { deliverWebhooks } from "../../../src/jobs/webhooks/deliver.ts";
import { systemClock as clock } from "../../../src/platform/clock.ts";
import { LeaseLost, RunCancelled } from "../../../src/workers/stop-reasons.ts";
import { openTestProviders } from "../../support/providers.ts";
import { insertCompany, insertWebhook } from "../../support/records.ts";
import { setup } from "../../support/setup.ts";
import { startWebhookReceiver } from "../../support/webhook-receiver.ts";

test("a run that is stopped gives its turn back, but for one that another worker has taken over", async () => {
  const base = await setup();
  const { sql } = base;
  const connectors = openTestProviders();
  base.defer(() => connectors.closeProviders());
  const receiver = await startWebhookReceiver(base);
  receiver.answer(() => "later");
  const companyId = await insertCompany(sql);
  const id = await insertWebhook(sql, companyId, `${receiver.url}/hook`);
  const key = { companyId, id };
  const secret = sealWebhookSecret(connectors.connections.keys, key, createWebhookSecret());
  await sql`update webhook_endpoints set secret = ${secret}`;
  await sql.begin(async (tx) => {
    const event = { type: "invoice.paid", subjectType: "invoice", subjectId: 1 };
    const eventId = await recordEvent(tx, { companyId, ...event, occurredAt: clock.now() });
    await deliverWebhooks.follows?.targets(tx, [eventId]);
  });

  const runId = randomUUID();
  const begin = () => {
    const stop = new AbortController();
    const { signal } = stop;
    // What delivering takes of a run's context.
    const context = { sql, clock, signal, connectors, run: { id: runId } } as unknown as JobContext;
    const ended = deliverWebhooks.run(context, { companyId, endpointId: id, cause: "test" });
    return { ended, stop: (reason: Error) => stop.abort(reason) };
  };
  const claims = async () => await sql`select claimed_by from webhook_endpoints`;

  const first = begin();
  await expect.poll(() => receiver.received.length).toBe(1);
  const second = begin();
  await expect.poll(() => receiver.received.length).toBe(2);
  first.stop(new LeaseLost());
  await expect(first.ended).rejects.toThrow("lost its lease");
  expect(await claims()).toEqual([{ claimedBy: runId }]);
  const other = { runId: randomUUID(), now: clock.now() };
  expect(await takeWebhookTurn(sql, key, other)).toMatchObject({ kind: "none" });

  second.stop(new RunCancelled());
  await expect(second.ended).rejects.toThrow("was cancelled");
  expect(await claims()).toEqual([{ claimedBy: null }]);
});
