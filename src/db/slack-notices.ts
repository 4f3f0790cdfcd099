import type { Tx } from "./client.ts";
import { wantsMail } from "./notification-preferences.ts";

export type NoticeStatus = "queued" | "sending" | "accepted" | "failed" | "cancelled" | "unknown";

/** A mail to a company's owner about a channel that takes nothing any more. */
export interface SlackNoticeRow {
  companyId: number;
  id: number;
  channel: string;
  channelName: string;
  failureCode: string;
  status: NoticeStatus;
}

/** Returns its id. */
export async function insertSlackNotice(
  tx: Tx,
  values: Pick<SlackNoticeRow, "companyId" | "channel" | "channelName" | "failureCode"> & {
    now: Date;
  },
): Promise<number> {
  const { now, ...row } = values;
  const [inserted] = await tx<{ id: number }[]>`
    insert into slack_notices ${tx({ ...row, createdAt: now, updatedAt: now })}
    returning id
  `;
  if (inserted === undefined) throw new Error("the notice was not inserted");
  return inserted.id;
}

/** The notices that new events ask for. */
export async function listRequestedNotices(
  tx: Tx,
  eventIds: readonly number[],
): Promise<{ eventId: number; companyId: number; noticeId: number }[]> {
  return await tx<{ eventId: number; companyId: number; noticeId: number }[]>`
    select id as event_id, company_id, (payload ->> 'notice_id')::bigint as notice_id
    from events
    where id = any(${eventIds}::bigint[]) and payload ? 'notice_id'
    order by id
  `;
}

/** Locked, with whom it goes to: the company's owner, if there is one. */
export async function lockSlackNotice(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<
  | (SlackNoticeRow & {
      companyName: string;
      ownerName: string | null;
      ownerEmail: string | null;
      /** Whether the owner wants such mails. */
      isWanted: boolean;
      /** Event types whose route to this channel is still off for this reason. */
      eventTypes: string[];
    })
  | undefined
> {
  const [row] = await tx<
    (SlackNoticeRow & {
      companyName: string;
      ownerName: string | null;
      ownerEmail: string | null;
      isWanted: boolean;
      eventTypes: string[];
    })[]
  >`
    select
      n.company_id, n.id, n.channel, n.channel_name, n.failure_code, n.status,
      companies.name as company_name, owner.name as owner_name, owner.email as owner_email,
      ${wantsMail(tx, "slack_channel_disabled", { companyId: tx`n.company_id`, userId: tx`owner.id` })}
        as is_wanted,
      array(
        select event_type from slack_routes
        where company_id = n.company_id and channel = n.channel and failure_code is not null
        order by event_type
      ) as event_types
    from slack_notices n
    join companies on companies.id = n.company_id and companies.deleted_at is null
    left join lateral (
      select users.id, users.name, users.email
      from company_members
      join users on users.id = company_members.user_id
      where company_members.company_id = n.company_id and company_members.role = 'owner'
      order by users.id
      limit 1
    ) owner on true
    where n.company_id = ${companyId} and n.id = ${id}
    for update of n
  `;
  return row;
}

/** Moves a notice on, with what the mail server or we had to say about it. */
export async function setNoticeStatus(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
  change: {
    status: NoticeStatus;
    now: Date;
    response?: string;
    errorCode?: string;
    errorMessage?: string;
  },
): Promise<void> {
  await tx`
    update slack_notices
    set status = ${change.status},
        attempts = attempts + case when ${change.status} = 'sending' then 1 else 0 end,
        response = ${change.response ?? null},
        error_code = ${change.errorCode ?? null},
        error_message = ${change.errorMessage ?? null},
        updated_at = ${change.now}
    where company_id = ${companyId} and id = ${id}
  `;
}
