import { z } from "zod";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { getOwnCompany } from "./membership.ts";
import { companyJson, presentCompany } from "./schema.ts";

/** GET /companies/:company_id */
export const getCompanyRoute = defineRoute({
  method: "get",
  path: "/companies/:company_id",
  summary: "Get a company",
  tag: "Companies",
  access: "signed-in",
  params: z.object({ company_id: idParam }),
  answers: { 200: z.object({ data: companyJson }) },

  async run({ sql, user, caller, company: own }, { params }) {
    if (caller.kind === "token" && own?.id !== params.company_id) throw new NotFound("Company");
    const { company } = await getOwnCompany(sql, {
      companyId: params.company_id,
      userId: user.id,
    });
    return { status: 200, body: { data: presentCompany(company) }, version: company };
  },
});
