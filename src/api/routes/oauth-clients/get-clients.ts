import { z } from "zod";
import { countOAuthClients, listOAuthClients } from "../../../db/oauth-clients.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { clientJson, presentClient } from "./schema.ts";

/** GET /settings/oauth-clients — oldest first. Their secrets are never shown again. */
export const getOAuthClientsRoute = defineRoute({
  method: "get",
  path: "/settings/oauth-clients",
  summary: "List the apps that the company looks after",
  tag: "Apps (OAuth)",
  access: { scope: "settings:read", sessionOnly: true, minimumRole: "admin" },
  query: z.strictObject(pageQuery),
  answers: { 200: listJson(clientJson, {}) },

  async run({ sql, company }, { query }) {
    const page = pageOf(query);
    const [clients, total] = await Promise.all([
      listOAuthClients(sql, { companyId: company.id, ...page }),
      countOAuthClients(sql, company.id),
    ]);
    return listAnswer(clients.map(presentClient), { ...page, total });
  },
});
