import { raiseAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { lockSlackNotice, setNoticeStatus, type NoticeStatus } from "../db/slack-notices.ts";
import { layOut, oneLine, type ComposedMail } from "./compose-mail.ts";
import { DIED_MEANWHILE } from "./mail-subject.ts";

interface NoticeRef {
  companyId: number;
  noticeId: number;
  /** The machine's clock. */
  now: Date;
}

/** A notice that is still to be mailed. */
export interface ReadyNotice {
  kind: "ready";
  companyName: string;
  owner: { name: string; address: string };
  channelName: string;
  failureCode: string;
  eventTypes: readonly string[];
}

/**
 * Looks, under lock, whether a notice is still to be mailed. Enabled again meanwhile: it is cancelled.
 * Left at `sending` by a worker that died: nobody can know whether it arrived, and the record says so.
 */
export async function openNotice(
  tx: Tx,
  { companyId, noticeId, now }: NoticeRef,
): Promise<ReadyNotice | { kind: "over"; reason: string }> {
  const ref = { companyId, id: noticeId };
  const row = await lockSlackNotice(tx, ref);
  if (row === undefined) return { kind: "over", reason: "the company was deleted" };
  if (row.status === "sending") {
    const reason = DIED_MEANWHILE;
    await doubtNotice(tx, { companyId, noticeId, now }, reason);
    return { kind: "over", reason };
  }
  if (row.status !== "queued") return { kind: "over", reason: `the mail is ${row.status} already` };
  const { ownerName, ownerEmail, eventTypes } = row;
  const reason =
    ownerName === null || ownerEmail === null
      ? "the company has no owner"
      : !row.isWanted
        ? "the owner wants no such mail"
        : eventTypes.length === 0
          ? "its alerts are on again, or go elsewhere"
          : undefined;
  if (ownerName === null || ownerEmail === null || reason !== undefined) {
    const errorMessage = reason ?? "";
    await setNoticeStatus(tx, ref, { status: "cancelled", now, errorMessage });
    return { kind: "over", reason: errorMessage };
  }
  return {
    kind: "ready",
    companyName: row.companyName,
    owner: { name: ownerName, address: ownerEmail },
    channelName: row.channelName,
    failureCode: row.failureCode,
    eventTypes,
  };
}

/** The last look, right before the mail server gets the last byte. */
export async function commitNotice(
  tx: Tx,
  ref: NoticeRef,
): Promise<ReadyNotice | { kind: "over"; reason: string }> {
  const opened = await openNotice(tx, ref);
  if (opened.kind === "ready") await moveNotice(tx, ref, { status: "sending" });
  return opened;
}

/** The mail server has it, said no for good, or surely does not have it yet. */
export async function moveNotice(
  tx: Tx,
  { companyId, noticeId, now }: NoticeRef,
  change: { status: NoticeStatus; response?: string; errorCode?: string; errorMessage?: string },
): Promise<void> {
  await setNoticeStatus(tx, { companyId, id: noticeId }, { ...change, now });
}

/** Nobody knows whether it arrived. Its attention item tells of the channel in any case. */
export async function doubtNotice(tx: Tx, ref: NoticeRef, reason: string): Promise<void> {
  const { companyId, noticeId } = ref;
  await moveNotice(tx, ref, {
    status: "unknown",
    errorCode: "unconfirmed",
    errorMessage: reason,
  });
  await raiseAttention(tx, {
    companyId,
    kind: "mail.unknown",
    key: `slack-notice-${noticeId}`,
    title: `It is not known whether the mail about a dead Slack channel arrived: ${reason}`,
  });
}

/** What the owner is told. */
export function composeNotice({
  companyName,
  owner,
  channelName,
  failureCode,
  eventTypes,
}: ReadyNotice): ComposedMail {
  const channel = `#${oneLine(channelName)}`;
  return layOut({
    subject: `Slack alerts to ${channel} are off`,
    body: `Hello ${oneLine(owner.name)},

Slack does not take the alerts of ${oneLine(companyName)} in ${channel} any more, so we have switched them off. Slack says: ${REASONS[failureCode] ?? failureCode}.

What was waiting for ${channel} is kept. It is told when you enable these alerts again, or choose another channel for them. What happens in the meantime is not told in Slack.`,
    table: [
      ["Channel", channel],
      ["Alerts", eventTypes.join(", ")],
      ["Slack's code", failureCode],
    ],
  });
}

/** The usual words of Slack, in ours. */
const REASONS: Readonly<Record<string, string>> = {
  channel_not_found: "there is no such channel, or our app was removed from it",
  is_archived: "the channel was archived",
  not_in_channel: "our app is not in the channel; invite it",
  restricted_action: "the workspace does not let our app post there",
  restricted_action_read_only_channel: "the channel is for reading only",
};
