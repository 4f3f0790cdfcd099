import { z } from "zod";
import { getLockedWebhook, rotateWebhookSecret } from "../../../actions/change-webhooks.ts";
import { createWebhookSecret } from "../../../connectors/webhook-target/signature.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import {
  presentWebhook,
  requireEventScopes,
  requireKeys,
  webhookWithSecretJson,
} from "./schema.ts";

const HOUR_MS = 3_600_000;
const OVERLAP_HOURS_DEFAULT = 24;
const OVERLAP_HOURS_MAX = 7 * 24;

/** POST /webhooks/:id/rotate-secret — a new secret; the one before it signs too for a while. */
export const postRotateSecretRoute = defineRoute({
  method: "post",
  path: "/webhooks/:id/rotate-secret",
  summary: "Rotate a webhook's secret",
  description:
    "Until the overlap is over every message carries two signatures, of the new secret and of the " +
    "one before. 0 hours ends the old one at once, which is for one that got out. A token " +
    "needs the read scope of every event that the webhook asks for.",
  tag: "Webhooks",
  access: { scope: "webhooks:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  body: z.strictObject({
    overlap_hours: z.int().min(0).max(OVERLAP_HOURS_MAX).default(OVERLAP_HOURS_DEFAULT),
  }),
  answers: { 200: z.object({ data: webhookWithSecretJson }) },
  answerIsSecret: true,
  failures: [409],

  async run(context, { params, body }) {
    const { tx, company, user, now, clock } = context;
    const stored = await getLockedWebhook(tx, { companyId: company.id, id: params.id });
    requireEventScopes(context, stored.eventTypes);
    const secret = createWebhookSecret();
    const rotated = await rotateWebhookSecret(tx, { company, causerId: user.id, now }, stored, {
      secret,
      keys: requireKeys(context),
      overlapMs: body.overlap_hours * HOUR_MS,
      machineNow: clock.now(),
    });
    return { status: 200, body: { data: { ...presentWebhook(rotated), secret } } };
  },
});
