import type { Sql, Tx } from "./client.ts";

export type SlackMessageStatus = "open" | "posted" | "refused" | "unknown" | "dropped";

/** A message to a channel, and how far it got. */
export interface SlackMessageRow {
  companyId: number;
  id: number;
  eventType: string;
  channel: string;
  key: string;
  status: SlackMessageStatus;
  alertCount: number;
  isDoubtful: boolean;
  firstTriedAt: Date | null;
  runId: string | null;
  claimedUntil: Date | null;
  ts: string | null;
}

interface MessageRef {
  companyId: number;
  messageId: number;
}

function columns(sql: Sql | Tx) {
  return sql`
    company_id, id, event_type, channel, key, status, alert_count, is_doubtful, first_tried_at,
    run_id, claimed_until, ts
  `;
}

/** The one a channel is waiting for, locked. */
export async function lockOpenMessage(
  tx: Tx,
  { companyId, channel }: { companyId: number; channel: string },
): Promise<SlackMessageRow | undefined> {
  const [row] = await tx<SlackMessageRow[]>`
    select ${columns(tx)} from slack_messages
    where company_id = ${companyId} and channel = ${channel} and status = 'open'
    for update
  `;
  return row;
}

/** A channel's next message, open and without alerts yet. The channel's routes are locked. */
export async function insertSlackMessage(
  tx: Tx,
  values: { companyId: number; eventType: string; channel: string; key: string; now: Date },
): Promise<number> {
  const { now, ...row } = values;
  const [inserted] = await tx<{ id: number }[]>`
    insert into slack_messages ${tx({ ...row, createdAt: now, updatedAt: now })}
    returning id
  `;
  if (inserted === undefined) throw new Error("the message was not inserted");
  return inserted.id;
}

/** From here on nobody else posts to the channel until then. */
export async function claimMessage(
  tx: Tx,
  { companyId, messageId }: MessageRef,
  claim: { runId: string; claimedUntil: Date; alertCount: number; now: Date },
): Promise<SlackMessageRow> {
  const [row] = await tx<SlackMessageRow[]>`
    update slack_messages
    set run_id = ${claim.runId}, claimed_until = ${claim.claimedUntil},
        alert_count = ${claim.alertCount}, updated_at = ${claim.now}
    where company_id = ${companyId} and id = ${messageId}
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error("the message is gone");
  return row;
}

/**
 * Right before it is posted: from here on it may be there. False when it is somebody else's by now, or
 * over.
 */
export async function markDoubtful(
  sql: Sql | Tx,
  { companyId, messageId }: MessageRef,
  { runId, now }: { runId: string; now: Date },
): Promise<boolean> {
  const rows = await sql`
    update slack_messages
    set is_doubtful = true, first_tried_at = coalesce(first_tried_at, ${now}), updated_at = ${now}
    where company_id = ${companyId} and id = ${messageId} and run_id = ${runId}
      and status = 'open'
    returning id
  `;
  return rows.length > 0;
}

/** It is to be tried again, by whoever comes. `isDoubtful` false: it is surely not there. */
export async function unclaimMessage(
  sql: Sql | Tx,
  { companyId, messageId }: MessageRef,
  { runId, isDoubtful, now }: { runId: string; isDoubtful: boolean; now: Date },
): Promise<void> {
  await sql`
    update slack_messages
    set claimed_until = null, is_doubtful = ${isDoubtful}, updated_at = ${now}
    where company_id = ${companyId} and id = ${messageId} and run_id = ${runId}
      and status = 'open'
  `;
}

/** Ends an open message. False when it was over already. */
export async function endMessage(
  tx: Tx,
  { companyId, messageId }: MessageRef,
  end: {
    status: Exclude<SlackMessageStatus, "open">;
    now: Date;
    ts?: string;
    errorCode?: string;
    errorMessage?: string;
  },
): Promise<boolean> {
  const rows = await tx`
    update slack_messages
    set status = ${end.status}, ts = ${end.ts ?? null}, claimed_until = null,
        error_code = ${end.errorCode ?? null}, error_message = ${end.errorMessage ?? null},
        updated_at = ${end.now}
    where company_id = ${companyId} and id = ${messageId} and status = 'open'
    returning id
  `;
  return rows.length > 0;
}
