import { z } from "zod";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { readIntegrations } from "./read-integrations.ts";
import { integrationJson, providerParams } from "./schema.ts";

/** GET /integrations/:provider/status — how the company stands with one provider. */
export const getStatusRoute = defineRoute({
  method: "get",
  path: "/integrations/:provider/status",
  summary: "Status of an integration",
  tag: "Integrations",
  access: { scope: "integrations:read" },
  params: providerParams,
  answers: { 200: z.object({ data: integrationJson }) },

  async run(context, { params }) {
    const integrations = await readIntegrations(context);
    const data = integrations.find(({ provider }) => provider === params.provider);
    if (data === undefined) throw new NotFound("Integration");
    return { status: 200, body: { data } };
  },
});
