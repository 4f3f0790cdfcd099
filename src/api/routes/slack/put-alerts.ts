import { z } from "zod";
import { setAlertRoutes } from "../../../actions/set-alert-routes.ts";
import { listSlackRoutes, lockSlackRoutes } from "../../../db/slack-routes.ts";
import { InvalidInput } from "../../../errors.ts";
import { listJson, wholeListAnswer } from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import { defineRoute } from "../../define-route.ts";
import { chooseChannel, slackFailures } from "./ask-slack.ts";
import { alertBody, alertJson, presentAlert } from "./schema.ts";
import { tellWaiting } from "./tell-waiting.ts";

/** PUT /integrations/slack/alerts — all of them at once. */
export const putSlackAlertsRoute = defineRoute({
  method: "put",
  path: "/integrations/slack/alerts",
  summary: "Set all Slack alerts",
  description:
    "What is not named is deleted, with what it was still to tell; what is there already stays, with its " +
    "id. Channels that are new, or of alerts that are switched on, are looked up at Slack.",
  tag: "Slack",
  access: { scope: "integrations:write", minimumRole: "admin" },
  body: z.strictObject({ alerts: z.array(alertBody).max(200) }),
  answers: { 200: listJson(alertJson, {}) },
  failures: slackFailures,

  async run(context, { body: { alerts } }) {
    const { tx, company, user, now } = context;
    refuseDoubles(alerts);
    const names = await namesOf(context, alerts);
    const stored = await lockSlackRoutes(tx, company.id);
    const changed = await setAlertRoutes(
      tx,
      { company, causerId: user.id, now },
      stored,
      alerts.map(({ event_type: eventType, channel, is_enabled: isEnabled }) => ({
        eventType,
        channel,
        channelName: names.get(channel) ?? channel,
        isEnabled,
      })),
    );
    const owed = await tellWaiting(context, changed);
    const routes = await listSlackRoutes(tx, company.id);
    return wholeListAnswer(
      routes.map((route) => presentAlert(route, owed.get(route.id) ?? 0)),
      {},
    );
  },
});

type Alert = z.output<typeof alertBody>;

function refuseDoubles(alerts: readonly Alert[]): void {
  const seen = new Set<string>();
  for (const [index, { event_type: eventType, channel }] of alerts.entries()) {
    const name = `${eventType} ${channel}`;
    if (seen.has(name)) {
      throw new InvalidInput({ [`alerts.${index}.event_type`]: ["Is named twice."] });
    }
    seen.add(name);
  }
}

/** The channels' names; Slack is asked where an alert is to be on that is not yet. */
async function namesOf(
  context: CompanyContext & { tx: Parameters<typeof listSlackRoutes>[0] },
  alerts: readonly Alert[],
): Promise<Map<string, string>> {
  const routes = await listSlackRoutes(context.tx, context.company.id);
  const names = new Map(routes.map(({ channel, channelName }) => [channel, channelName]));
  const working = new Set(
    routes.filter(({ isEnabled }) => isEnabled).map(({ channel }) => channel),
  );
  for (const [index, { channel, is_enabled: isEnabled }] of alerts.entries()) {
    if (working.has(channel) || (!isEnabled && names.has(channel))) continue;
    const found = await chooseChannel(context, channel, `alerts.${index}.channel`);
    names.set(channel, found.name);
    working.add(channel);
  }
  return names;
}
