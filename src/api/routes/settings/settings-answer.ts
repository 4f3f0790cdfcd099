import { z } from "zod";
import type { Sql, Tx } from "../../../db/client.ts";
import type { CompanyRow } from "../../../db/companies.ts";
import {
  findNotificationPreferences,
  type NotificationPreferences,
} from "../../../db/notification-preferences.ts";
import type { CompanyContext } from "../../context.ts";
import { companyJson, presentCompany } from "../companies/schema.ts";

const notificationsJson = z
  .object({ webhook_disabled: z.boolean(), slack_channel_disabled: z.boolean() })
  .meta({
    id: "NotificationPreferences",
    description: "Which mails about the company's operation you want.",
  });

export const settingsJson = z.object({
  data: companyJson.extend({ notifications: notificationsJson }).meta({ id: "Settings" }),
});

/** All settings of the company, and what the caller wants to be told of. */
export async function presentSettings(
  sql: Sql | Tx,
  { user }: Pick<CompanyContext, "user">,
  company: CompanyRow,
): Promise<Record<string, unknown>> {
  const key = { companyId: company.id, userId: user.id };
  const wanted = await findNotificationPreferences(sql, key);
  return { ...presentCompany(company), notifications: presentNotifications(wanted) };
}

function presentNotifications(wanted: NotificationPreferences): z.input<typeof notificationsJson> {
  return {
    webhook_disabled: wanted.webhookDisabled,
    slack_channel_disabled: wanted.slackChannelDisabled,
  };
}
