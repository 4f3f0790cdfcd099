import { z } from "zod";
import { withConnection } from "../../actions/use-connection.ts";
import { findCompany } from "../../db/companies.ts";
import { ProviderRejected } from "../../errors.ts";
import { timestampOf } from "../../platform/uuid-v7.ts";
import { defineJob, done, skipped } from "../define-job.ts";
import { findPosted, postMessage } from "./post-message.ts";

/** Posts a message that says that alerts arrive. Its run tells whether they do. */
export const sendSlackTest = defineJob({
  name: "slack.send-test",
  provider: "slack",
  queue: "notifications",
  payload: z.object({ companyId: z.int(), channel: z.string(), request: z.string() }),
  retry: { attempts: 5, delayMsFirst: 2_000, delayMsMax: 60_000 },
  timeoutMs: 60_000,
  // One request, one message.
  idempotencyKey: ({ companyId, request }) => `${companyId}/${request}`,

  async run(ctx, { companyId, channel }) {
    const message = { channel, key: ctx.run.id };
    return await withConnection(ctx, { companyId, provider: "slack" }, async (connection) => {
      const company = await findCompany(ctx.sql, companyId);
      if (company === undefined) return skipped("the company was deleted");
      const { consoleUrl: url } = ctx.connectors;
      const alert = {
        title: "Alerts arrive here",
        facts: [],
        lines: [{ text: "Somebody asked for this message, to see whether they do." }],
        link: url === undefined ? undefined : { label: "Open the console", url },
        footer: company.name,
      };
      try {
        // Whatever became of an attempt before, it was not before the run was asked for.
        const triedAt = timestampOf(ctx.run.id);
        const found = await findPosted(ctx, connection, { ...message, triedAt });
        if (found !== undefined) return done(found);
        return done(await postMessage(ctx, connection, { message, alert }));
      } catch (error) {
        if (!(error instanceof ProviderRejected)) throw error;
        // That is what the test was for.
        return skipped(`Slack refuses it: ${error.providerCode ?? error.code}`);
      }
    });
  },
});
