import { z } from "zod";
import type { MailKind } from "../../billing/message-ids.ts";
import { listRequestedDeliveries } from "../../db/mail-facts.ts";
import { defineJob } from "../define-job.ts";
import { deliverMail } from "./deliver.ts";

/**
 * The job `mail.send-<kind>`, which mails the deliveries of one kind that events of one type ask for. By that
 * name the run of a delivery is found again (db/abandoned-mails.ts).
 */
export function defineMailJob({ kind, eventType }: { kind: MailKind; eventType: string }) {
  return defineJob({
    name: `mail.send-${kind}`,
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
