import { z } from "zod";
import { alertOpenItems, listCompaniesToAlert } from "../../db/attention-alerts.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done } from "../define-job.ts";

const COMPANIES_PER_TICK = 1_000;

/**
 * Tells of what needs a person, and tells again every day until somebody acts (BILLING.md section 11,
 * case J3). Nights do so too, by the company's own clock; this is for what arises in between.
 */
export const alertOpenItemsJob = defineJob({
  name: "attention.alert",
  queue: "default",
  payload: z.object({}),
  retry: { attempts: 3, delayMsFirst: 1_000, delayMsMax: 60_000 },
  timeoutMs: 120_000,
  schedule: { everyMs: 60_000 },

  async run({ sql, clock, signal }) {
    const companies = await listCompaniesToAlert(sql, {
      machineNow: clock.now(),
      limit: COMPANIES_PER_TICK,
    });
    let alerts = 0;
    for (const company of companies) {
      signal.throwIfAborted();
      alerts += await inTransaction(sql, (tx) => alertOpenItems(tx, company));
    }
    return done({ alerts });
  },
});
