import { z } from "zod";
import { webhookEvents } from "../../../actions/webhook-events.ts";
import { wholeListAnswer, wholeListQuery, listJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";

const eventTypeJson = z.object({
  name: z.string(),
  scope: z.string().meta({ description: "What a token must have to ask for it." }),
  alias_of: z
    .string()
    .nullable()
    .meta({ description: "The event it is a second name of; `*` does not ask for it." }),
});

/** GET /webhooks/event-types — everything a webhook can ask for. */
export const getEventTypesRoute = defineRoute({
  method: "get",
  path: "/webhooks/event-types",
  summary: "List the events that webhooks can ask for",
  tag: "Webhooks",
  access: { scope: "webhooks:read" },
  query: wholeListQuery,
  answers: { 200: listJson(eventTypeJson, {}) },

  async run(_context, { query }) {
    const events = webhookEvents.map(({ name, type, scope, isAlias }) => ({
      name,
      scope,
      alias_of: isAlias ? type : null,
    }));
    return wholeListAnswer(events, query);
  },
});
