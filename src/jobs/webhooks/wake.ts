import { z } from "zod";
import { listWaitingEndpoints } from "../../db/webhook-endpoints.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done } from "../define-job.ts";
import { deliverWebhooks } from "./deliver.ts";

const ENDPOINTS_PER_CHUNK = 500;

/** Looks for messages whose time has come, and for those that a run left behind that died. */
export const wakeWebhooks = defineJob({
  name: "webhook.wake-due",
  queue: "default",
  payload: z.object({}),
  retry: { attempts: 3, delayMsFirst: 1_000, delayMsMax: 30_000 },
  timeoutMs: 120_000,
  schedule: { everyMs: 60_000 },

  async run({ sql, clock, signal, enqueue, run }) {
    const now = clock.now();
    let endpoints = 0;
    for (let after = { companyId: 0, id: 0 }; ;) {
      signal.throwIfAborted();
      const waiting = await listWaitingEndpoints(sql, { now, after, limit: ENDPOINTS_PER_CHUNK });
      await inTransaction(sql, async (tx) => {
        for (const { companyId, id } of waiting) {
          await enqueue(tx, deliverWebhooks, { companyId, endpointId: id, cause: `run-${run.id}` });
        }
      });
      endpoints += waiting.length;
      const last = waiting.at(-1);
      if (last === undefined || waiting.length < ENDPOINTS_PER_CHUNK) return done({ endpoints });
      after = last;
    }
  },
});
