import { z } from "zod";
import { giveUpDelivery } from "../../actions/give-up-delivery.ts";
import { listAbandonedMails } from "../../db/abandoned-mails.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done } from "../define-job.ts";

const MAILS_PER_TICK = 1_000;

/**
 * Ends the delivery records of mails whose runs have ended, however they did: attempts spent, cancelled
 * by an operator, ten workers lost. So that a record says `queued` of what is still on its way only.
 */
export const giveUpMails = defineJob({
  name: "mail.give-up",
  queue: "default",
  payload: z.object({}),
  retry: { attempts: 3, delayMsFirst: 1_000, delayMsMax: 60_000 },
  timeoutMs: 120_000,
  schedule: { everyMs: 60_000 },

  async run({ sql, clock, signal }) {
    let mails = 0;
    for (const each of await listAbandonedMails(sql, { limit: MAILS_PER_TICK })) {
      signal.throwIfAborted();
      const { companyId, deliveryId } = each;
      const ref = { companyId, deliveryId, clock };
      if (await inTransaction(sql, (tx) => giveUpDelivery(tx, ref))) mails += 1;
    }
    return done({ mails });
  },
});
