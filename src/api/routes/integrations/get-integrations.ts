import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { readIntegrations } from "./read-integrations.ts";
import { integrationJson } from "./schema.ts";

/** GET /integrations — every provider, and how the company stands with it. */
export const getIntegrationsRoute = defineRoute({
  method: "get",
  path: "/integrations",
  summary: "List integrations",
  tag: "Integrations",
  access: { scope: "integrations:read" },
  query: wholeListQuery,
  answers: { 200: listJson(integrationJson, {}) },

  async run(context, { query }) {
    return wholeListAnswer(await readIntegrations(context), query);
  },
});
