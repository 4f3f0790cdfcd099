import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import type { SlackRouteRow } from "../db/slack-routes.ts";
import type { Acting } from "./acting.ts";

/** Leaves an event about a route; returns its id. */
export async function recordRouteEvent(
  tx: Tx,
  by: Pick<Acting, "causerId" | "now">,
  type: string,
  route: SlackRouteRow,
  facts: Readonly<Record<string, string | number>> = {},
): Promise<number> {
  return await recordEvent(tx, {
    companyId: route.companyId,
    type,
    subjectType: "alert-route",
    subjectId: route.id,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: {
      event_type: route.eventType,
      channel: route.channel,
      channel_name: route.channelName,
      is_enabled: route.isEnabled,
      ...facts,
    },
  });
}
