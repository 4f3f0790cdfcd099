import type { Fragment, Sql, Tx } from "./client.ts";

/** Which mails about a company's operation a person wants (docs/operations.md, who is mailed what). */
export interface NotificationPreferences {
  /** One of the company's webhooks was disabled. */
  webhookDisabled: boolean;
  /** A Slack channel takes no alerts any more. */
  slackChannelDisabled: boolean;
}

interface Person {
  companyId: number;
  userId: number;
}

/** All of them, until the person says otherwise. */
export async function findNotificationPreferences(
  sql: Sql | Tx,
  { companyId, userId }: Person,
): Promise<NotificationPreferences> {
  const [row] = await sql<NotificationPreferences[]>`
    select webhook_disabled, slack_channel_disabled
    from notification_preferences
    where company_id = ${companyId} and user_id = ${userId}
  `;
  return row ?? { webhookDisabled: true, slackChannelDisabled: true };
}

export async function saveNotificationPreferences(
  tx: Tx,
  { companyId, userId }: Person,
  { now, ...wanted }: NotificationPreferences & { now: Date },
): Promise<void> {
  const row = { ...wanted, updatedAt: now };
  await tx`
    insert into notification_preferences ${tx({ companyId, userId, ...row })}
    on conflict (company_id, user_id) do update set ${tx(row)}
  `;
}

/** Whether a person of a company wants one kind of mail. */
export function wantsMail(
  sql: Sql | Tx,
  kind: "webhook_disabled" | "slack_channel_disabled",
  { companyId, userId }: { companyId: Fragment; userId: Fragment },
): Fragment {
  return sql`
    coalesce(
      (
        select ${sql(kind)} from notification_preferences
        where company_id = ${companyId} and user_id = ${userId}
      ),
      true
    )
  `;
}
