import { z } from "zod";
import { findConnection } from "../../../db/connections.ts";
import { getRun } from "../../../db/runs.ts";
import { Conflict } from "../../../errors.ts";
import { sendSlackTest } from "../../../jobs/slack/send-test.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { askedBy } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { acceptedRun, runAnswers } from "../runs/schema.ts";
import { channelId } from "./schema.ts";

/** POST /integrations/slack/test — a message, to see whether alerts arrive. */
export const postSlackTestRoute = defineRoute({
  method: "post",
  path: "/integrations/slack/test",
  summary: "Send a test message to Slack",
  description:
    "Location names the run, which is skipped with Slack's own word when the channel does not take it.",
  tag: "Slack",
  access: { scope: "integrations:write", minimumRole: "admin" },
  body: z.strictObject({ channel: channelId }),
  answers: runAnswers,
  failures: [409],

  async run(context, { body }) {
    const { tx, company, requestId } = context;
    const row = await findConnection(tx, { companyId: company.id, provider: "slack" });
    if (row?.status !== "connected") {
      throw new Conflict("Slack is not connected.", { code: "not_connected" });
    }
    const { runId } = await enqueue(
      tx,
      sendSlackTest,
      { companyId: company.id, channel: body.channel, request: requestId },
      askedBy(context),
    );
    return acceptedRun(await getRun(tx, { companyId: company.id, id: runId }));
  },
});
