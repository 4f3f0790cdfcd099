import { raiseAttention, settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { releaseAlerts } from "../db/slack-alerts.ts";
import { endMessage, lockOpenMessage } from "../db/slack-messages.ts";
import { insertSlackNotice } from "../db/slack-notices.ts";
import { lockChannelRoutes, updateSlackRoute } from "../db/slack-routes.ts";
import { recordRouteEvent } from "./alert-route-events.ts";

interface ChannelRef {
  companyId: number;
  channel: string;
}

/**
 * Nothing can be posted in a channel any more: its routes are disabled, the owner is told by mail and
 * an attention item raised. What is owed there waits until somebody enables the routes again, or leads
 * them to another channel.
 *
 * @param code Slack's word for why
 * @param now the machine's clock
 * @param occurredAt the company's
 */
export async function disableDeadChannel(
  tx: Tx,
  { companyId, channel }: ChannelRef,
  { code, now, occurredAt }: { code: string; now: Date; occurredAt: Date },
): Promise<void> {
  const routes = await lockChannelRoutes(tx, { companyId, channel });
  const message = await lockOpenMessage(tx, { companyId, channel });
  if (message !== undefined) {
    const ref = { companyId, messageId: message.id };
    await endMessage(tx, ref, { status: "dropped", now, errorCode: code });
    await releaseAlerts(tx, ref);
  }
  const enabled = routes.filter(({ isEnabled }) => isEnabled);
  const [first] = enabled;
  if (first === undefined) return;
  const { channelName } = first;
  const noticeId = await insertSlackNotice(tx, {
    companyId,
    channel,
    channelName,
    failureCode: code,
    now,
  });
  for (const stored of enabled) {
    const route = await updateSlackRoute(tx, stored, {
      eventType: stored.eventType,
      channel,
      channelName,
      isEnabled: false,
      failureCode: code,
      failedAt: occurredAt,
      now: occurredAt,
    });
    const by = { causerId: null, now: occurredAt };
    await recordRouteEvent(tx, by, "alert-route.disabled", route, { code, notice_id: noticeId });
  }
  await raiseAttention(tx, {
    companyId,
    kind: "slack.channel-dead",
    key: channel,
    title: `Alerts to #${channelName} are off: Slack says ${code}`,
    detail: "Enable them again when the channel takes messages, or choose another one.",
    subjectType: "alert-route",
    subjectId: first.id,
  });
}

/** The item is done with when no route to the channel is off because of it. */
export async function settleDeadChannel(
  tx: Tx,
  { companyId, channel }: ChannelRef,
  resolution: string,
): Promise<void> {
  const routes = await lockChannelRoutes(tx, { companyId, channel });
  if (routes.some(({ failureCode }) => failureCode !== null)) return;
  await settleAttention(tx, { companyId, kind: "slack.channel-dead", key: channel, resolution });
}
