import { z } from "zod";
import { findOwnOAuthClient } from "../../../db/oauth-clients.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerClient, clientJson } from "./schema.ts";

/** GET /settings/oauth-clients/:id */
export const getOAuthClientRoute = defineRoute({
  method: "get",
  path: "/settings/oauth-clients/:id",
  summary: "Get an app",
  tag: "Apps (OAuth)",
  access: { scope: "settings:read", sessionOnly: true, minimumRole: "admin" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: clientJson }) },

  async run({ sql, company }, { params }) {
    const client = await findOwnOAuthClient(sql, { companyId: company.id, id: params.id });
    if (client === undefined) throw new NotFound("App");
    return answerClient(client);
  },
});
