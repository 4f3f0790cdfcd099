import { z } from "zod";
import { tellOfOpenPages } from "../../actions/open-stripe-pages.ts";
import { findConnection } from "../../db/connections.ts";
import { listDisconnectedAccounts } from "../../db/stripe-checkouts.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done, skipped } from "../define-job.ts";

/**
 * Tells of the pages that stayed open when their account was disconnected. It looks once nobody can ask
 * for another one: a page that was on its way then is among those that are told of.
 */
export const tellOpenPages = defineJob({
  name: "stripe.tell-open-pages",
  queue: "default",
  payload: z.object({ companyId: z.int(), account: z.string(), eventId: z.int() }),
  retry: { attempts: 12, delayMsFirst: 2_000, delayMsMax: 3_600_000 },
  timeoutMs: 60_000,
  idempotencyKey: ({ companyId, eventId }) => `${companyId}/${eventId}`,
  follows: {
    types: ["connection.disconnected"],
    async targets(tx, eventIds) {
      const rows = await listDisconnectedAccounts(tx, eventIds);
      return rows.map(({ eventId, companyId, account }) => ({
        eventId,
        companyId,
        target: account,
        payload: { companyId, account, eventId },
      }));
    },
  },

  async run({ sql }, { companyId, account }) {
    const connection = await findConnection(sql, { companyId, provider: "stripe" });
    if (connection?.status === "connected" && connection.externalId === account) {
      return skipped("the account is connected again");
    }
    return done({ invoices: await inTransaction(sql, (tx) => tellOfOpenPages(tx, account)) });
  },
});
