import { raiseAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { findNextOwed, forgetAlerts, takeOwed } from "../db/slack-alerts.ts";
import {
  claimMessage,
  endMessage,
  insertSlackMessage,
  lockOpenMessage,
  type SlackMessageRow,
} from "../db/slack-messages.ts";
import { lockChannelRoutes } from "../db/slack-routes.ts";
import { uuidV7 } from "../platform/uuid-v7.ts";

/** How long a message belongs to the run that is at it, in milliseconds: longer than a run may take. */
const CLAIM_MS = 200_000;
/** So many alike are one message. */
const GROUP_FROM = 4;
/** How long what a night makes many of waits for the night's end, in milliseconds. */
const NIGHT_WAIT_MS_MAX = 10 * 60_000;

/** What a run finds in a channel. */
export type Claim =
  | { kind: "message"; message: SlackMessageRow }
  /** Another run is at it. */
  | { kind: "busy" }
  /** Nothing is owed, or nothing yet. */
  | { kind: "nothing" };

/**
 * The message that a channel is to get next, which is this run's from here on: the one that is open, or
 * a new one about the oldest event that is owed there, with all that wait like it when they are many.
 *
 * @param nightTypes event types that a night makes many of
 * @param now the machine's clock
 */
export async function claimNextMessage(
  tx: Tx,
  {
    companyId,
    channel,
    nightTypes,
    runId,
    now,
  }: {
    companyId: number;
    channel: string;
    nightTypes: readonly string[];
    runId: string;
    now: Date;
  },
): Promise<Claim> {
  // Who changes a route, or claims a message of the channel, waits here.
  await lockChannelRoutes(tx, { companyId, channel });
  const claim = { runId, claimedUntil: new Date(now.getTime() + CLAIM_MS), now };
  const open = await lockOpenMessage(tx, { companyId, channel });
  if (open !== undefined) {
    const isTheirs = open.claimedUntil !== null && open.claimedUntil > now && open.runId !== runId;
    if (isTheirs) return { kind: "busy" };
    const { id: messageId, alertCount } = open;
    const message = await claimMessage(tx, { companyId, messageId }, { ...claim, alertCount });
    return { kind: "message", message };
  }
  const waitsMsMax = NIGHT_WAIT_MS_MAX;
  const next = await findNextOwed(tx, { companyId, channel, nightTypes, waitsMsMax });
  if (next === undefined) return { kind: "nothing" };
  const { routeId, eventType, firstEventId, count } = next;
  const messageId = await insertSlackMessage(tx, {
    companyId,
    eventType,
    channel,
    key: uuidV7(),
    now,
  });
  const onlyEventId = count >= GROUP_FROM ? undefined : firstEventId;
  const alertCount = await takeOwed(tx, { companyId, routeId, messageId, onlyEventId });
  const message = await claimMessage(tx, { companyId, messageId }, { ...claim, alertCount });
  return { kind: "message", message };
}

/** It is there. */
export async function recordPosted(
  tx: Tx,
  { companyId, id: messageId }: SlackMessageRow,
  { ts, now }: { ts: string; now: Date },
): Promise<void> {
  const ref = { companyId, messageId };
  if (await endMessage(tx, ref, { status: "posted", ts, now })) await forgetAlerts(tx, ref);
}

/** Slack does not take it in any form; the run says so. */
export async function recordRefused(
  tx: Tx,
  { companyId, id: messageId }: SlackMessageRow,
  failure: { errorCode: string; errorMessage: string; now: Date },
): Promise<void> {
  const ref = { companyId, messageId };
  if (await endMessage(tx, ref, { status: "refused", ...failure })) await forgetAlerts(tx, ref);
}

/** It may be there, and nobody can look: it is not posted again, and a person is told. */
export async function recordUnknown(
  tx: Tx,
  { companyId, id: messageId, alertCount, eventType }: SlackMessageRow,
  failure: { errorCode: string; errorMessage: string; now: Date },
): Promise<void> {
  const ref = { companyId, messageId };
  if (!(await endMessage(tx, ref, { status: "unknown", ...failure }))) return;
  await forgetAlerts(tx, ref);
  await raiseAttention(tx, {
    companyId,
    kind: "slack.unknown",
    key: String(messageId),
    title: `It is not known whether an alert arrived in Slack (${alertCount} × ${eventType})`,
    detail: failure.errorMessage,
  });
}
