import { z } from "zod";
import {
  getLockedWebhook,
  recordWebhookEvent,
  requireEnabled,
  settleWebhookItems,
} from "../../../actions/change-webhooks.ts";
import { getRun } from "../../../db/runs.ts";
import { InvalidInput } from "../../../errors.ts";
import { replayWebhooks } from "../../../jobs/webhooks/replay.ts";
import { uuidV7 } from "../../../platform/uuid-v7.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { askedBy } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, instant } from "../../inputs.ts";
import { acceptedRun, runAnswers } from "../runs/schema.ts";
import { requireEventScopes } from "./schema.ts";

/** POST /webhooks/:id/replay — tells it once more what happened in a period. */
export const postReplayRoute = defineRoute({
  method: "post",
  path: "/webhooks/:id/replay",
  summary: "Replay a period",
  description:
    "Sends what was given up in that time, and what the webhook was not told: while it was disabled, " +
    "or before it asked for such events. With `include_delivered` also what it has had; the same " +
    "`webhook-id` tells. The period is one of real time, by when an event was recorded (just before `created_at` " +
    "of its delivery), also in a test company, whose messages carry the time of its own clock. A token needs the read " +
    "scope of every event that the webhook asks for. 409 while it is disabled.",
  tag: "Webhooks",
  access: { scope: "webhooks:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  body: z.strictObject({
    from: instant,
    to: instant.optional().meta({ description: "Default: now, in real time." }),
    include_delivered: z.boolean().default(false),
  }),
  answers: runAnswers,
  failures: [409],

  async run(context, { params, body }) {
    const { tx, company, user, now, clock } = context;
    const to = body.to ?? clock.now();
    if (body.from >= to) {
      const end =
        body.to === undefined
          ? `now, which is ${to.toISOString()}: a replay goes by real time, not by a test clock`
          : "to";
      throw new InvalidInput({ from: [`Must be before ${end}.`] });
    }
    const stored = await getLockedWebhook(tx, { companyId: company.id, id: params.id });
    requireEventScopes(context, stored.eventTypes);
    requireEnabled(stored);
    await settleWebhookItems(tx, stored, "it was replayed");
    const period = { from: body.from.toISOString(), to: to.toISOString() };
    const by = { causerId: user.id, now };
    await recordWebhookEvent(tx, by, "webhook.replayed", stored, period);
    const { runId } = await enqueue(
      tx,
      replayWebhooks,
      {
        companyId: company.id,
        endpointId: stored.id,
        ...period,
        includesDelivered: body.include_delivered,
        request: uuidV7(),
      },
      askedBy(context),
    );
    return acceptedRun(await getRun(tx, { companyId: company.id, id: runId }));
  },
});
