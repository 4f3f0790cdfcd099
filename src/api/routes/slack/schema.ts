import { z } from "zod";
import type { SlackRouteRow } from "../../../db/slack-routes.ts";
import { alertTypeNames } from "../../../jobs/slack/alert-types.ts";
import { instantJson, presentInstant, type Answer } from "../../answers.ts";

export const alertJson = z
  .object({
    id: z.int(),
    event_type: z.string(),
    channel: z.string(),
    channel_name: z.string(),
    is_enabled: z.boolean(),
    failure: z
      .object({ code: z.string(), failed_at: instantJson })
      .nullable()
      .meta({ description: "Why the platform disabled it: Slack's own word." }),
    waiting: z.int().meta({ description: "Events that are still to be told." }),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "SlackAlert" });

/** @param waiting how much it is owed */
export function presentAlert(route: SlackRouteRow, waiting: number): z.input<typeof alertJson> {
  return {
    id: route.id,
    event_type: route.eventType,
    channel: route.channel,
    channel_name: route.channelName,
    is_enabled: route.isEnabled,
    failure:
      route.failureCode === null || route.failedAt === null
        ? null
        : { code: route.failureCode, failed_at: presentInstant(route.failedAt) },
    waiting,
    created_at: presentInstant(route.createdAt),
    updated_at: presentInstant(route.updatedAt),
  };
}

export function answerAlert(route: SlackRouteRow, waiting: number, status = 200): Answer {
  return {
    status,
    body: { data: presentAlert(route, waiting) },
    version: route,
    ...(status === 201
      ? { headers: { Location: `/api/v1/integrations/slack/alerts/${route.id}` } }
      : {}),
  };
}

export const channelId = z
  .string()
  .regex(/^[CGD][A-Z0-9]{2,30}$/, "Must be the id of a channel, like C0123456789.")
  .meta({ example: "C0123456789" });

/** The body of POST /integrations/slack/alerts, and each item of PUT. */
export const alertBody = z.strictObject({
  event_type: z.enum(alertTypeNames),
  channel: channelId,
  is_enabled: z.boolean().default(true),
});
