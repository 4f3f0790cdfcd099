import { violatedConstraint, type Tx } from "../db/client.ts";
import { findMessageOfRoute, releaseAlerts } from "../db/slack-alerts.ts";
import { endMessage } from "../db/slack-messages.ts";
import {
  deleteSlackRoute,
  insertSlackRoute,
  slackRouteKey,
  updateSlackRoute,
  type SlackRouteRow,
} from "../db/slack-routes.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordRouteEvent } from "./alert-route-events.ts";
import { settleDeadChannel } from "./dead-channel.ts";

/** What a route is, as a person says it. The channel was looked up at Slack. */
export interface AlertRouteInput {
  eventType: string;
  channel: string;
  channelName: string;
  isEnabled: boolean;
}

/** A route, and the event of its change; what it is owed from before is told after that event. */
export interface ChangedRoute {
  route: SlackRouteRow;
  eventId: number;
}

/** Throws `InvalidInput` when the type is told in that channel already. */
export async function createAlertRoute(
  tx: Tx,
  by: Acting & { causerId: number },
  input: AlertRouteInput,
): Promise<ChangedRoute> {
  const route = await insertSlackRoute(tx, {
    ...input,
    companyId: by.company.id,
    createdBy: by.causerId,
    now: by.now,
  });
  if (route === undefined) throw taken(input);
  const eventId = await recordRouteEvent(tx, by, "alert-route.created", route);
  return { route, eventId };
}

/**
 * Changes a locked route. What it is owed goes with it to another channel; enabled, it forgets why the
 * platform disabled it.
 */
export async function updateAlertRoute(
  tx: Tx,
  by: Acting,
  stored: SlackRouteRow,
  input: AlertRouteInput,
): Promise<ChangedRoute> {
  const isMoved = input.channel !== stored.channel;
  if (isMoved || !input.isEnabled) await releaseMessage(tx, by, stored);
  const keepsFailure = !isMoved && !input.isEnabled;
  let route: SlackRouteRow;
  try {
    route = await updateSlackRoute(tx, stored, {
      ...input,
      failureCode: keepsFailure ? stored.failureCode : null,
      failedAt: keepsFailure ? stored.failedAt : null,
      now: by.now,
    });
  } catch (error) {
    if (violatedConstraint(error) === slackRouteKey) throw taken(input, error);
    throw error;
  }
  await settleDeadChannel(tx, stored, "its alerts are on again, or go elsewhere");
  const facts = isMoved ? { channel_before: stored.channelName } : {};
  const eventId = await recordRouteEvent(tx, by, "alert-route.updated", route, facts);
  return { route, eventId };
}

/** Ends a locked route. What it was owed is told nowhere. */
export async function deleteAlertRoute(tx: Tx, by: Acting, stored: SlackRouteRow): Promise<void> {
  await releaseMessage(tx, by, stored);
  await deleteSlackRoute(tx, stored);
  await settleDeadChannel(tx, stored, "its alerts were deleted");
  await recordRouteEvent(tx, by, "alert-route.deleted", stored);
}

/** One that may be in the channel already stays open: it is looked for before anything else is posted. */
async function releaseMessage(
  tx: Tx,
  { now }: Acting,
  { companyId, id: routeId }: SlackRouteRow,
): Promise<void> {
  const message = await findMessageOfRoute(tx, { companyId, routeId });
  if (message === undefined || message.isDoubtful) return;
  await endMessage(tx, message, { status: "dropped", now });
  await releaseAlerts(tx, message);
}

function taken({ eventType, channelName }: AlertRouteInput, cause?: unknown): InvalidInput {
  return new InvalidInput(
    { event_type: [`${eventType} is told in #${channelName} already.`] },
    { cause },
  );
}
