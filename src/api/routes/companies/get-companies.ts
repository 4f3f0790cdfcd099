import { z } from "zod";
import { countCompaniesOfUser, listCompaniesOfUser } from "../../../db/companies.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { companyJson, presentCompany } from "./schema.ts";

/** GET /companies — all the user belongs to, in whatever role; an API token sees its own only. */
export const getCompaniesRoute = defineRoute({
  method: "get",
  path: "/companies",
  summary: "List companies",
  description: "Returns all companies the user is a member of, regardless of role.",
  tag: "Companies",
  access: "signed-in",
  query: z.strictObject(pageQuery),
  answers: { 200: listJson(companyJson, {}) },

  async run({ sql, user, caller, company }, { query }) {
    const page = pageOf(query);
    if (caller.kind === "token") {
      const own = company === undefined ? [] : [company];
      const shown = own.slice(page.offset, page.offset + page.limit);
      return listAnswer(shown.map(presentCompany), { ...page, total: own.length });
    }
    const [companies, total] = await Promise.all([
      listCompaniesOfUser(sql, { userId: user.id, ...page }),
      countCompaniesOfUser(sql, user.id),
    ]);
    return listAnswer(companies.map(presentCompany), { ...page, total });
  },
});
