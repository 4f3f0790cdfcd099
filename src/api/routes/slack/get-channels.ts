import { z } from "zod";
import { listJson, wholeListAnswer, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { searchQuery } from "../../inputs.ts";
import { askSlack, slackFailures } from "./ask-slack.ts";

const channelJson = z
  .object({
    id: z.string(),
    name: z.string(),
    is_private: z.boolean(),
    is_member: z.boolean().meta({ description: "Whether our app is in it." }),
  })
  .meta({ id: "SlackChannel" });

/** GET /integrations/slack/channels — where alerts can go. */
export const getSlackChannelsRoute = defineRoute({
  method: "get",
  path: "/integrations/slack/channels",
  summary: "List Slack channels",
  description:
    "Asks Slack: public channels, and the private ones our app was invited to, by name; archived ones " +
    "are left out. 409 when Slack is not connected, 502 when it does not answer within ten seconds.",
  tag: "Slack",
  access: { scope: "integrations:read" },
  query: z.strictObject({ ...pageQuery, search: searchQuery }),
  answers: { 200: listJson(channelJson, {}) },
  failures: slackFailures,

  async run(context, { query: { search = "", ...page } }) {
    const channels = await askSlack(context, async (slack, call) => slack.listChannels(call));
    const wanted = search.toLowerCase().replace(/^#/, "");
    const found = channels
      .filter(({ name }) => name.toLowerCase().includes(wanted))
      .toSorted((one, other) => one.name.localeCompare(other.name, "en"))
      .map(({ id, name, isPrivate, isMember }) => ({
        id,
        name,
        is_private: isPrivate,
        is_member: isMember,
      }));
    return wholeListAnswer(found, page);
  },
});
