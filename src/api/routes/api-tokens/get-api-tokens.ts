import { z } from "zod";
import { countApiTokens, listApiTokens } from "../../../db/api-tokens.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { apiTokenJson, presentApiToken } from "./schema.ts";

/** GET /api-tokens — one's own tokens of this company. Their values are never shown again. */
export const getApiTokensRoute = defineRoute({
  method: "get",
  path: "/api-tokens",
  summary: "List API tokens",
  description: "The token value is never returned after creation.",
  tag: "API tokens",
  access: { scope: "settings:read", sessionOnly: true },
  query: z.strictObject(pageQuery),
  answers: { 200: listJson(apiTokenJson, {}) },

  async run({ sql, user, company }, { query }) {
    const page = pageOf(query);
    const filter = { userId: user.id, companyId: company.id };
    const [tokens, total] = await Promise.all([
      listApiTokens(sql, { ...filter, ...page }),
      countApiTokens(sql, filter),
    ]);
    return listAnswer(tokens.map(presentApiToken), { ...page, total });
  },
});
