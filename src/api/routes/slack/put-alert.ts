import { z } from "zod";
import { updateAlertRoute } from "../../../actions/change-alert-routes.ts";
import { getSlackRoute, lockSlackRoutes, type SlackRouteRow } from "../../../db/slack-routes.ts";
import { NotFound } from "../../../errors.ts";
import type { CompanyContext } from "../../context.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { chooseChannel, slackFailures } from "./ask-slack.ts";
import { alertBody, alertJson, answerAlert } from "./schema.ts";
import { tellWaiting } from "./tell-waiting.ts";

/** PUT and PATCH /integrations/slack/alerts/:id — what it is still to tell goes with it. */
export const putSlackAlertRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  putRequires: ["event_type", "channel"],
  path: "/integrations/slack/alerts/:id",
  summary: "Update a Slack alert",
  description:
    "What waits to be told goes to the new channel, and is told when the alert is enabled again. A " +
    "channel is looked up at Slack when it is another one, or when the alert is switched on.",
  tag: "Slack",
  access: { scope: "integrations:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  body: z.strictObject({
    event_type: alertBody.shape.event_type.optional(),
    channel: alertBody.shape.channel.optional(),
    is_enabled: z.boolean().optional(),
  }),
  answers: { 200: z.object({ data: alertJson }) },
  failures: slackFailures,

  async run(context, { params, body }) {
    const { tx, company, user, now } = context;
    const seen = await getSlackRoute(tx, { companyId: company.id, id: params.id });
    const channel = await channelOf(context, seen, {
      channel: body.channel ?? seen.channel,
      isEnabled: body.is_enabled ?? seen.isEnabled,
    });
    const routes = await lockSlackRoutes(tx, company.id);
    const stored = routes.find(({ id }) => id === params.id);
    if (stored === undefined) throw new NotFound("Alert");
    const changed = await updateAlertRoute(tx, { company, causerId: user.id, now }, stored, {
      eventType: body.event_type ?? stored.eventType,
      ...channel,
      isEnabled: body.is_enabled ?? stored.isEnabled,
    });
    const owed = await tellWaiting(context, [changed]);
    return answerAlert(changed.route, owed.get(changed.route.id) ?? 0);
  },
});

/** Asked of Slack only where it matters: what is switched off need not be there any more. */
async function channelOf(
  context: CompanyContext,
  seen: SlackRouteRow,
  { channel, isEnabled }: { channel: string; isEnabled: boolean },
): Promise<{ channel: string; channelName: string }> {
  const isSame = channel === seen.channel;
  if (isSame && (seen.isEnabled || !isEnabled)) {
    return { channel, channelName: seen.channelName };
  }
  const found = await chooseChannel(context, channel, isSame ? "is_enabled" : "channel");
  return { channel, channelName: found.name };
}
