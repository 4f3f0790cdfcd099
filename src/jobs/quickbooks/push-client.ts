import { z } from "zod";
import { withConnection } from "../../actions/use-connection.ts";
import { raiseAttention, settleAttention } from "../../db/attention.ts";
import { findClient } from "../../db/clients.ts";
import { listClientEventsToPush, listPushedCurrencies } from "../../db/quickbooks-pushes.ts";
import { redactText } from "../../platform/redact.ts";
import { storableText } from "../../platform/storable-text.ts";
import { defineJob, done, skipped } from "../define-job.ts";
import { settleAllOwed } from "./create-records.ts";
import { mapCustomer } from "./map-names.ts";
import { openPush } from "./push.ts";
import { retryPush } from "./retry.ts";
import { saveNamed } from "./save-named.ts";

/** Changes the customers there that are made of a client which changed; one that was never pushed is not. */
export const pushClientToQuickBooks = defineJob({
  name: "quickbooks.push-client",
  provider: "quickbooks",
  queue: "default",
  payload: z.object({ companyId: z.int(), clientId: z.int(), eventId: z.int() }),
  retry: retryPush,
  timeoutMs: 300_000,
  idempotencyKey: ({ companyId, clientId, eventId }) => `${companyId}/${clientId}/${eventId}`,
  follows: {
    types: ["client.updated"],
    async targets(tx, eventIds) {
      const rows = await listClientEventsToPush(tx, eventIds);
      return rows.map(({ eventId, companyId, recordId }) => ({
        eventId,
        companyId,
        target: recordId,
        payload: { companyId, clientId: recordId, eventId },
      }));
    },
  },

  async run(ctx, { companyId, clientId }) {
    return await withConnection(ctx, { companyId, provider: "quickbooks" }, async (connection) => {
      const client = await findClient(ctx.sql, { companyId, id: clientId });
      if (client === undefined) return skipped("the client is gone");
      const push = await openPush(ctx, connection, { isForced: false });
      await settleAllOwed(push);
      const scope = { companyId, account: push.account, clientId };
      const currencies = await listPushedCurrencies(ctx.sql, scope);
      const item = { companyId, kind: "quickbooks.refused", key: `client-${clientId}` };
      const saved = await saveNamed(
        push,
        currencies.map((currency) => mapCustomer(client, currency, push.books)),
      );
      const refused = [...saved.values()].find((each) => typeof each !== "string");
      if (refused !== undefined) {
        const detail = storableText(redactText(refused.message), 500);
        await raiseAttention(ctx.sql, {
          ...item,
          title: `QuickBooks does not take the change of client ${clientId}`,
          detail,
          subjectType: "client",
          subjectId: clientId,
          runId: ctx.run.id,
        });
        return skipped(detail);
      }
      await settleAttention(ctx.sql, { ...item, resolution: "it is in QuickBooks now" });
      return done({ customers: currencies.length });
    });
  },
});
