import { z } from "zod";
import { recordAudit } from "../../../db/audit.ts";
import { lockCompany } from "../../../db/companies.ts";
import {
  findNotificationPreferences,
  saveNotificationPreferences,
} from "../../../db/notification-preferences.ts";
import { NotFound } from "../../../errors.ts";
import { changerOf } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { presentSettings, settingsJson } from "./settings-answer.ts";

/** PATCH /settings/notifications — which mails about the company's operation you want. */
export const patchNotificationSettingsRoute = defineRoute({
  method: "patch",
  path: "/settings/notifications",
  summary: "Update notification settings",
  description:
    "Your own, in this company; keys left out stay as they are. `webhook_disabled` goes to those who administer the " +
    "company, `slack_channel_disabled` to its owner. What is not mailed stays an attention item. Mails to clients, " +
    "invitations and ways back to a password are no preferences; alerts in Slack have " +
    "`/integrations/slack/alerts`, reminders `/settings/reminders`.",
  tag: "Settings",
  access: { scope: "settings:write" },
  body: z.strictObject({
    webhook_disabled: z.boolean().optional(),
    slack_channel_disabled: z.boolean().optional(),
  }),
  answers: { 200: settingsJson },

  async run(context, { body }) {
    const { tx, company, user, now } = context;
    const key = { companyId: company.id, userId: user.id };
    // Of two changes at once, the second sees what the first one made.
    const locked = await lockCompany(tx, company.id);
    if (locked === undefined) throw new NotFound("Company");
    const before = await findNotificationPreferences(tx, key);
    await saveNotificationPreferences(tx, key, {
      webhookDisabled: body.webhook_disabled ?? before.webhookDisabled,
      slackChannelDisabled: body.slack_channel_disabled ?? before.slackChannelDisabled,
      now,
    });
    await recordAudit(tx, {
      companyId: company.id,
      ...changerOf(context),
      action: "notifications.updated",
      subjectType: "user",
      subjectId: user.id,
      details: { fields: Object.keys(body) },
    });
    // No ETag: preferences change nothing of the row that one would name.
    return { status: 200, body: { data: await presentSettings(tx, context, locked) } };
  },
});
