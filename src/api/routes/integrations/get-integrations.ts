import { z } from "zod";
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
  answers: { 200: z.object({ data: z.array(integrationJson) }) },

  async run(context) {
    return { status: 200, body: { data: await readIntegrations(context) } };
  },
});
