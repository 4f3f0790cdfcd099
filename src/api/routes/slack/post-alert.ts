import { z } from "zod";
import { createAlertRoute } from "../../../actions/change-alert-routes.ts";
import { lockSlackRoutes } from "../../../db/slack-routes.ts";
import { defineRoute } from "../../define-route.ts";
import { chooseChannel, slackFailures } from "./ask-slack.ts";
import { alertBody, alertJson, answerAlert } from "./schema.ts";

/** POST /integrations/slack/alerts — events of a type are told in a channel from now on. */
export const postSlackAlertRoute = defineRoute({
  method: "post",
  path: "/integrations/slack/alerts",
  summary: "Create a Slack alert",
  description:
    "Looks the channel up at Slack, and enters it when it is public; a private one has to invite our app " +
    "first. A type can be told in several channels. 409 when Slack is not connected, 502 when it does " +
    "not answer within ten seconds.",
  tag: "Slack",
  access: { scope: "integrations:write", minimumRole: "admin" },
  body: alertBody,
  answers: { 201: z.object({ data: alertJson }) },
  failures: slackFailures,

  async run(context, { body }) {
    const { tx, company, user, now } = context;
    const { id: channel, name: channelName } = await chooseChannel(context, body.channel);
    await lockSlackRoutes(tx, company.id);
    const { route } = await createAlertRoute(
      tx,
      { company, causerId: user.id, now },
      { eventType: body.event_type, channel, channelName, isEnabled: body.is_enabled },
    );
    return answerAlert(route, 0, 201);
  },
});
