import { z } from "zod";
import { listRequestedDeliveries } from "../../db/mail-facts.ts";
import { defineJob } from "../define-job.ts";
import { deliverMail } from "./deliver.ts";

/** A job that mails the deliveries which events of one type ask for. */
export function defineMailJob({ name, eventType }: { name: string; eventType: string }) {
  return defineJob({
    name,
    queue: "notifications",
    payload: z.object({ companyId: z.int(), deliveryId: z.int() }),
    // For 42 hours on average, 83 at most: a mail server that is down over a night or a Sunday is back by then.
    retry: { attempts: 25, delayMsFirst: 10_000, delayMsMax: 6 * 3_600_000 },
    timeoutMs: 180_000,
    // One delivery record, one mail, whatever is asked for twice.
    idempotencyKey: ({ companyId, deliveryId }) => `${companyId}/${deliveryId}`,
    follows: {
      types: [eventType],
      async targets(tx, eventIds) {
        const rows = await listRequestedDeliveries(tx, eventIds);
        return rows.map(({ eventId, companyId, deliveryId }) => ({
          eventId,
          companyId,
          target: deliveryId,
          payload: { companyId, deliveryId },
        }));
      },
    },
    run: deliverMail,
  });
}
